"""How long somebody has been with us, by what they joined and left, or by when they were seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.signal import Kind
from emptychair.understand.person.details import details, word
from emptychair.understand.person.history import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """The relationship that is open, or the last one: from when until when (None: still).

    `is_told` is False where nobody told of joining, and `since` is when they were seen first. `times` counts
    relationships; `what` names the last: a plan, a contract.
    """

    since: datetime
    until: datetime | None
    times: int
    what: str
    is_told: bool


def belonging(told: Iterable[Happening], first_at: datetime) -> Belonging:
    """What the joinings and leavings among these moments tell of one person, seen first at `first_at`.

    A second joining inside a relationship changes nothing, as in `understand/spells`.
    """
    since: datetime | None = None
    until: datetime | None = None
    what, times, is_in = "", 0, False
    marks = [one for one in told if one.kind in (Kind.JOINED, Kind.LEFT)]
    # Joined and left at one instant is a renewal for who is in: the leaving comes first then.
    for one in sorted(marks, key=lambda one: (one.occurred_at, one.kind is Kind.JOINED, one.id)):
        if one.kind is Kind.JOINED:
            what = word(details(one.properties), "plan", "product", "contract") or what
            if not is_in:
                since, until, times, is_in = one.occurred_at, None, times + 1, True
        elif is_in or since is None:
            since, until, is_in = since or first_at, one.occurred_at, False
    if since is None:
        return Belonging(since=first_at, until=None, times=0, what="", is_told=False)
    return Belonging(since=since, until=until, times=max(1, times), what=what, is_told=True)
