"""A million customers who buy on whole days, until a purchase is their last: drawn from BG/NBD."""

import numpy as np

from emptychair.stats.purchases import Purchases, purchases

CUSTOMERS, DAYS = 1_000_000, 730
# Rates are gamma (shape, days), chances that a purchase is the last are beta.
SHAPE, RATE, LAST, GOES_ON = 0.5, 30.0, 0.8, 3.0


def customers(rng: np.random.Generator, n: int = CUSTOMERS, days: int = DAYS) -> Purchases:
    """Each first bought on one of the days; times are whole days, purchases of one day are one."""
    age = rng.integers(1, days, n)
    rate, last = rng.gamma(SHAPE, 1 / RATE, n), rng.beta(LAST, GOES_ON, n)
    frequency, recency = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    who, time = np.arange(n), np.zeros(n)
    while len(who):
        time = time + rng.exponential(1, len(who)) / np.maximum(rate[who], 1e-300)
        is_seen = np.floor(time) <= age[who]
        who, time = who[is_seen], time[is_seen]
        day = np.floor(time).astype(np.int64)
        frequency[who] += day > recency[who]
        recency[who] = day
        goes_on = rng.random(len(who)) >= last[who]
        who, time = who[goes_on], time[goes_on]
    return purchases(frequency, recency, age)
