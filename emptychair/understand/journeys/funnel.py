"""How many get from step to step, how surely that is known, and how long it takes them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question
from emptychair.stats.intervals import MINIMUM_N, Estimate, wilson
from emptychair.stats.quantile import median
from emptychair.stats.survival import kaplan_meier_from_counts
from emptychair.understand.fields import Segment, largest
from emptychair.understand.journeys.reached import Walk, durations
from emptychair.understand.journeys.steps import Steps

Outcome = tuple[int, bool, bool, int]
"""Step, is ripe, is reached, minutes."""
EVERYBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """Minutes until half of those at the step before got here; `high` None: the interval has no upper end."""

    value: float
    low: float
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step: of `ripe_before` people whose time is over and who reached the step before `ripe` got here.

    `people` reached it, those whose time is not over too; `unripe` reached the step before, are not here yet,
    and may still come. `of_before` and `of_first` are shares of ripe people alone. `typical`: the median
    minutes from the step before, of ripe people who got here; `half` counts everybody, those who may still
    come as long as they were watched.
    """

    name: str
    people: int
    ripe: int
    ripe_before: int
    unripe: int
    of_before: Estimate | None
    of_first: Estimate | None
    typical: Estimate | None
    half: Half | None

    @property
    def lost(self) -> int:
        """Ripe people who reached the step before and not this one."""
        return self.ripe_before - self.ripe


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The steps in order; the first has everybody. `entered` took it, `ripe` of them long enough ago."""

    entered: int
    ripe: int
    stages: tuple[Stage, ...]


def funnel(ledger: Ledger, steps: Steps, walk: Walk, minimum_n: int = MINIMUM_N) -> Funnel:
    """The funnel of everybody. One scan of the signals that are steps."""
    return _made(steps, _counts(ledger, durations(steps, walk)).get(EVERYBODY, Counter()), minimum_n)


def funnels(
    ledger: Ledger, steps: Steps, walk: Walk, values: Question, minimum_n: int = MINIMUM_N
) -> list[tuple[Segment, Funnel]]:
    """A funnel for each of the largest values that people have, the smaller ones together."""
    found = _counts(ledger, durations(steps, walk, values))
    parts = largest(found, _entered, lambda one, two: one + two)
    return [(segment, _made(steps, counts, minimum_n)) for segment, counts in parts]


def _counts(ledger: Ledger, asked: Question) -> Mapping[str, Counter[Outcome]]:
    found: dict[str, Counter[Outcome]] = {}
    for row in ledger.ask(asked).to_pylist():
        outcome = (int(row["step"]), bool(row["is_ripe"]), bool(row["is_reached"]), int(row["minutes"]))
        found.setdefault(row["value"], Counter())[outcome] = int(row["people"])
    return found


def _entered(counts: Counter[Outcome]) -> int:
    return sum(n for (step, *_), n in counts.items() if step == 0)


def _made(steps: Steps, counts: Counter[Outcome], minimum_n: int) -> Funnel:
    ripe = [_sum(counts, place, is_ripe=True, is_reached=True) for place in range(len(steps.steps))]
    stages = []
    for place, step in enumerate(steps.steps):
        before = ripe[place - 1] if place else ripe[0]
        late = _sum(counts, place, is_ripe=False, is_reached=True)
        stages.append(
            Stage(
                name=step.name,
                people=ripe[place] + late,
                ripe=ripe[place],
                ripe_before=before,
                unripe=_sum(counts, place, is_ripe=False, is_reached=False),
                of_before=wilson(ripe[place], before, minimum_n=minimum_n) if place else None,
                of_first=wilson(ripe[place], ripe[0], minimum_n=minimum_n) if place else None,
                typical=median(_minutes(counts, place), minimum_n=minimum_n) if place else None,
                half=_half(counts, place, steps.days, minimum_n) if place else None,
            )
        )
    return Funnel(entered=_entered(counts), ripe=ripe[0], stages=tuple(stages))


def _sum(counts: Counter[Outcome], place: int, *, is_ripe: bool, is_reached: bool) -> int:
    return sum(n for outcome, n in counts.items() if outcome[:3] == (place, is_ripe, is_reached))


def _minutes(counts: Counter[Outcome], place: int) -> dict[int, int]:
    found: Counter[int] = Counter()
    for (step, is_ripe, is_reached, minutes), n in counts.items():
        if step == place and is_ripe and is_reached:
            found[minutes] += n
    return dict(found)


def _half(counts: Counter[Outcome], place: int, days: int, minimum_n: int) -> Half | None:
    """Kaplan-Meier over everybody at the step before.

    Who is not here yet was watched for so long; who was lost never comes, and is there to the end.
    """
    never = days * 24 * 60
    mine = [
        ((step, is_ripe, is_reached, never if is_ripe and not is_reached else minutes), n)
        for (step, is_ripe, is_reached, minutes), n in counts.items()
        if step == place
    ]
    if sum(n for _, n in mine) < minimum_n:
        return None
    curve = kaplan_meier_from_counts(
        [minutes for (_, _, _, minutes), _ in mine],
        [n if is_reached else 0 for (_, _, is_reached, _), n in mine],
        [0 if is_reached else n for (_, _, is_reached, _), n in mine],
    )
    value, interval = (None, None) if curve is None else (curve.median(), curve.median_interval())
    if value is None or interval is None:
        return None
    return Half(value=value, low=interval[0], high=interval[1])
