"""BG/NBD and MBG/NBD: purchases at a rate of one's own, until one of them is the last."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln, polygamma

from emptychair.stats.ascent import LogLikelihood
from emptychair.stats.beyond import beyond, longest
from emptychair.stats.lifetable import Counts, Floats
from emptychair.stats.purchases import Distinct, Purchases, distinct

NAMES = ("r", "alpha", "a", "b")

# Terms of the series of expected purchases, at most; long before, the terms vanish.
_TERMS = 20_000
# From here on its terms grow too large, and few purchases are left to add up.
_LARGE = 30.0
# Rows at once: what is computed of them stays near the processor.
_BLOCK = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaGeometric:
    """Rates are gamma (shape r, rate alpha), chances that a purchase is the last beta (a, b).

    `may_end_at_once`: MBG/NBD (Batislam, Denizel and Filiztekin 2007; Hoppe and Wagner 2007), in which
    already the first purchase may be the last; otherwise BG/NBD (Fader, Hardie and Lee 2005), in which it
    never is.
    """

    may_end_at_once: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters, in order."""
        return NAMES

    def likelihood(self, known: Purchases) -> LogLikelihood:
        """Over the logarithms of the parameters; rows that are alike are counted once.

        >>> from emptychair.stats.purchases import purchases
        >>> flat = BetaGeometric().likelihood(purchases([0, 1], [0, 3], [9, 9]))
        >>> round(flat.at(np.zeros(4))[0], 4)
        -5.6199
        """
        rows, chances = distinct(known), 1 if self.may_end_at_once else 0
        total = _Sum(rows, chances)
        return LogLikelihood(at=total.at, bend=total.bend)

    def starts(self, known: Purchases) -> list[Floats]:
        """Where to begin to look: a rate from the data, then less usual places."""
        time = max(float(known.age.sum()) / max(float(known.frequency.sum()), 1.0), 1e-9)
        return [
            np.array([r, r * time / 2, a, b])
            for r, a, b in ((0.5, 1.0, 2.5), (1.0, 0.3, 3.0), (0.2, 2.0, 2.0), (3.0, 5.0, 20.0))
        ]

    def alive(self, values: Floats, known: Purchases) -> Floats:
        """The probability that each customer may still buy, at these parameters."""
        r, alpha, a, b = values
        tries = self._tries(known.frequency)
        odds = np.log(a) - np.log(np.where(tries > 0, b + tries - 1, 1.0))
        odds += (r + known.frequency) * np.log((alpha + known.age) / (alpha + known.recency))
        return np.where(tries > 0, expit(-odds), 1.0)

    def expected(self, values: Floats, frequency: Counts, age: Floats, horizon: float) -> Floats:
        """Purchases within `horizon` of customers who may still buy, by their frequency and age.

        Fader, Hardie and Lee (2005), equation 10, after Euler's transformation of its hypergeometric
        function: the frequency is then in one place only, and the series converges for all of them.
        """
        r, alpha, a, b = values
        z = horizon / (alpha + age + horizon)
        total = a + b + self._tries(frequency) - 1
        if a > _LARGE:
            most = int(longest(r + frequency, z).max(initial=0))
            return np.asarray(self.beyond(values, frequency, age, horizon, most).sum(axis=1))
        # (1 - (1 - z)^(a - 1) F) / (a - 1), also where a is 1: F = 1 + (a - 1) more.
        more = _series(a + b - 1 - r + (1 if self.may_end_at_once else 0), a, total, z)
        shrunk = np.log1p(-z)
        power = np.exp((a - 1) * shrunk)
        first = -np.expm1((a - 1) * shrunk) / (a - 1) if abs(a - 1) > 1e-12 else -shrunk
        return np.asarray(total * (first - power * more))

    def beyond(self, values: Floats, frequency: Counts, age: Floats, horizon: float, most: int) -> Floats:
        """The chance of more than 0, 1 ... `most` purchases of those who may still buy: (rows, most + 1).

        A customer stops at the lesser of two independent numbers: negative binomial in time, beta-geometric
        in last purchases; the chance of more than y is the product of both.
        """
        r, alpha, a, b = values
        left = beyond(r + frequency, horizon / (alpha + age + horizon), most)
        tries = (b + self._tries(frequency))[:, None] + np.arange(float(most))
        left[:, 1:] *= np.cumprod(tries / (a + tries), axis=1)
        return left

    def _tries(self, frequency: Counts) -> Counts:
        """How many purchases might have been the last and were not (the last one may have been)."""
        return frequency + 1 if self.may_end_at_once else frequency


class _Sum:
    """The log likelihood of rows that are counted with weights, its gradient and its Hessian.

    With odds = log(a / (b + n - 1)) + k log((alpha + T) / (alpha + t)) of a row, k = r + x, n the purchases
    that might have been the last: a sum over frequencies, one over ages, and that of log(1 + e^odds).
    """

    def __init__(self, rows: Distinct, chances: int) -> None:
        counts = np.bincount(rows.frequency, rows.weight)
        self.x = np.flatnonzero(counts).astype(float)
        self.counts, self.n, self.tries = counts[counts > 0], float(rows.weight.sum()), self.x + chances
        self.recencies, self.ages = rows.recencies, rows.ages
        self.of_age = np.bincount(rows.age_at, rows.weight, len(rows.ages))
        self.bought_of_age = np.bincount(rows.age_at, rows.weight * rows.frequency, len(rows.ages))
        # Who has never had the chance to leave comes first, and needs no odds.
        first = int(np.searchsorted(rows.frequency, 1 - chances))
        place = np.cumsum(counts > 0) - 1
        columns = (place[rows.frequency], rows.recency_at, rows.age_at, rows.weight)
        self.blocks = [
            tuple(column[begin : begin + _BLOCK] for column in columns)
            for begin in range(first, len(rows.weight), _BLOCK)
        ]

    def at(self, logs: Floats) -> tuple[float, Floats]:
        values = np.exp(logs)
        odds = self._odds(values, bent=False)
        return self._value(values, odds), self._slope(values, odds) * values

    def bend(self, logs: Floats) -> Floats:
        values = np.exp(logs)
        odds = self._odds(values, bent=True)
        bent: Floats = self._bend(values, odds) * np.outer(values, values)
        return bent + np.diag(self._slope(values, odds) * values)

    def _odds(self, values: Floats, *, bent: bool) -> Floats:
        """Sums over the rows by frequency: see the names where they are used."""
        r, alpha, a, b = values
        shape = r + self.x
        ended = np.log(a) - np.log(np.where(self.tries > 0, b + self.tries - 1, 1.0))
        whole, last = alpha + self.ages, alpha + self.recencies
        log_whole, log_last, per_whole, per_last = np.log(whole), np.log(last), 1 / whole, 1 / last
        found = np.zeros((11 if bent else 4, len(self.x)))
        for of, recency, age, weight in self.blocks:
            since = log_whole[age] - log_last[recency]
            odds = shape[of] * since + ended[of]
            small = np.exp(-np.abs(odds))
            gone = np.where(odds > 0, 1.0, small) / (1 + small)
            lost = weight * gone
            nearer = per_whole[age] - per_last[recency]
            sums = [weight * (np.maximum(odds, 0) + np.log1p(small)), lost, lost * since, lost * nearer]
            if bent:
                open_ = lost * (1 - gone)
                by_since, by_nearer = open_ * since, open_ * nearer
                squares = lost * nearer * (per_whole[age] + per_last[recency])
                sums += [open_, by_since, by_nearer, by_since * since, by_since * nearer]
                sums += [by_nearer * nearer, squares]
            low, high = int(of[0]), int(of[-1]) + 1
            starts = np.searchsorted(of, np.arange(low, high))
            found[:, low:high] += np.add.reduceat(np.array(sums), starts, axis=1)
        return found

    def _value(self, values: Floats, odds: Floats) -> float:
        r, alpha, a, b = values
        of_x = gammaln(r + self.x) - gammaln(r) + gammaln(b + self.tries) - gammaln(a + b + self.tries)
        alike = self.n * (r * np.log(alpha) + gammaln(a + b) - gammaln(b))
        aged = (r * self.of_age + self.bought_of_age) @ np.log(alpha + self.ages)
        return float(self.counts @ of_x + alike - aged + odds[0].sum())

    def _slope(self, values: Floats, odds: Floats) -> Floats:
        r, alpha, a, b = values
        _, lost, since, nearer = odds[:4]
        both = digamma(a + b) - digamma(a + b + self.tries)
        of_b = both + digamma(b + self.tries) - digamma(b)
        by_r = self.counts @ (digamma(r + self.x) - digamma(r)) + self.n * np.log(alpha)
        by_r += since.sum() - self.of_age @ np.log(alpha + self.ages)
        by_alpha = self.n * r / alpha + (r + self.x) @ nearer
        by_alpha -= (r * self.of_age + self.bought_of_age) @ (1 / (alpha + self.ages))
        by_a = self.counts @ both + lost.sum() / a
        by_b = self.counts @ of_b - lost @ self._per_try(b)
        return np.array([by_r, by_alpha, by_a, by_b])

    def _bend(self, values: Floats, odds: Floats) -> Floats:
        r, alpha, a, b = values
        _, lost, _, nearer, open_, by_since, by_nearer, since2, since_nearer, nearer2, squares = odds
        k, per_try, per_age = r + self.x, self._per_try(b), 1 / (alpha + self.ages)
        both = self.counts @ (polygamma(1, a + b) - polygamma(1, a + b + self.tries))
        of_b = self.counts @ (polygamma(1, b + self.tries) - polygamma(1, b))
        rr = self.counts @ (polygamma(1, k) - polygamma(1, r)) + since2.sum()
        r_alpha = self.n / alpha - self.of_age @ per_age + k @ since_nearer + nearer.sum()
        alphas = (r * self.of_age + self.bought_of_age) @ per_age**2 - self.n * r / alpha**2
        alphas += k**2 @ nearer2 - k @ squares
        aa = both + (open_ - lost).sum() / a**2
        ab = both - open_ @ per_try / a
        bb = both + of_b + (open_ + lost) @ per_try**2
        ra, rb = by_since.sum() / a, -(by_since @ per_try)
        alpha_a, alpha_b = k @ by_nearer / a, -(k * by_nearer) @ per_try
        return np.array(
            [
                [rr, r_alpha, ra, rb],
                [r_alpha, alphas, alpha_a, alpha_b],
                [ra, alpha_a, aa, ab],
                [rb, alpha_b, ab, bb],
            ]
        )

    def _per_try(self, b: float) -> Floats:
        """1 / (b + n - 1), 0 where nothing might have been the last."""
        return np.where(self.tries > 0, 1 / np.maximum(b + self.tries - 1, 1e-300), 0.0)


def _series(first: float, a: float, total: Floats, z: Floats) -> Floats:
    """(2F1(first, a - 1; total; z) - 1) / (a - 1), also at a = 1; row by row until the terms vanish."""
    term = first / total * z
    found, open_ = term.copy(), np.arange(len(z))
    total, z = total.copy(), z.copy()
    for count in range(1, _TERMS):
        term = term * ((first + count) * (a - 1 + count) / ((total + count) * (1 + count)) * z)
        found[open_] += term
        if count % 16 == 0:
            going = np.abs(term) > 1e-15 * np.abs(found[open_]) * (1 - z)
            open_, term, total, z = open_[going], term[going], total[going], z[going]
        if not len(open_):
            break
    return found
