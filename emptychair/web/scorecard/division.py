"""The scorecard split by a saved segment: who is in it, who is not, and of whom it cannot be told."""

from collections.abc import Hashable
from datetime import datetime

from emptychair.desk import segments
from emptychair.desk.segments import Segment
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question
from emptychair.understand.fields import Division
from emptychair.understand.segments import saved, standing
from emptychair.web.parts import Parts
from emptychair.web.problem import refused
from emptychair.web.scorecard.choice import Choice
from emptychair.web.segments.looked import chosen

PREFIX = "segment:"


def division(parts: Parts, choice: Choice) -> Division | None:
    """How a segment that was chosen tells people apart; None when a field was chosen, or nothing."""
    found = _segment(parts, choice)
    if found is None:
        return None
    condition = saved.condition_of(found)

    def at(instant: datetime) -> Question:
        looked = chosen(parts, condition, found.audience, instant)
        return standing.sides(looked.condition, looked.sight)

    return Division(name=choice.by or "", at=at)


def label(parts: Parts, choice: Choice) -> str:
    """What it is split by, for people."""
    found = _segment(parts, choice)
    return (choice.by or "") if found is None else found.name


def key(parts: Parts, choice: Choice) -> Hashable:
    """What an answer depends on besides the choice: the definitions of segments, and what was read."""
    if not (choice.by or "").startswith(PREFIX):
        return None
    with parts.desk.read() as tx:
        every = [(one.id, one.version) for one in segments.every(tx, choice.audience, with_archived=True)]
    return (tuple(every), parts.ledger.readings.changes())


def choices(parts: Parts, audience: Audience) -> dict[str, str]:
    """The segments by which an audience can be split, by name as in an address; employees by none."""
    if audience is Audience.EMPLOYEE:
        return {}
    with parts.desk.read() as tx:
        return {PREFIX + one.id: one.name for one in segments.every(tx, audience)}


def _segment(parts: Parts, choice: Choice) -> Segment | None:
    """The segment that was chosen. Raises a `Problem` when there is none of the audience.

    Numbers of employees are not split by segments: two that differ in one person would tell what that person
    answered (docs/decisions/0162).
    """
    if not (choice.by or "").startswith(PREFIX):
        return None
    with parts.desk.read() as tx:
        found = segments.find(tx, (choice.by or "").removeprefix(PREFIX)[:40])
    if found is None or found.audience is not choice.audience or found.audience is Audience.EMPLOYEE:
        raise refused({"by": "There is no such segment of customers."})
    return found
