"""What is known of people who buy when they like: how often, how lately, since when, and for how much."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from emptychair.stats.lifetable import Counts, Floats

MINIMUM_CUSTOMERS, MINIMUM_REPEATERS = 30, 10
"""Below so many customers, or customers who came back, nothing is fitted."""

# Billing: of customers with so many repeats, this share has its mean gap in one of three narrow bands.
_BILLED, _FEWEST, _MOST, _BAND, _ENOUGH = 0.75, 3, 24, 0.1, 20
_LOOKED_AT = 20_000


class Refused(StrEnum):
    """Why nothing is said."""

    TOO_FEW_CUSTOMERS = "too few customers"
    TOO_FEW_REPEATERS = "too few customers who came back"
    NO_SPEND = "no amounts"
    CONTRACTUAL = "contractual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No answer, and a sentence that says what is needed for one."""

    why: Refused
    needed: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Purchases:
    """One row per customer who has bought at least once; all times in one unit, from their first purchase.

    `frequency` is the number of purchases after the first (x), `recency` the time of the last one (t_x, 0
    where there was only the first), `age` the time until we last looked (T). `spend` is the mean amount of
    the repeat purchases (0 where there were none), None where amounts are not known.
    """

    frequency: Counts
    recency: Floats
    age: Floats
    spend: Floats | None = None

    def __len__(self) -> int:
        return len(self.frequency)

    def rows(self, which: ArrayLike | slice) -> "Purchases":
        """The same of some of the rows."""
        kept = which if isinstance(which, slice) else np.asarray(which)
        return Purchases(
            frequency=self.frequency[kept],
            recency=self.recency[kept],
            age=self.age[kept],
            spend=None if self.spend is None else self.spend[kept],
        )


def purchases(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, spend: ArrayLike | None = None
) -> Purchases:
    """The checked rows; ValueError where they cannot be true (a last purchase after the last look, say).

    >>> len(purchases([2, 0], [30.4, 0], [38.9, 38.9]))
    2
    """
    counts, last, whole = np.asarray(frequency), np.asarray(recency, float), np.asarray(age, float)
    if not len(counts) == len(last) == len(whole):
        raise ValueError("frequency, recency and age have one row per customer")
    if not (np.isfinite(counts).all() and np.isfinite(last).all() and np.isfinite(whole).all()):
        raise ValueError("frequency, recency and age are finite")
    if (counts < 0).any() or (counts != np.floor(counts)).any():
        raise ValueError("a frequency is a whole number of repeat purchases")
    if (last < 0).any() or (last > whole).any():
        raise ValueError("a last purchase lies between the first one and the last look")
    if ((counts == 0) != (last == 0)).any():
        raise ValueError("a recency is 0 exactly where nothing was bought again")
    amount = None if spend is None else np.asarray(spend, float)
    if amount is not None and not (len(amount) == len(counts) and np.isfinite(amount).all()):
        raise ValueError("spend is finite, one amount per customer")
    return Purchases(frequency=counts.astype(np.int64), recency=last, age=whole, spend=amount)


def purchases_of_orders(
    customer: ArrayLike, time: ArrayLike, amount: ArrayLike | None, *, until: float, unit: float = 1.0
) -> tuple[Counts, Purchases]:
    """(customers, ascending; their rows) from one row per order before `until`.

    Orders of one customer within the same whole unit of `time` (a day) are one purchase; the times of the
    rows are divided by `unit` (7: weeks). Orders later than `until` are not seen. O(n log n).

    >>> who, rows = purchases_of_orders([7, 7, 7, 9], [0, 0, 14, 3], [5, 5, 8, 2], until=21, unit=7)
    >>> who.tolist(), rows.frequency.tolist(), rows.recency.tolist(), rows.spend.tolist()
    ([7, 9], [1, 0], [2.0, 0.0], [8.0, 0.0])
    """
    who, when = np.asarray(customer), np.floor(np.asarray(time, float))
    paid = np.zeros(len(who)) if amount is None else np.asarray(amount, float)
    seen = when <= until
    names, row = np.unique(who[seen], return_inverse=True)
    order = np.lexsort((when[seen], row))
    row, when, paid = row[order], when[seen][order], paid[seen][order]
    is_new = np.ones(len(row), dtype=bool)
    is_new[1:] = (row[1:] != row[:-1]) | (when[1:] != when[:-1])
    starts = np.flatnonzero(is_new)
    totals = np.add.reduceat(paid, starts) if len(starts) else paid
    row, when = row[starts], when[starts]
    count = np.bincount(row, minlength=len(names))
    last = np.cumsum(count) - 1
    first = last - count + 1
    frequency = count - 1
    repeat = np.bincount(row, totals, len(names)) - totals[first]
    return names, Purchases(
        frequency=frequency.astype(np.int64),
        recency=(when[last] - when[first]) / unit,
        age=(until - when[first]) / unit,
        spend=None if amount is None else repeat / np.maximum(frequency, 1),
    )


def refusal(known: Purchases) -> Refusal | None:
    """Why nothing should be fitted to these rows, and what is needed; None where it may be.

    >>> refusal(purchases([0, 1], [0, 3], [9, 9])).needed
    'At least 30 customers are needed; there are 2.'
    """
    repeaters = int((known.frequency > 0).sum())
    if len(known) < MINIMUM_CUSTOMERS:
        return Refusal(
            why=Refused.TOO_FEW_CUSTOMERS,
            needed=f"At least {MINIMUM_CUSTOMERS} customers are needed; there are {len(known):,}.",
        )
    if repeaters < MINIMUM_REPEATERS:
        return Refusal(
            why=Refused.TOO_FEW_REPEATERS,
            needed=f"At least {MINIMUM_REPEATERS} customers who bought again are needed; "
            f"there are {repeaters:,}. Wait, or look at a longer time.",
        )
    if is_billed(known):
        return Refusal(
            why=Refused.CONTRACTUAL,
            needed="These customers pay at fixed intervals, as contracts do: their ends are known, not "
            "guessed. When each contract began and ended is needed, for a survival curve times the margin.",
        )
    return None


def is_billed(known: Purchases) -> bool:
    """Whether the payments look like bills: most customers have one of at most three mean gaps.

    Judged by those with 3 to 24 repeats, when there are 20 of them; three bands a tenth wide hold three
    quarters of them. Independent purchases at one common rate would put about half of them there.

    >>> is_billed(purchases([12] * 40, [365.0] * 40, [370.0] * 40))
    True
    """
    step = max(len(known) // _LOOKED_AT, 1)
    frequency, recency = known.frequency[::step], known.recency[::step]
    judged = (frequency >= _FEWEST) & (frequency <= _MOST)
    if judged.sum() < _ENOUGH:
        return False
    gaps = np.sort(np.log(recency[judged] / frequency[judged]))
    held = 0
    for _ in range(3):
        ends = np.searchsorted(gaps, gaps + _BAND, side="right")
        inside = ends - np.arange(len(gaps))
        best = int(inside.argmax())
        held += int(inside[best])
        gaps = np.delete(gaps, slice(best, int(ends[best])))
        if not len(gaps):
            break
    return bool(held >= _BILLED * judged.sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distinct:
    """Rows that differ, by frequency, and how many customers (`weight`) each of them stands for.

    A row's recency and age are places in the tables `recencies` and `ages`: what depends on one of them alone
    is computed once for each place.
    """

    frequency: Counts
    recency_at: Counts
    age_at: Counts
    weight: Floats
    recencies: Floats
    ages: Floats


def distinct(known: Purchases) -> Distinct:
    """The rows that differ in (frequency, recency, age). O(n log n); day-granular rows are often alike.

    >>> distinct(purchases([1, 0, 1], [3, 0, 3], [9, 9, 9])).weight.tolist()
    [1.0, 2.0]
    """
    ages, age = coded(known.age)
    recencies, recency = coded(known.recency)
    key = (known.frequency * len(recencies) + recency) * len(ages) + age
    key.sort()
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    rest, age = np.divmod(key[starts], len(ages))
    frequency, recency = np.divmod(rest, len(recencies))
    weight = np.diff(np.append(starts, len(key))).astype(float)
    return Distinct(
        frequency=frequency, recency_at=recency, age_at=age, weight=weight, recencies=recencies, ages=ages
    )


def coded(values: Floats) -> tuple[Floats, Counts]:
    """(a table of values, ascending, the place of each row's in it).

    >>> coded(np.array([2.5, 1.0, 2.5]))
    (array([1. , 2.5]), array([1, 0, 1]))
    """
    whole = values.astype(np.int64)
    most = int(whole.max(initial=0))
    if most < 4 * len(values) + 100 and bool((whole == values).all()):
        return np.arange(most + 1.0), whole
    found, place = np.unique(values, return_inverse=True)
    return found, place
