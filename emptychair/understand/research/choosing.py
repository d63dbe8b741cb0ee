"""Whom to ask: drawn by lot from those who spoke and some who did not, as far as they may be contacted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from emptychair.desk import contacts
from emptychair.desk.desk import Desk
from emptychair.desk.study_people import Drawn
from emptychair.domain.contact import Channel, Contact, Purpose, What, WhyNot
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board.people import Reach, reach_of
from emptychair.listen.surveys.frames import values_of
from emptychair.listen.surveys.sampling import Method, drawn
from emptychair.understand.research.touched import Known, Said, known, silent, speakers

SILENT = "said nothing"
# Of each stratum so many are looked at to find one who may be contacted.
LOOKS, LEAST_LOOKS = 5, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How many are wanted: `size` who spoke and `silent` who did not in the last `days`; `by` a field or "".

    With a field those who spoke are drawn from each of its values in proportion, one at least.
    """

    size: int
    silent: int
    days: int
    by: str

    def as_data(self) -> dict[str, Any]:
        """The wish as plain values, to be kept with the study."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Who was drawn, and what is kept about the drawing: strata, and why others were passed over."""

    people: tuple[Drawn, ...]
    framed: Mapping[str, Any]


def choose(
    desk: Desk, ledger: Ledger, themes: Sequence[str], wish: Wish, *, seed: str, now: datetime
) -> Chosen:
    """The people of a study. The same seed draws the same people from the same ledger and desk.

    Lots are drawn in each stratum; who must not be contacted now is passed over, and counted by why. Quiet
    hours pass nobody over: a letter waits for the morning. Raises UnknownField.
    """
    period = Period(start=now - timedelta(days=wish.days), end=now)
    said = speakers(ledger, period, themes)
    values = values_of(ledger, Audience.CUSTOMER, wish.by, now) if wish.by else {}
    strata = {person: values.get(person, "")[:200] if wish.by else "spoke" for person in said}
    framed = Counter(strata.values())
    wanted = {name: _share(wish.size, n, framed.total()) for name, n in framed.items()}
    if wish.silent:
        quiet = silent(ledger, period)
        strata |= dict.fromkeys(quiet, SILENT)
        framed[SILENT] += len(quiet)
        wanted[SILENT] = min(wish.silent, len(quiet))
    in_order = {one.name: one.drawn for one in drawn(strata, Method(by="stratum", rates={"": 1.0}), seed)}
    looked = {name: in_order[name][: LOOKS * n + LEAST_LOOKS] for name, n in wanted.items()}
    reached = reach_of(ledger, [person for names in looked.values() for person in names])
    taken, passed = _taken(desk, looked, wanted, reached, now)
    told = known(ledger, [person for person, _ in taken], values, now)
    people = [
        Drawn(
            person=person,
            stratum=stratum,
            probability=sum(1 for _, other in taken if other == stratum) / framed[stratum],
            why=_why(said.get(person), told[person], reached[person]),
        )
        for person, stratum in taken
    ]
    counts = Counter(one.stratum for one in people)
    return Chosen(
        people=tuple(people),
        framed={
            "strata": [
                {"name": name, "framed": n, "drawn": counts[name]} for name, n in sorted(framed.items())
            ],
            "passed_over": dict(passed.most_common()),
        },
    )


def _share(size: int, n: int, of: int) -> int:
    return min(n, max(1, round(size * n / of))) if size and of else 0


def _taken(
    desk: Desk,
    looked: Mapping[str, Sequence[str]],
    wanted: Mapping[str, int],
    reached: Mapping[str, Reach],
    now: datetime,
) -> tuple[list[tuple[str, str]], Counter[str]]:
    """Person and stratum of those who may be contacted, and why others may not."""
    passed: Counter[str] = Counter()

    def may(people: Sequence[str]) -> Iterator[str]:
        for person in people:
            with desk.read() as tx:
                refusal = contacts.why_not(tx, contact_of(person, reached[person], "study"), now)
            if refusal is None or refusal.reason is WhyNot.QUIET_HOURS:
                yield person
            else:
                passed[refusal.reason.value] += 1

    taken = [
        (person, name)
        for name, people in sorted(looked.items())
        for person in islice(may(people), wanted[name])
    ]
    return taken, passed


def contact_of(person: str, reach: Reach, thing: str) -> Contact:
    """The wish to ask somebody for an interview by mail."""
    return Contact(
        people=(person,),
        audience=Audience.CUSTOMER,
        address=reach.address,
        channel=Channel.EMAIL,
        purpose=Purpose.SURVEYS,
        what=What.INTERVIEW_INVITATION,
        thing=thing,
        zone=reach.zone,
    )


def _why(said: Said | None, told: Known, reach: Reach) -> dict[str, Any]:
    """Ids, numbers and days; the words are read where they stand."""
    why: dict[str, Any] = {"value": told.value, "spent": [list(pair) for pair in told.spent]}
    if reach.zone:
        why["zone"] = reach.zone[:64]
    if said is not None:
        why |= {"signal": said.signal, "place": said.place, "said_at": said.at.isoformat(), "tone": said.tone}
    return why
