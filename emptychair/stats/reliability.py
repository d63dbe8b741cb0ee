"""Whether forecasts of yes or no keep their word, against a forecaster who is always right about chances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emptychair.stats.intervals import Estimate, wilson

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
BINS = 10
_REPLICATES = 2_000
_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Forecasts of nearly the same chance: their mean, and the share that came true with its interval.

    `low` and `high` are where a perfect forecaster's share lies in 95 of 100 cases. `rate` is None below ten.
    """

    forecast: float
    rate: Estimate | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How far forecasts are off. `error` is the mean distance of chance and share over ten bins of equal
    size, `bound` the 99th percentile of a perfect forecaster's, `base` the Brier score of always saying the
    mean rate.
    """

    n: int
    cases: int
    brier: float
    base: float
    error: float
    bound: float
    bins: tuple[Bin, ...]

    @property
    def skill(self) -> float:
        """How much of the base's Brier score is gained; 0 or less: the mean rate says as much."""
        return 1 - self.brier / self.base if self.base else 0.0

    @property
    def keeps_its_word(self) -> bool:
        """Whether the error is one that chance alone explains (numbers.md: risk)."""
        return self.error <= self.bound


def brier(chances: Floats, cases: Flags) -> float:
    """The mean squared distance of chances and what came (Brier 1950).

    >>> brier(np.array([0.5, 0.5]), np.array([True, False]))
    0.25
    """
    return float(((chances - cases) ** 2).mean())


def calibration_error(chances: Floats, cases: Flags, bins: int = BINS) -> float:
    """The mean distance of forecast and share over bins of equal size, weighed by their size.

    >>> calibration_error(np.full(10, 0.5), np.arange(10) < 5)
    0.0
    """
    places = _places(chances, bins)
    gaps = np.bincount(places, chances - cases, bins)
    return float(np.abs(gaps).sum() / len(chances))


def perfect_error(chances: Floats, rng: np.random.Generator, bins: int = BINS, at: float = 0.99) -> float:
    """The `at` quantile of the calibration error of forecasts that are right, by 2,000 draws. O(2,000 n).

    No forecaster is better than this at so few people: an error below it is no sign of anything.

    >>> 0.02 < perfect_error(np.full(1_000, 0.1), np.random.default_rng(1)) < 0.03
    True
    """
    order = np.argsort(chances, kind="stable")
    sorted_chances = chances[order]
    edges = np.searchsorted(_places(chances, bins)[order], np.arange(bins))
    edges = edges[edges < len(chances)]
    errors = np.empty(_REPLICATES)
    step = max(1, _AT_ONCE // len(chances))
    for begin in range(0, _REPLICATES, step):
        draws = rng.random((min(step, _REPLICATES - begin), len(chances)), np.float32) < sorted_chances
        gaps = np.add.reduceat(sorted_chances - draws, edges, axis=1)
        errors[begin : begin + len(draws)] = np.abs(gaps).sum(axis=1) / len(chances)
    return float(np.quantile(errors, at))


def reliability(chances: Floats, cases: Flags, rng: np.random.Generator, bins: int = BINS) -> Reliability:
    """Everything above of some forecasts. Raises ValueError without any.

    >>> chances = np.tile([0.2, 0.8], 500)
    >>> found = reliability(chances, np.arange(1_000) % 10 < 5, np.random.default_rng(1))
    >>> found.keeps_its_word, round(found.base, 2), len(found.bins)
    (False, 0.25, 2)
    """
    if not len(chances):
        raise ValueError("there are no forecasts")
    places = _places(chances, bins)
    rate = float(cases.mean())
    return Reliability(
        n=len(chances),
        cases=int(cases.sum()),
        brier=brier(chances, cases),
        base=rate * (1 - rate),
        error=calibration_error(chances, cases, bins),
        bound=perfect_error(chances, rng, bins),
        bins=tuple(_bin(chances[places == at], cases[places == at]) for at in np.unique(places)),
    )


def _places(chances: Floats, bins: int) -> NDArray[np.int64]:
    """The bin of every forecast, lowest first, equal forecasts in one bin where that is possible."""
    edges = np.quantile(chances, np.arange(1, bins) / bins)
    return np.searchsorted(edges, chances, side="left")


def _bin(chances: Floats, cases: Flags) -> Bin:
    mean = float(chances.mean())
    spread = 1.96 * float(np.sqrt((chances * (1 - chances)).sum())) / len(chances)
    return Bin(
        forecast=mean,
        rate=wilson(int(cases.sum()), len(cases)),
        low=max(0.0, mean - spread),
        high=min(1.0, mean + spread),
        n=len(cases),
    )
