"""Who of a sample did not answer: in numbers by any field, and one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from emptychair.desk.invitation_lists import Place
from emptychair.desk.invitations import Sending
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.fields import UNKNOWN, largest


class Stage(StrEnum):
    """How far somebody who was drawn has come; everybody is in one of them."""

    WAITING = "waiting"
    NOT_SENT = "not_sent"
    SENT = "sent"
    SEEN = "seen"
    BEGUN = "begun"
    GIVEN_UP = "given_up"
    SCREENED_OUT = "screened_out"
    COMPLETED = "completed"


# Who got the invitation and has not answered to the end.
QUIET = frozenset({Stage.SENT, Stage.SEEN, Stage.BEGUN, Stage.GIVEN_UP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of a group stand where. `sent` = `seen` + those who have not; each later one is among them."""

    drawn: int = 0
    waiting: int = 0
    not_sent: int = 0
    sent: int = 0
    seen: int = 0
    begun: int = 0
    completed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People with the same value. `rate` is completed / sent with its interval, None below the least n.

    `merged` is how many smaller groups it stands for; 0: it is one of its own.
    """

    label: str
    merged: int
    counts: Counts
    rate: Estimate | None


def stage_of(place: Place) -> Stage:
    """How far this person has come. Whoever has answered has got it, whatever is known of the letter."""
    if place.progress is not None:
        return Stage(place.progress.value)
    if place.sending is Sending.NOT_SENT:
        return Stage.NOT_SENT
    return Stage.SENT if place.sending is Sending.SENT else Stage.WAITING


def groups(
    places: Iterable[Place], values: Mapping[str, str], minimum_n: int
) -> tuple[Group, Sequence[Group]]:
    """Everybody, and everybody by their value: the largest groups, the others together, and the unknown."""
    by_value: dict[str, Counts] = {}
    total = Counts()
    for place in places:
        one = _counted(stage_of(place))
        value = values.get(place.person, "")
        by_value[value] = _sum(by_value.get(value, Counts()), one)
        total = _sum(total, one)
    found = largest(by_value, lambda counts: counts.drawn, _sum)
    return _group("", 0, total, minimum_n), [
        _group(segment.label, segment.merged, counts, minimum_n) for segment, counts in found
    ]


def chosen(
    places: Iterable[Place], values: Mapping[str, str], stage: Stage | None, value: str
) -> list[tuple[Place, Stage, str]]:
    """Those who stand there (None: who got it and have not answered), with this value ('': any)."""
    found = []
    for place in places:
        at, own = stage_of(place), values.get(place.person, "")
        is_there = at is stage if stage is not None else at in QUIET
        if is_there and (not value or value == (own or UNKNOWN)):
            found.append((place, at, own))
    return found


def as_row(group: Group) -> tuple[object, ...]:
    """A group for a spreadsheet, in the order of `HEAD`."""
    counts = [getattr(group.counts, one.name) for one in fields(Counts)]
    edges = (None, None, None) if group.rate is None else (group.rate.value, group.rate.low, group.rate.high)
    return (group.label, group.merged, *counts, *edges)


HEAD = ("value", "merged", *(one.name for one in fields(Counts)), "share", "low", "high")


def _counted(stage: Stage) -> Counts:
    is_sent = stage not in (Stage.WAITING, Stage.NOT_SENT)
    is_seen = is_sent and stage is not Stage.SENT
    return Counts(
        drawn=1,
        waiting=int(stage is Stage.WAITING),
        not_sent=int(stage is Stage.NOT_SENT),
        sent=int(is_sent),
        seen=int(is_seen),
        begun=int(is_seen and stage is not Stage.SEEN),
        completed=int(stage is Stage.COMPLETED),
    )


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(
        **{name.name: getattr(one, name.name) + getattr(other, name.name) for name in fields(Counts)}
    )


def _group(label: str, merged: int, counts: Counts, minimum_n: int) -> Group:
    rate = wilson(counts.completed, counts.sent, minimum_n=minimum_n)
    return Group(label=label, merged=merged, counts=counts, rate=rate)
