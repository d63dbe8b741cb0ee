"""What is known of a segment, from memory while nothing behind it changes."""

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emptychair.desk import segments as desk
from emptychair.desk import settings
from emptychair.desk.segments import Segment
from emptychair.domain.period import first_of, month_number
from emptychair.domain.signal import Audience
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand import tenure
from emptychair.understand.segments import saved, standing
from emptychair.understand.segments.definition import Condition
from emptychair.understand.segments.saved import Chosen, Size
from emptychair.web.parts import Parts

MONTHS = 12
# Of employees so many are told at once, in it and beside it, or nobody (docs/decisions/0162).
FEWEST_OF_EMPLOYEES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A size as it may be told; `size` None: of employees too few are in it or beside it.

    `share` is of those of whom it can be told, None for fewer than numbers need.
    """

    size: Size | None
    share: Estimate | None

    @property
    def people(self) -> int | None:
        """How many are in it."""
        return None if self.size is None else self.size.members


def end_of(parts: Parts, audience: Audience) -> datetime:
    """The instant from which an audience is looked at: the end of its data, or now without any."""
    now = parts.clock()
    return tenure.end_of_data(parts.ledger, audience, now) or now


def chosen(parts: Parts, condition: Condition, audience: Audience, as_of: datetime) -> Chosen:
    """A definition as it is looked at from an instant."""
    end = end_of(parts, audience)
    with parts.desk.read() as tx:
        return saved.chosen(tx, parts.ledger, condition, audience, as_of, end)


def shown(parts: Parts, condition: Condition, audience: Audience, as_of: datetime) -> Shown:
    """How many are in it, as far as that may be told."""
    size = saved.size(parts.ledger, chosen(parts, condition, audience, as_of))
    if audience is Audience.EMPLOYEE and not _is_group(size):
        return Shown(size=None, share=None)
    with parts.desk.read() as tx:
        least = settings.get(tx, settings.MINIMUM_N)
    told = size.people - size.untold
    return Shown(size=size, share=wilson(size.members, told, minimum_n=least))


def size_of(parts: Parts, segment: Segment) -> Shown:
    """How many are in a saved segment at the end of the data."""
    key = (*_key(parts, segment), "size")
    as_of = end_of(parts, segment.audience)
    return parts.kept.get(key, lambda: shown(parts, saved.condition_of(segment), segment.audience, as_of))


def course_of(parts: Parts, segment: Segment) -> Sequence[tuple[datetime, Shown]]:
    """How many were in it when each of the last months began, and at the end of the data. A question each."""
    end = end_of(parts, segment.audience)

    def computed() -> Sequence[tuple[datetime, Shown]]:
        condition = saved.condition_of(segment)
        last = month_number(end)
        instants = [first_of(n) for n in range(last - MONTHS + 1, last + 1)]
        instants += [end] if end > instants[-1] else []
        return [(at, shown(parts, condition, segment.audience, at)) for at in instants]

    return parts.kept.get((*_key(parts, segment), "course"), computed)


def members_of(parts: Parts, segment: Segment, limit: int, offset: int) -> list[dict[str, Any]]:
    """Some customers of a segment, those seen last first; of employees nobody is named."""
    if segment.audience is Audience.EMPLOYEE:
        return []
    looked = chosen(parts, saved.condition_of(segment), segment.audience, end_of(parts, segment.audience))
    found: list[dict[str, Any]] = parts.ledger.ask(
        standing.listed(looked.condition, looked.sight, limit, offset)
    ).to_pylist()
    return found


def _is_group(size: Size) -> bool:
    beside = size.people - size.untold - size.members
    enough = [n >= FEWEST_OF_EMPLOYEES for n in (size.members, beside)]
    return all(enough) and (size.untold == 0 or size.untold >= FEWEST_OF_EMPLOYEES)


def _key(parts: Parts, segment: Segment) -> tuple[Hashable, ...]:
    """All that a size depends on: what is in the ledger, what was read, and every definition there is."""
    with parts.desk.read() as tx:
        every = [(one.id, one.version) for one in desk.every(tx, segment.audience, with_archived=True)]
        gap = settings.get(tx, settings.GAP_DAYS, segment.audience)
        least = settings.get(tx, settings.MINIMUM_N)
    state = (parts.ledger.state().version, parts.ledger.readings.changes(), gap, least)
    said = json.dumps(dict(segment.definition), sort_keys=True)
    return ("segment", segment.id, said, tuple(every), state)
