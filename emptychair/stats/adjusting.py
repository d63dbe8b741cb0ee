"""How much a group's mean differs when what else is known is held equal, in small groups too."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from emptychair.stats.compare import Difference
from emptychair.stats.intervals import MINIMUM_N, student_quantile

Floats = NDArray[np.float64]
# A direction in which nothing is left to tell apart.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What is held equal: an orthonormal basis of it, the constant too, and how far it reaches each row."""

    basis: Floats
    leverage: Floats

    @property
    def rank(self) -> int:
        """How many numbers are estimated for it."""
        return int(self.basis.shape[1])


def held(columns: Floats, n: int) -> Held:
    """The columns (n rows, any number) and the constant; what they say twice is held once.

    >>> held(np.array([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0], [1.0, 2.0]]), 4).rank
    2
    """
    design = np.hstack([np.ones((n, 1)), columns.reshape(n, -1)])
    left, sizes, _ = np.linalg.svd(design, full_matrices=False)
    basis = left[:, sizes > _NOTHING * sizes.max()]
    return Held(basis, (basis**2).sum(axis=1))


def adjusted(
    values: Floats,
    is_touched: NDArray[np.bool_],
    equal: Held,
    *,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Difference | None:
    """The difference of the means of touched and untouched rows, all else in `equal` held equal.

    The error is the larger of the robust one (HC3 of MacKinnon and White 1985) and that of equal spread, with
    Student's t and as many degrees of freedom as the smaller group has to give (Bell and McCaffrey 2002):
    alone, either finds twice what is there in small groups (docs/decisions/0164). None below `minimum_n` in
    either group, and where what is held equal tells them apart.

    >>> values = np.array([1.0, 2.0, 3.0, 4.0] * 5); touched = np.array([False, False, True, True] * 5)
    >>> found = adjusted(values, touched, held(np.empty((20, 0)), 20))
    >>> round(found.value, 6), round(found.low, 3), round(found.high, 3)
    (2.0, 1.478, 2.522)
    """
    n, count = len(values), int(is_touched.sum())
    if min(count, n - count) < max(minimum_n, 2):
        return None
    alone = _rest(is_touched.astype(np.float64), equal)
    size = float(alone @ alone)
    left = n - equal.rank - 1
    if size < _NOTHING * count or left < 1:
        return None
    value = float(alone @ values) / size
    residual = _rest(values, equal) - value * alone
    leverage = np.minimum(equal.leverage + alone**2 / size, 1 - 1e-6)
    robust = float(np.sqrt((((alone * residual) / (1 - leverage)) ** 2).sum()) / size)
    error = max(robust, float(np.sqrt(residual @ residual / left / size)))
    degrees = min(left, _degrees(alone**2 / (1 - leverage)))
    if error < _NOTHING or degrees < 1:
        return None
    statistic = value / error
    half = student_quantile(confidence, degrees) * error
    return Difference(
        value=value,
        low=value - half,
        high=value + half,
        statistic=statistic,
        p=2 * float(stdtr(degrees, -abs(statistic))),
    )


def _degrees(weights: Floats) -> float:
    """Satterthwaite's degrees of freedom of a sum of squares with these weights, less one for the mean."""
    return float(weights.sum() ** 2 / (weights**2).sum()) - 1


def _rest(values: Floats, equal: Held) -> Floats:
    """What is not explained by what is held equal."""
    rest: Floats = values - equal.basis @ (equal.basis.T @ values)
    return rest
