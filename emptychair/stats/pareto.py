"""Pareto/NBD: purchases at a rate of one's own, until one leaves at some moment that nobody sees."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, roots_legendre

from emptychair.stats.ascent import LogLikelihood
from emptychair.stats.beyond import beyond
from emptychair.stats.lifetable import Counts, Floats
from emptychair.stats.purchases import Distinct, Purchases, coded, distinct

NAMES = ("r", "alpha", "s", "beta")

# Nodes of the double exponential rule over (0, inf): rho = log(1 + exp(pi sinh v)), v from -3.2 to 4.
_V = np.arange(-3.2, 4.0, 0.125)
_SINH = np.pi * np.sinh(_V)
_RHO: Floats = np.logaddexp(0.0, _SINH)
_WEIGHT: Floats = 0.125 * np.pi * np.cosh(_V) / (1 + np.exp(-_SINH))
_AT_ONCE = 1024
# Where alpha and beta are so far apart, over the larger one with the time, a series is no shorter.
_NEAR = 0.9
# Where alpha and beta, with the time, are further apart than this (in logarithms) the rule is split.
_APART, _FALLEN = 2.0, 40.0
_NODES, _NODE_WEIGHTS = roots_legendre(16)
_MANY, _MANY_WEIGHTS = roots_legendre(40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """Rates of buying are gamma (shape r, rate alpha), rates of leaving gamma (s, beta).

    Schmittlein, Morrison and Colombo (1987). Everything rests on one chance, between 0 and 1: that somebody
    who is there leaves before buying again. It is an integral of positive terms, so nothing cancels where
    the published difference of hypergeometric functions loses its digits (docs/decisions/0174).
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters, in order."""
        return NAMES

    def likelihood(self, known: Purchases) -> LogLikelihood:
        """Over the logarithms of the parameters; rows that are alike are counted once.

        >>> from emptychair.stats.purchases import purchases
        >>> flat = Pareto().likelihood(purchases([0, 1], [0, 3], [9, 9]))
        >>> round(flat.at(np.zeros(4))[0], 4)
        -5.8202
        """
        return LogLikelihood(at=_Sum(distinct(known)).at)

    def starts(self, known: Purchases) -> list[Floats]:
        """Where to begin to look: rates from the data, then less usual places."""
        age = max(float(known.age.mean()), 1e-9)
        rate = max(float(known.frequency.sum()), 1.0) / (age * len(known))
        return [
            np.array([r, r / rate / 2, s, s * age * stay])
            for r, s, stay in ((0.5, 0.5, 0.7), (1.0, 1.0, 3.0), (2.0, 3.0, 1.0), (0.2, 0.2, 0.1))
        ]

    def alive(self, values: Floats, known: Purchases) -> Floats:
        """The probability that each customer may still buy, at these parameters."""
        r, alpha, s, beta = values
        last = _Pairs(known.frequency, *coded(known.recency))
        whole = _Pairs(known.frequency, *coded(known.age))
        gone = (r + known.frequency) * np.log((alpha + known.age) / (alpha + known.recency))
        gone += s * np.log((beta + known.age) / (beta + known.recency))
        before = last.chances(values)[0][last.of]
        after = whole.chances(values)[1][whole.of]
        # 1 / (e^gone before + after), with the exponential kept in bounds.
        kept = np.exp(-gone)
        found: Floats = np.minimum(kept / (before + after * kept), 1.0)
        return found

    def expected(self, values: Floats, frequency: Counts, age: Floats, horizon: float) -> Floats:
        """Purchases within `horizon` of customers who may still buy, by their frequency and age."""
        r, alpha, s, beta = values
        further = np.log1p(horizon / (beta + age))
        near = further if abs(s - 1) < 1e-12 else -np.expm1((1 - s) * further) / (s - 1)
        found: Floats = (r + frequency) / (alpha + age) * (beta + age) * near
        return found

    def beyond(self, values: Floats, frequency: Counts, age: Floats, horizon: float, most: int) -> Floats:
        """The chance of more than 0, 1 ... `most` purchases of those who may still buy: (rows, most + 1).

        Negative binomial in the time they stay, over when they leave (16 nodes of Gauss and Legendre in
        the chance to have left), and over the whole horizon for those who do not.
        """
        r, alpha, s, beta = values
        stays = np.exp(-s * np.log1p(horizon / (beta + age)))
        left: Floats = beyond(r + frequency, horizon / (alpha + age + horizon), most) * stays[:, None]
        for node, weight in zip((_NODES + 1) / 2, _NODE_WEIGHTS / 2, strict=True):
            # The time by which this share of those who leave have left.
            time = (beta + age) * np.expm1(-np.log1p(-(1 - stays) * node) / s)
            left += beyond(r + frequency, time / (alpha + age + time), most) * ((1 - stays) * weight)[:, None]
        return left


class _Pairs:
    """The pairs (time, frequency) that differ, by time, and which of them each row has."""

    def __init__(self, frequency: Counts, times: Floats, at: Counts) -> None:
        self.x, self.of_x = np.unique(frequency, return_inverse=True)
        key, self.of = np.unique(at * len(self.x) + self.of_x, return_inverse=True)
        row, self.of_x = np.divmod(key, len(self.x))
        self.time = times[row]

    def chances(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """(q, 1 - q, the gradient of q by (r, alpha, s, beta)): q, to leave before the next purchase."""
        q, rest, slope = np.empty(len(self.time)), np.empty(len(self.time)), np.empty((4, len(self.time)))
        apart = abs(values[1] - values[3]) / (max(values[1], values[3]) + self.time)
        for begin in range(0, len(q), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            of_x, time = self.of_x[some], self.time[some]
            told = _by_series(values, self.x, of_x, time) if apart[begin] < _NEAR else None
            if told is None:
                told = _by_nodes(values, self.x[of_x].astype(float), time)
            q[some], rest[some], slope[:, some] = told
        return q, rest, slope


def _by_series(values: Floats, x: Counts, of_x: Counts, time: Floats) -> tuple[Floats, Floats, Floats] | None:
    """The same by s / K 2F1(1, k; K + 1; d), K = k + s, or None where 1 - q would lose its digits.

    With beta larger than alpha: s / K (1 - d) 2F1(1, s + 1; K + 1; d). d is how far the two are apart, over
    the larger one with the time (ascending). Euler's transformation of the published forms: terms are
    positive, at most d^j, and depend on x and on d only in factors.
    """
    r, alpha, s, beta = values
    k, larger = r + x, max(alpha, beta)
    d = abs(alpha - beta) / (larger + time)
    terms = int(np.log(1e-16 * (1 - d[0])) / np.log(max(d[0], 1e-16))) + 2
    j = np.arange(float(terms))
    upper = (k[:, None] if alpha >= beta else np.full((len(x), 1), s + 1)) + j
    lower = k[:, None] + s + 1 + j
    # Of each x: the terms but for d^j, and their logarithms' derivatives by what stands above and below.
    one = np.ones((len(x), 1))
    term = np.cumprod(np.hstack((one, upper / lower)), axis=1)[:, :-1]
    by_upper = np.cumsum(np.hstack((0 * one, 1 / upper)), axis=1)[:, :-1] * term
    by_lower = np.cumsum(np.hstack((0 * one, 1 / lower)), axis=1)[:, :-1] * term
    powers = np.cumprod(np.hstack((np.ones((len(d), 1)), np.repeat(d[:, None], terms - 1, axis=1))), axis=1)
    total, up, down, steep = (
        np.einsum("ij,ij->i", powers[:, : each.shape[1]], each[of_x])
        for each in (term, by_upper, by_lower, (term * j)[:, 1:])
    )
    k_of = k[of_x]
    front = s / (k_of + s) * (1.0 if alpha >= beta else 1 - d)
    q = front * total
    if q.max() > 0.999:
        return None
    by_k, by_s = -q / (k_of + s) - front * down, q * (1 / s - 1 / (k_of + s)) - front * down
    by_d = front * steep
    nearer = (min(alpha, beta) + time) / (larger + time) ** 2
    if alpha >= beta:
        by_k += front * up
        return q, 1 - q, np.array([by_k, by_d * nearer, by_s, -by_d / (larger + time)])
    by_s += front * up
    by_d -= q / (1 - d)
    return q, 1 - q, np.array([by_k, -by_d / (larger + time), by_s, by_d * nearer])


def _by_nodes(values: Floats, frequency: Floats, time: Floats) -> tuple[Floats, Floats, Floats]:
    """Of somebody who is there: q = s int ((a+t)/(a+u))^k ((b+t)/(b+u))^s du / (b+u) over u > t."""
    r, alpha, s, beta = values
    k, base = (r + frequency)[:, None], (min(alpha, beta) + time)[:, None]
    buy, leave = (alpha + time)[:, None], (beta + time)[:, None]
    grown, weight = _nodes(k * base / buy + s * base / leave, base, None)
    apart = np.log(max(alpha, beta) + time[:, None]) - np.log(base)
    if apart.max(initial=0) > _APART:
        # In two parts: until the slower of the two falls as well, and from there on.
        falls = k * base / buy + s * base / leave
        first = _nodes(falls, base, apart := np.minimum(apart, _FALLEN / falls))
        start = base * np.expm1(apart)
        falls = (base + start) * (k / (buy + start) + s / (leave + start))
        rest_ = _nodes(falls, base + start, None)
        grown = np.concatenate((first[0], start + rest_[0]), axis=1)
        weight = np.concatenate((first[1], rest_[1]), axis=1)
    log_buy, log_leave = np.log1p(grown / buy), np.log1p(grown / leave)
    density = np.exp(-k * log_buy - s * log_leave) * weight
    own = density * (s / (leave + grown))
    q = own.sum(axis=1)
    rest = (density * (k / (buy + grown))).sum(axis=1)
    by_alpha = (own * (grown / (buy + grown))).sum(axis=1) * k[:, 0] / buy[:, 0]
    by_beta = (own * ((s * grown / leave - 1) / (leave + grown))).sum(axis=1)
    by_k, by_s = -(own * log_buy).sum(axis=1), q / s - (own * log_leave).sum(axis=1)
    return q, rest, np.array([by_k, by_alpha, by_s, by_beta])


def _nodes(falls: Floats, base: Floats, until: Floats | None) -> tuple[Floats, Floats]:
    """(u, du) for an integral over tau = log((base + u) / base), from 0 to `until` or for ever.

    What is integrated falls at first as exp(-falls tau): Gauss and Legendre's rule up to an end, the double
    exponential one without.
    """
    if until is None:
        grown = base * np.expm1(np.minimum(_RHO / falls, 600.0))
        return grown, (base + grown) * (_WEIGHT / falls)
    grown = base * np.expm1(until * ((_MANY + 1) / 2))
    return grown, (base + grown) * (until * (_MANY_WEIGHTS / 2))


class _Sum:
    """The log likelihood of rows that are counted with weights."""

    def __init__(self, rows: Distinct) -> None:
        counts = np.bincount(rows.frequency, rows.weight)
        self.x = np.flatnonzero(counts).astype(float)
        self.counts, self.n = counts[counts > 0], float(rows.weight.sum())
        self.rows = rows
        self.last = _Pairs(rows.frequency, rows.recencies, rows.recency_at)
        self.whole = _Pairs(rows.frequency, rows.ages, rows.age_at)
        self.recency, self.age = rows.recencies[rows.recency_at], rows.ages[rows.age_at]

    def at(self, logs: Floats) -> tuple[float, Floats]:
        values = np.exp(logs)
        r, alpha, s, beta = values
        weight = self.rows.weight
        value = float(self.counts @ (gammaln(r + self.x) - gammaln(r)))
        value += self.n * float(r * np.log(alpha) + s * np.log(beta))
        by_r = float(self.counts @ (digamma(r + self.x) - digamma(r))) + self.n * float(np.log(alpha))
        slope = np.array([by_r, self.n * r / alpha, self.n * float(np.log(beta)), self.n * s / beta])

        # Each row: the chance to have been there at the last purchase and gone before the next, or there now.
        before, _, by_before = self.last.chances(values)
        _, after, by_after = self.whole.chances(values)
        at_last, at_whole = self._there(values, self.recency), self._there(values, self.age)
        gone = np.log(before)[self.last.of] + at_last[0]
        here = np.log(after)[self.whole.of] + at_whole[0]
        both = np.logaddexp(gone, here)
        value += float((weight * both).sum())
        share = np.exp(gone - both) * weight
        left, stayed = np.bincount(self.last.of, share), np.bincount(self.whole.of, weight - share)
        for rows, factor in ((at_last[1], share), (at_whole[1], weight - share)):
            slope += _summed(rows, factor)
        slope += _summed(by_before, left / before) - _summed(by_after, stayed / after)
        return value, slope * values

    def _there(self, values: Floats, time: Floats) -> tuple[Floats, Floats]:
        """(log S, its gradient): the density of the purchases, and of being there still, at `time`."""
        r, alpha, s, beta = values
        k, buy, leave = r + self.rows.frequency, alpha + time, beta + time
        log_buy, log_leave = np.log(buy), np.log(leave)
        return -k * log_buy - s * log_leave, np.array([-log_buy, -k / buy, -log_leave, -s / leave])


def _summed(rows: Floats, weight: Floats) -> Floats:
    """The weighted sum of each row, on one processor: threads cost more than they bring at this size."""
    return np.asarray(np.einsum("ij,j->i", rows, weight))
