"""Who is in a play: whoever may be called and is in no other, and by lot who is left alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from emptychair.desk import contacts, play_people, plays, turns
from emptychair.desk.desk import Desk
from emptychair.desk.plays import Play
from emptychair.domain.arm import Arm, held_out
from emptychair.domain.contact import Purpose
from emptychair.domain.person import is_nobody, is_visitor
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger

# Without a holdout nobody knows whether it helped. Only what is owed to everybody may go without.
LEAST_SHARE, MOST_SHARE = 0.05, 0.9


class NotIn(StrEnum):
    """Why somebody who is meant is in neither arm; why they must not be called is told by `WhyNot`."""

    NO_NAME = "no_name"
    IN_ANOTHER_PLAY = "in_another_play"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """The arm of everybody who is in it, and how many are not, by reason."""

    arms: Mapping[str, Arm]
    passed_over: Mapping[str, int]

    def count(self, arm: Arm) -> int:
        """How many are in an arm."""
        return sum(1 for one in self.arms.values() if one is arm)

    def as_data(self, meant: int) -> dict[str, Any]:
        """What is kept of it with the play; who is in it stands with the calls."""
        return {"meant": meant, "enrolled": len(self.arms), "passed_over": dict(self.passed_over)}


def enrolled(
    desk: Desk,
    ledger: Ledger,
    people: Sequence[str],
    *,
    play_id: str,
    purpose: Purpose | None,
    share: float,
    now: datetime,
) -> Enrolled:
    """The two arms of a play. The same id and people are drawn alike, whatever their order.

    Nobody is in two plays before the first is decided: neither could tell what helped. Only reasons that last
    keep somebody out; quiet hours and contacts of late put off a call.
    """
    persons = _meant(ledger, people)
    passed: Counter[str] = Counter()
    named = [one for one in persons if not is_visitor(one) and not is_nobody(one)]
    passed[NotIn.NO_NAME] = len(persons) - len(named)
    with desk.read() as tx:
        busy = play_people.persons(tx, plays.undecided(tx, now))
    # Under whatever id: people are merged while a play goes on.
    elsewhere = busy | set(_meant(ledger, sorted(busy)))
    with desk.read() as tx:
        free = [one for one in named if one not in elsewhere]
        passed[NotIn.IN_ANOTHER_PLAY] = len(named) - len(free)
        forbidden = contacts.forbidden(tx, free, Audience.CUSTOMER, purpose)
    passed.update(reason.value for reason in forbidden.values())
    left = [one for one in free if one not in forbidden]
    alone = held_out(play_id, left, share)
    arms = {one: Arm.HELD_OUT if one in alone else Arm.TREATED for one in left}
    return Enrolled(arms=arms, passed_over={name: n for name, n in passed.most_common() if n})


def start(tx: Connection, play: Play, drawn: Enrolled, now: datetime) -> bool:
    """True when the play is open from now on; False when somebody of it came into another one meanwhile."""
    turns.take(tx, ["plays"])
    if play_people.persons(tx, plays.undecided(tx, now)) & set(drawn.arms):
        return False
    plays.start(tx, play)
    play_people.add(tx, play.id, drawn.arms, now)
    return True


def least_share(purpose: Purpose | None) -> float:
    """The least share that has to be held out of a play for this purpose."""
    return 0.0 if purpose is None else LEAST_SHARE


def _meant(ledger: Ledger, ids: Sequence[str]) -> list[str]:
    """The people whom these ids mean now, each once, in the order given."""
    means = ledger.who.resolve(Audience.CUSTOMER.value, list(ids)) if ids else {}
    return list(dict.fromkeys(means.get(one) or one for one in ids))
