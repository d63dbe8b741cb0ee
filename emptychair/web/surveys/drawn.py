"""How far those who were drawn have come: each of them stands in exactly one place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from emptychair.desk.draws import Draw
from emptychair.desk.invitations import Sending
from emptychair.desk.reminders import Reminded
from emptychair.desk.responses import Progress
from emptychair.stats.intervals import Estimate, wilson

_ENDED = (Progress.COMPLETED.value, Progress.SCREENED_OUT.value, Progress.GIVEN_UP.value)
_BEGUN = (Progress.BEGUN.value, *_ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum: its people, those drawn with which probability, those sent, and those who completed.

    `rate` is completed / sent with its interval; None below ten.
    """

    name: str
    framed: int
    drawn: int
    probability: float
    sent: int
    completed: int
    rate: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """`drawn` = `waiting` + `sent` + all of `not_sent`; `sent` >= `seen` >= `begun` >= `completed`.

    `reminded` tells of the letters after the invitation; nobody is counted twice by them.
    """

    drawn: int = 0
    waiting: int = 0
    sent: int = 0
    not_sent: Mapping[str, int] = field(default_factory=dict)
    seen: int = 0
    begun: int = 0
    completed: int = 0
    rate: Estimate | None = None
    strata: tuple[Stratum, ...] = ()
    reminded: Reminded = field(default_factory=Reminded)


def funnel_of(one: Draw, counts: Counter[tuple[str, Sending, str, str]], reminded: Reminded) -> Funnel:
    """The funnel of a draw from where its invitations stand; whoever answers has got theirs."""
    sent: Counter[str] = Counter()
    completed: Counter[str] = Counter()
    not_sent: Counter[str] = Counter()
    seen = begun = waiting = 0
    for (stratum, sending, reason, progress), n in counts.items():
        if sending is Sending.SENT or progress:
            sent[stratum] += n
        elif sending is Sending.NOT_SENT:
            not_sent[reason] += n
        else:
            waiting += n
        seen += n if progress else 0
        begun += n if progress in _BEGUN else 0
        completed[stratum] += n if progress == Progress.COMPLETED.value else 0
    total, done = sum(sent.values()), sum(completed.values())
    return Funnel(
        drawn=sum(counts.values()),
        waiting=waiting,
        sent=total,
        not_sent=dict(not_sent.most_common()),
        seen=seen,
        begun=begun,
        completed=done,
        rate=wilson(done, total),
        reminded=reminded,
        strata=tuple(
            Stratum(
                name=told["name"],
                framed=told["framed"],
                drawn=told["drawn"],
                probability=told["probability"],
                sent=sent[told["name"]],
                completed=completed[told["name"]],
                rate=wilson(completed[told["name"]], sent[told["name"]]),
            )
            for told in one.strata
        ),
    )
