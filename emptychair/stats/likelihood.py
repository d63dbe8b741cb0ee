"""The greatest likelihood over positive parameters: what they are, how sure, and whether it was reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np

from emptychair.stats.ascent import UNKNOWN, Convergence, LogLikelihood, summit
from emptychair.stats.intervals import normal_quantile
from emptychair.stats.lifetable import Floats

SMALL = 500
"""Below so many rows the weak prior is on, unless said otherwise."""


class Prior(StrEnum):
    """Whether the logarithms of the parameters are held, weakly, near where they usually are."""

    NONE = "none"
    WEAK = "weak"
    WHEN_NEEDED = "when needed"
    """Below `SMALL` rows, and where the likelihood alone has no summit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likeliest:
    """The parameters of greatest likelihood (with a prior: of greatest posterior density).

    `errors` are standard errors of `values` from the Hessian, nan where it tells none; `covariance` is that
    of their logarithms. `log_likelihood` leaves the prior out. `n` rows were counted; `gain` is what another
    step of Newton's promised to the log likelihood; `calls` counts looks at all of the rows.
    """

    names: tuple[str, ...]
    values: Floats
    errors: Floats
    covariance: Floats
    log_likelihood: float
    n: int
    has_prior: bool
    convergence: Convergence
    gain: float
    calls: int

    @property
    def said(self) -> str:
        """How the search ended, in a sentence."""
        if self.convergence is Convergence.REACHED:
            held = ", held by a weak prior" if self.has_prior else ""
            return f"The likeliest parameters were found{held}."
        if self.convergence is Convergence.STUCK:
            return "No likeliest parameters were found; these numbers are not to be used."
        lost = ", ".join(self.names[row] for row in np.flatnonzero(~(self.errors < UNKNOWN * self.values)))
        return (
            f"These data do not tell {lost or 'the parameters'}: more customers, or a longer time, is needed."
        )

    def of(self, name: str) -> float:
        """The value of one parameter."""
        return float(self.values[self.names.index(name)])

    def interval(self, name: str, *, confidence: float = 0.95) -> tuple[float, float] | None:
        """(low, high) of a parameter, symmetric in its logarithm; None where its error is not known."""
        row = self.names.index(name)
        error = sqrt(max(float(self.covariance[row, row]), 0.0))
        if not np.isfinite(self.errors[row]):
            return None
        factor = float(np.exp(normal_quantile(confidence) * error))
        return float(self.values[row]) / factor, float(self.values[row]) * factor

    def spread(self) -> Floats:
        """Points (2k, k) of the parameters that together have the mean and covariance of their logarithms.

        They stand for what is not known of the parameters: a mean over them has it in. The values
        themselves, once, where nothing is known of their error.
        """
        if self.convergence is not Convergence.REACHED or not np.isfinite(self.covariance).all():
            return self.values[None, :]
        size, turned = np.linalg.eigh(self.covariance)
        arms = turned * np.sqrt(np.maximum(size, 0) * len(size))
        points: Floats = np.exp(np.log(self.values) + np.concatenate((arms.T, -arms.T)))
        return points


def likeliest(
    all_rows: LogLikelihood,
    names: Sequence[str],
    starts: Sequence[Floats],
    n: int,
    *,
    prior: Prior = Prior.WHEN_NEEDED,
    width: float = 2.0,
    some_rows: LogLikelihood | None = None,
) -> Likeliest:
    """The parameters (values, not logarithms, in `starts`; the next start only where the last one failed).

    The weak prior is normal around the logarithms of the first start with the standard deviation `width`.
    `some_rows`, the likelihood of a sample, brings the search near the summit at less cost.

    >>> seen = np.array([2.0, 4.0, 6.0])  # exponential: the likeliest rate is one over the mean
    >>> def log_likelihood(logs):
    ...     rate = np.exp(logs[0])
    ...     return float((np.log(rate) - rate * seen).sum()), np.array([(1 - rate * seen).sum()])
    >>> found = likeliest(LogLikelihood(at=log_likelihood), ["rate"], [np.array([1.0])], 3, prior=Prior.NONE)
    >>> round(found.of("rate"), 4), round(float(found.errors[0]), 4), found.convergence.value
    (0.25, 0.1443, 'reached')
    """
    begins = [np.log(start) for start in starts]
    is_held = prior is Prior.WEAK or (prior is Prior.WHEN_NEEDED and n < SMALL)
    for held in (True,) if is_held else (False, True) if prior is Prior.WHEN_NEEDED else (False,):
        for begin in begins:
            found = summit(all_rows, some_rows, begin, begins[0], width if held else None)
            # Along a ridge other starts end as well.
            if found.convergence is not Convergence.STUCK:
                break
        if found.convergence is Convergence.REACHED:
            break
    values = np.exp(found.logs)
    spread = np.diag(found.covariance)
    return Likeliest(
        names=tuple(names),
        values=values,
        errors=values * np.sqrt(np.where(spread >= 0, spread, np.nan)),
        covariance=found.covariance,
        log_likelihood=found.value,
        n=n,
        has_prior=held,
        convergence=found.convergence,
        gain=found.gain,
        calls=found.calls,
    )
