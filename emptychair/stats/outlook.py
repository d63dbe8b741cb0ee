"""How often each customer will buy, whether they still will, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from emptychair.stats.buying import Buying
from emptychair.stats.intervals import normal_quantile
from emptychair.stats.lifetable import Counts, Floats
from emptychair.stats.mixture import mixture
from emptychair.stats.purchases import Purchases


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """One row per customer, over the next `horizon`.

    `alive`: the probability that they may still buy; `expected`: how many purchases on average; both with the
    interval that the parameters leave open (`..._low`, `..._high`). `buys`: the probability of at least one.
    [`fewest`, `most`]: the prediction interval, parameters and chance together. `is_sure` is False where
    nothing is known of the parameters' errors: intervals then hold chance alone.
    """

    horizon: float
    confidence: float
    alive: Floats
    alive_low: Floats
    alive_high: Floats
    expected: Floats
    expected_low: Floats
    expected_high: Floats
    buys: Floats
    fewest: Counts
    most: Counts
    is_sure: bool


def outlook(model: Buying, known: Purchases, horizon: float, *, confidence: float = 0.95) -> Outlook:
    """What to expect of each customer within `horizon` after the last look, in the unit of the times.

    O(n log n), and for each pair of frequency and age that differs a table of counts.

    >>> from emptychair.stats.buying import buying
    >>> from emptychair.stats.purchases import purchases
    >>> rng = np.random.default_rng(0)
    >>> x = rng.poisson(rng.gamma(0.5, 1 / 5, 3000) * 40)
    >>> rows = purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3000, 40.0))
    >>> told = outlook(buying(rows), rows, 10)
    >>> bool((told.fewest <= told.expected).all()), bool((told.expected <= told.most + 1).all())
    (True, True)
    """
    mixed = mixture(model, known, horizon)
    z, tail = normal_quantile(confidence), (1 - confidence) / 2
    alive, certain = mixed.alive, mixed.pairs_expected[mixed.of]
    odds = _odds(alive)
    unsure = np.sqrt(np.mean([(_odds(each) - odds) ** 2 for each in mixed.points_alive], axis=0))
    spread, spread_if_alive = (np.sqrt(variance) for variance in mixed.spreads())
    fewest, most, buys = np.empty(len(known), int), np.empty(len(known), int), np.empty(len(known))
    for rows, beyond in mixed.tables():
        fewest[rows], most[rows] = beyond.first_at_most(1 - tail), beyond.first_at_most(tail)
        buys[rows] = np.minimum(beyond.at(np.zeros(len(rows), int)), 1.0)
    return Outlook(
        horizon=horizon,
        confidence=confidence,
        alive=alive,
        alive_low=np.where(alive < 1, expit(odds - z * unsure), 1.0),
        alive_high=np.where(alive < 1, expit(odds + z * unsure), 1.0),
        expected=alive * certain,
        expected_low=alive * certain * np.exp(-z * spread),
        expected_high=certain * np.minimum(alive * np.exp(z * spread), np.exp(z * spread_if_alive)),
        buys=buys,
        fewest=fewest,
        most=most,
        is_sure=mixed.is_sure,
    )


def _odds(chance: Floats) -> Floats:
    """The logarithm of the odds, finite also next to 0 and 1."""
    found: Floats = logit(np.clip(chance, 1e-300, 1 - 1e-16))
    return found
