"""How well scores put those who had an outcome before those who had not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from emptychair.stats.intervals import Estimate, normal_quantile

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_Z = normal_quantile(0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """A part of people sorted by score, highest first: how many, how many of them cases, the mean score."""

    people: int
    cases: int
    score: float

    @property
    def rate(self) -> float:
        """The share that had it."""
        return self.cases / self.people


def auc(scores: Floats, cases: Flags) -> Estimate | None:
    """The area under the ROC curve with DeLong's 95 % interval on the logit; None without both kinds.

    The chance that a case scores higher than another, ties as half. O(n log n) as in Sun and Xu 2014.

    >>> round(auc(np.array([.1, .4, .35, .8]), np.array([False, False, True, True])).value, 3)
    0.75
    """
    from scipy.stats import rankdata  # half a second of a start

    ones, zeros = scores[cases], scores[~cases]
    if not len(ones) or not len(zeros):
        return None
    every = rankdata(np.concatenate([ones, zeros]))
    above = (every[: len(ones)] - rankdata(ones)) / len(zeros)
    below = 1 - (every[len(ones) :] - rankdata(zeros)) / len(ones)
    value = float(above.mean())
    variance = _variance(above) / len(ones) + _variance(below) / len(zeros)
    return _on_the_logit(value, float(np.sqrt(variance)), min(len(ones), len(zeros)), len(scores))


def average_precision(scores: Floats, cases: Flags) -> Estimate | None:
    """The area under the precision-recall curve by steps, ties at once; None without a case.

    The 95 % interval is the logit one of Boyd, Eng and Page 2013, with the cases as its n.

    >>> round(average_precision(np.array([.1, .4, .35, .8]), np.array([False, False, True, True])).value, 4)
    0.8333
    """
    many = int(cases.sum())
    if not many:
        return None
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(cases[order])[ends]
    gained = np.diff(found, prepend=0)
    value = float((gained * found / (ends + 1)).sum() / many)
    return _on_the_logit(value, float(np.sqrt(value * (1 - value) / many)), many, len(scores))


def lift(scores: Floats, cases: Flags, parts: int = 10) -> list[Lift]:
    """People sorted by score in parts of equal size, highest first; equal scores keep their order.

    >>> [part.rate for part in lift(np.array([.9, .1, .8, .2]), np.array([True, False, True, False]), 2)]
    [1.0, 0.0]
    """
    order = np.argsort(-scores, kind="stable")
    return [
        Lift(people=len(part), cases=int(cases[part].sum()), score=float(scores[part].mean()))
        for part in np.array_split(order, parts)
        if len(part)
    ]


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.25


def _on_the_logit(value: float, error: float, few: int, n: int) -> Estimate:
    """The interval stays between 0 and 1; at the ends, where no error shows, half a case is added."""
    inner = (value * few + 0.5) / (few + 1) if value in (0.0, 1.0) else value
    spread = max(error, float(np.sqrt(inner * (1 - inner) / few)) if inner != value else error)
    half = _Z * spread / (inner * (1 - inner))
    low, high = float(expit(logit(inner) - half)), float(expit(logit(inner) + half))
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)
