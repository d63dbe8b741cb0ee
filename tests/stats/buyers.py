"""Customers drawn from the models themselves, with what they will do after the last look."""

from dataclasses import dataclass

import numpy as np

from emptychair.stats.buying import Model
from emptychair.stats.purchases import Purchases, purchases

BUYING = {
    Model.BG_NBD: (0.4, 5.0, 0.8, 2.5),
    Model.MBG_NBD: (0.7, 6.0, 0.9, 2.0),
    Model.PARETO_NBD: (0.6, 10.0, 0.6, 12.0),
}
SPENDING = (6.0, 4.0, 15.0)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    known: Purchases
    is_alive: np.ndarray
    later: np.ndarray
    paid: np.ndarray
    """What they spend later, in sum."""


def drawn(
    rng: np.random.Generator, model: Model, n: int, *, age: float = 39.0, horizon: float = 39.0
) -> Drawn:
    """`n` customers of ages from half of `age` on."""
    shape, rate, first, second = BUYING[model]
    whole = rng.uniform(age / 2, age, n)
    buys = rng.gamma(shape, 1 / rate, n)
    if model is Model.PARETO_NBD:
        leaves = rng.exponential(1, n) / rng.gamma(first, 1 / second, n)
        last_chance = np.zeros(n)
    else:
        leaves = np.full(n, np.inf)
        last_chance = rng.beta(first, second, n)
    frequency, recency, later = np.zeros(n, int), np.zeros(n), np.zeros(n, int)
    is_there = np.ones(n, bool)
    if model is Model.MBG_NBD:
        is_there = rng.random(n) >= last_chance
    is_alive, who, time = np.zeros(n, bool), np.flatnonzero(is_there), np.zeros(int(is_there.sum()))
    while len(who):
        before, time = time, time + rng.exponential(1, len(who)) / buys[who]
        is_alive[who[(before <= whole[who]) & (time > whole[who]) & (leaves[who] > whole[who])]] = True
        is_seen = (time <= whole[who] + age) & (time <= leaves[who])
        who, time = who[is_seen], time[is_seen]
        is_early = time <= whole[who]
        frequency[who] += is_early
        later[who] += ~is_early
        recency[who] = np.where(is_early, time, recency[who])
        stays = rng.random(len(who)) >= last_chance[who]
        who, time = who[stays], time[stays]
    p, q, v = SPENDING
    own = rng.gamma(q, 1 / v, n)
    spend = np.where(
        frequency > 0, rng.gamma(p * np.maximum(frequency, 1)) / own / np.maximum(frequency, 1), 0
    )
    paid = np.where(later > 0, rng.gamma(p * np.maximum(later, 1)) / own, 0)
    return Drawn(known=purchases(frequency, recency, whole, spend), is_alive=is_alive, later=later, paid=paid)
