"""What was seen on a journey, from memory while nothing behind it changes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from emptychair.desk import segments, settings
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question
from emptychair.understand import tenure
from emptychair.understand.fields import Segment, UnknownFieldError, field, values_of_people
from emptychair.understand.journeys import feelings as feeling
from emptychair.understand.journeys import paths as path
from emptychair.understand.journeys import steps as stepping
from emptychair.understand.journeys.feelings import Feeling, Quote
from emptychair.understand.journeys.found import Proposal, proposed
from emptychair.understand.journeys.funnel import Funnel, Stage, funnel, funnels
from emptychair.understand.journeys.paths import Tree
from emptychair.understand.journeys.reached import Walk
from emptychair.understand.journeys.steps import Steps
from emptychair.understand.segments import saved, standing
from emptychair.understand.signs import Sign, properties_of
from emptychair.understand.stated import NotADefinition
from emptychair.web.parts import Parts
from emptychair.web.problem import refused
from emptychair.web.scorecard.division import PREFIX
from emptychair.web.segments.looked import chosen

DAYS = (90, 365, 730)
CUSTOMER = Audience.CUSTOMER


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everybody's way, how they felt, and what the unhappy said at the worst step.

    `split` has the ways of the values of `by`. `walk` is None when there is no data at all.
    """

    steps: Steps
    walk: Walk | None
    way: Funnel | None
    feelings: Sequence[Feeling]
    worst: Feeling | None
    quotes: Sequence[Quote]
    by: str
    split: Sequence[tuple[Segment, Funnel]]

    @property
    def widest(self) -> Stage | None:
        """The step before which the largest share is lost, of those with enough people to tell."""
        told = [stage for stage in (self.way.stages if self.way else ()) if stage.of_before is not None]
        return min(told, key=lambda one: one.of_before.value if one.of_before else 1.0, default=None)


def checked(parts: Parts, data: object) -> Steps:
    """The steps that plain values describe, all of whose properties there are. Raises NotADefinition."""
    steps = stepping.read(data)
    faults = {}
    for name in stepping.properties(steps.steps):
        try:
            field(parts.ledger, name)
        except UnknownFieldError:
            faults["definition.steps"] = f"Nobody has a property {name}: capitals count."
    if faults:
        raise NotADefinition(faults)
    return steps


def walk_of(parts: Parts, days: int, properties: Sequence[str]) -> Walk | None:
    """The customers who began in the last days before the end of the data; None without any data."""
    end = tenure.end_of_data(parts.ledger, CUSTOMER, parts.clock())
    if end is None:
        return None
    columns = {name: field(parts.ledger, name).column for name in properties}
    period = Period(start=end - timedelta(days=days), end=end)
    return Walk(audience=CUSTOMER, period=period, as_of=end, columns=columns)


def counted(parts: Parts, steps: Steps, days: int) -> Funnel | None:
    """Everybody's way alone, for the builder; None without any data."""
    walk = walk_of(parts, days, stepping.properties(steps.steps))
    return None if walk is None else funnel(parts.ledger, steps, walk, _least(parts))


def seen(parts: Parts, steps: Steps, days: int, by: str = "") -> Seen:
    """Everything of a journey whose first step lies in the last days; split `by` a field or a segment."""
    state = (parts.ledger.state().version, parts.ledger.readings.changes(), _least(parts))
    said = json.dumps(stepping.as_data(steps), sort_keys=True)
    key = ("journey", said, days, by, _segments(parts) if by.startswith(PREFIX) else (), state)
    return parts.kept.get(key, lambda: _seen(parts, steps, days, by))


def proposal(parts: Parts, days: int) -> Proposal | None:
    """A journey found in what customers did; None without any data."""
    walk = walk_of(parts, days, ())
    return None if walk is None else proposed(parts.ledger, walk)


def tree(parts: Parts, sign: Sign, days: int, minutes: int, *, is_before: bool) -> Tree | None:
    """What customers did next after their first such signal, or before it; None without any data."""
    walk = walk_of(parts, days, properties_of(sign))
    if walk is None:
        return None
    return path.paths(parts.ledger, sign, walk, is_before=is_before, minutes=minutes, minimum_n=_least(parts))


def _seen(parts: Parts, steps: Steps, days: int, by: str) -> Seen:
    walk = walk_of(parts, days, stepping.properties(steps.steps))
    if walk is None:
        return Seen(steps=steps, walk=None, way=None, feelings=(), worst=None, quotes=(), by=by, split=())
    least = _least(parts)
    found = feeling.feelings(parts.ledger, steps, walk, least)
    worst = feeling.worst(found)
    values = _values(parts, walk, by)
    return Seen(
        steps=steps,
        walk=walk,
        way=funnel(parts.ledger, steps, walk, least),
        feelings=found,
        worst=worst,
        quotes=() if worst is None else feeling.quotes(parts.ledger, steps, walk, worst.place),
        by=by,
        split=() if values is None else funnels(parts.ledger, steps, walk, values, least),
    )


def _values(parts: Parts, walk: Walk, by: str) -> Question | None:
    """Who has which value; a segment is that at the end of the data. Raises a `Problem` for what is not."""
    if not by:
        return None
    if by.startswith(PREFIX):
        with parts.desk.read() as tx:
            found = segments.find(tx, by.removeprefix(PREFIX)[:40])
        if found is None or found.audience is not CUSTOMER:
            raise refused({"by": "There is no such segment of customers."})
        looked = chosen(parts, saved.condition_of(found), CUSTOMER, walk.as_of)
        return standing.sides(looked.condition, looked.sight)
    try:
        chosen_field = field(parts.ledger, by)
    except UnknownFieldError:
        raise refused({"by": f"Nobody has a field {by[:80]}."}) from None
    return values_of_people(chosen_field, CUSTOMER, walk.period.start, walk.as_of)


def _segments(parts: Parts) -> tuple[tuple[str, int], ...]:
    with parts.desk.read() as tx:
        return tuple((one.id, one.version) for one in segments.every(tx, CUSTOMER, with_archived=True))


def _least(parts: Parts) -> int:
    with parts.desk.read() as tx:
        found: int = settings.get(tx, settings.MINIMUM_N)
    return found
