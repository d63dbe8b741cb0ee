"""Gamma-Gamma: what a customer spends per purchase, from few purchases and from what others spend."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from emptychair.stats.ascent import LogLikelihood
from emptychair.stats.intervals import more_needed
from emptychair.stats.lifetable import Counts, Floats
from emptychair.stats.likelihood import Likeliest, Prior, likeliest
from emptychair.stats.purchases import MINIMUM_REPEATERS, Purchases, Refusal, Refused

NAMES = ("p", "q", "v")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spending:
    """The fitted model (Fader and Hardie 2013), `left_out` repeaters without a positive mean amount.

    `correlation` is that of frequency and mean spend among those fitted; the model takes them as independent,
    so far from 0 the values lean: frequent customers who spend more are worth more than is said.
    """

    fit: Likeliest
    left_out: int
    correlation: float

    def expected(self, known: Purchases, values: Floats | None = None) -> Floats:
        """The mean amount to expect of each customer's purchases; inf where the model has none (q <= 1).

        Of somebody with no repeat purchase, or no positive amount, that of everybody.
        """
        p, q, v = self.fit.values if values is None else values
        count, paid = told(known)
        shape = p * count + q - 1
        with np.errstate(divide="ignore"):
            return np.where(shape > 0, p * (v + paid) / np.where(shape > 0, shape, 1.0), np.inf)


def spending(known: Purchases, *, prior: Prior = Prior.WHEN_NEEDED) -> Spending | Refusal:
    """Gamma-Gamma by greatest likelihood of those who bought again; a refusal without amounts or with few.

    >>> from emptychair.stats.purchases import purchases
    >>> rng = np.random.default_rng(1)
    >>> x = rng.integers(1, 9, 4000)
    >>> mean = rng.gamma(6 * x, 1) / rng.gamma(4, 1 / 15, 4000) / x
    >>> found = spending(purchases(x, x, x, mean))
    >>> [round(found.fit.of(name), 1) for name in ("p", "q", "v")]
    [6.0, 4.0, 15.2]
    """
    if known.spend is None:
        return Refusal(
            why=Refused.NO_SPEND, needed="The amounts of the purchases are needed, in one currency."
        )
    is_told = (known.frequency > 0) & (known.spend > 0)
    count, mean = known.frequency[is_told], known.spend[is_told]
    if missing := more_needed(len(count), MINIMUM_REPEATERS):
        return Refusal(
            why=Refused.TOO_FEW_REPEATERS,
            needed=f"{missing} more customers who bought again, for a positive amount, are needed.",
        )
    typical = float(np.exp(np.log(mean).mean()))
    starts = [np.array([p, q, typical * q / p]) for p, q in ((4.0, 3.0), (1.0, 3.0), (20.0, 5.0), (1.0, 1.2))]
    spreads = float(count.std() * mean.std())
    together = float(((count - count.mean()) * (mean - mean.mean())).mean())
    return Spending(
        fit=likeliest(likelihood(count, mean), NAMES, starts, len(count), prior=prior),
        left_out=int((known.frequency > 0).sum()) - len(count),
        correlation=together / spreads if spreads > 0 else 0.0,
    )


def told(known: Purchases) -> tuple[Floats, Floats]:
    """(number, sum) of the repeat purchases whose amounts are known, both 0 where there are none.

    >>> from emptychair.stats.purchases import purchases
    >>> told(purchases([2, 0], [3, 0], [9, 9], [5, 0]))
    (array([2., 0.]), array([10.,  0.]))
    """
    if known.spend is None:
        return np.zeros(len(known)), np.zeros(len(known))
    is_told = (known.frequency > 0) & (known.spend > 0)
    count = np.where(is_told, known.frequency, 0).astype(float)
    return count, count * np.where(is_told, known.spend, 0.0)


def likelihood(frequency: Counts, spend: Floats) -> LogLikelihood:
    """Over the logarithms of (p, q, v): of the numbers of repeat purchases and their positive means.

    >>> round(likelihood(np.array([1]), np.array([5.0])).at(np.zeros(3))[0], 4)
    -3.5835
    """
    counts = np.bincount(frequency)
    x = np.flatnonzero(counts).astype(float)
    w, n = counts[counts > 0].astype(float), float(len(frequency))
    paid, log_mean = frequency * spend, np.log(spend)
    of = np.searchsorted(x, frequency)
    x_log_paid = float(w @ (x * np.log(x)) + frequency @ log_mean)
    total_log_mean = float(log_mean.sum())

    def at(logs: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logs)
        whole = v + paid
        log_whole = np.log(whole)
        by_x = np.bincount(of, log_whole, len(x))
        over = np.bincount(of, 1 / whole, len(x))
        k = p * x + q
        value = float(w @ (gammaln(k) - gammaln(p * x))) - n * float(gammaln(q) - q * np.log(v))
        value += p * x_log_paid - total_log_mean - float(k @ by_x)
        by_p = float((w * x) @ (digamma(k) - digamma(p * x))) + x_log_paid - float(x @ by_x)
        by_q = float(w @ digamma(k)) + n * float(np.log(v) - digamma(q)) - float(by_x.sum())
        by_v = n * q / v - float(k @ over)
        return float(value), np.array([by_p * p, by_q * q, by_v * v])

    return LogLikelihood(at=at)
