"""When things happen inside the stretches in which a customer is there."""

from dataclasses import dataclass

import numpy as np

from emptychair.demo.clock import WEEK, Clock, Flags, Floats, Ints
from emptychair.demo.world import World

# how likely each local hour is: coffee first thing, a second wave after work
MORNING = np.array([1, 0.5, 0.3, 0.3, 0.5, 2, 6, 10, 10, 7, 5, 4, 4, 4, 4, 4, 5, 6, 6, 6, 6, 5, 4, 2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """One row per stretch of one person: [begin, end) in days, `end` never after the end of the time."""

    person: Ints
    begin: Floats
    end: Floats

    def taken(self, picked: Ints | Flags) -> "Stretches":
        """Only some of the rows, or some more than once."""
        return Stretches(person=self.person[picked], begin=self.begin[picked], end=self.end[picked])


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """One row per moment: whose, and when."""

    person: Ints
    at: Floats

    def taken(self, picked: Ints | Flags) -> "Moments":
        """Only some of the rows, or some more than once."""
        return Moments(person=self.person[picked], at=self.at[picked])


def stretches(world: World) -> Stretches:
    """Every subscription, cut at the end of the time."""
    spells = world.life.spells
    return Stretches(
        person=spells.person, begin=spells.start, end=np.minimum(spells.end, float(world.clock.days))
    )


def bright(world: World) -> Stretches:
    """The stretches before their person fades."""
    whole = stretches(world)
    end = np.minimum(whole.end, world.customers.fades_at[whole.person])
    return _lasting(Stretches(person=whole.person, begin=whole.begin, end=end))


def faded(world: World) -> Stretches:
    """The stretches after their person began to fade."""
    whole = stretches(world)
    begin = np.maximum(whole.begin, world.customers.fades_at[whole.person])
    return _lasting(Stretches(person=whole.person, begin=begin, end=whole.end))


def scattered(rng: np.random.Generator, world: World, within: Stretches, weekly: Floats | float) -> Moments:
    """Moments at a weekly rate per stretch, at plausible local hours."""
    counts = rng.poisson(np.asarray(weekly) * (within.end - within.begin) / WEEK)
    row = np.repeat(np.arange(within.person.size), counts)
    begin, end, person = within.begin[row], within.end[row], within.person[row]
    at = begin + rng.random(row.size) * (end - begin)
    moved = world.clock.at_local(at, world.customers.zone[person], hours(rng, row.size))
    # an hour that falls outside of the stretch keeps its first moment
    inside = (moved >= begin) & (moved < end)
    return Moments(person=person, at=np.where(inside, moved, at))


def repeated(within: Stretches, every: float, first: float = 0.0) -> tuple[Moments, Ints]:
    """Moments at `first` and then every so many days of each stretch, and the number of each (0, 1, ...)."""
    counts = np.maximum(np.ceil((within.end - within.begin - first) / every), 0).astype(np.int64)
    row = np.repeat(np.arange(within.person.size), counts)
    number = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
    at = within.begin[row] + first + number * every
    inside = at < within.end[row]
    return Moments(person=within.person[row][inside], at=at[inside]), number[inside]


def in_season(rng: np.random.Generator, clock: Clock, table: Floats, moments: Moments) -> Moments:
    """The moments thinned by a seasonal table, so that its strongest month keeps all."""
    return moments.taken(rng.random(moments.at.size) < clock.season(table, moments.at) / table.max())


def those_there(world: World, on: float) -> Ints:
    """The customers who have a subscription at the moment `on`, by number."""
    spells = stretches(world)
    return np.unique(spells.person[(spells.begin <= on) & (spells.end > on)])


def hours(rng: np.random.Generator, count: int) -> Floats:
    """Local hours (0..24) of a day that begins with coffee."""
    bounds = np.concatenate([[0.0], np.cumsum(MORNING) / MORNING.sum()])
    drawn: Floats = np.interp(rng.random(count), bounds, np.arange(25.0))
    return drawn


def _lasting(rows: Stretches) -> Stretches:
    return rows.taken(rows.end > rows.begin)
