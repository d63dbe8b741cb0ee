"""What a contract is worth: the margin of each period, as far as it is still paid, discounted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from emptychair.stats.intervals import MINIMUM_N, normal_quantile
from emptychair.stats.lifetable import Counts, Flags, Floats
from emptychair.stats.purchases import Refusal, Refused
from emptychair.stats.survival import Survival
from emptychair.stats.tail import Tail


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContractWorth:
    """One row per contract, over `periods` periods after its age; nan where the curve ends before that.

    `value` is the margin of each period times the chance that it is still paid, discounted to today, and
    [`mean_low`, `mean_high`] the interval that the curve leaves open. [`low`, `high`]: what this contract
    will in fact bring lands there with the chance `confidence`. `periods_told` of the periods are covered by
    the curve; where that is fewer than asked, the row goes by the tail (`is_carried_on`), or is nan.
    """

    periods: int
    confidence: float
    value: Floats
    mean_low: Floats
    mean_high: Floats
    low: Floats
    high: Floats
    periods_told: Counts
    is_carried_on: Flags


def contract_worth(
    curve: Survival,
    ages: ArrayLike,
    margins: ArrayLike,
    periods: int,
    *,
    period: float = 1.0,
    discount: float = 0.0,
    tail: Tail | None = None,
    confidence: float = 0.95,
) -> ContractWorth | Refusal:
    """The worth of running contracts of these ages (unit of the curve) with these margins per period.

    A period (`period` long) is paid at its end by who is there then, discounted by `discount` per period.
    The error is Greenwood's of the curve after the age, through all periods that it touches, and that of the
    rate of the `tail`, which goes on where the curve ends. O(ages that differ x periods).

    >>> from emptychair.stats.survival import kaplan_meier
    >>> curve = kaplan_meier(range(1, 101), [True] * 100)
    >>> told = contract_worth(curve, [0, 50], [10, 10], 10, discount=0.01)
    >>> told.value.round(2).tolist(), told.low.round(2).tolist(), told.high.round(2).tolist()
    ([89.58, 84.45], [19.7, 9.9], [94.71, 94.71])
    """
    if curve.n < MINIMUM_N:
        return Refusal(
            why=Refused.TOO_FEW_CUSTOMERS,
            needed=f"{MINIMUM_N - curve.n} more contracts are needed for a survival curve.",
        )
    if discount < 0 or periods < 1 or period <= 0:
        raise ValueError("there is at least one period, of some length, and a discount is not negative")
    all_ages, margin = np.asarray(ages, dtype=float), np.asarray(margins, dtype=float)
    distinct, of = np.unique(all_ages, return_inverse=True)
    number = np.arange(1, periods + 1, dtype=np.float64)
    after = distinct[:, None] + np.concatenate(([0.0], period * number))
    kept, error, told = _kept(curve, after, tail.begins if tail else curve.times[-1])
    carried = np.zeros(len(distinct), np.bool_)
    if tail is not None:
        carried = (told < periods) & (after[:, -1] <= tail.reaches) & (distinct >= curve.since)
        share = tail.kept(after)
        kept = kept * share[:, 1:] / share[:, :1]
    paid = (1 + discount) ** -number
    each = kept * paid
    value = each.sum(axis=1)
    # What lies behind an ending is lost together: tails of the sum, by what each period adds to the error.
    beyond = np.cumsum(each[:, ::-1], axis=1)[:, ::-1]
    variance = (beyond**2 * error).sum(axis=1)
    if tail is not None:
        # One rate behind all periods: what it takes off them is lost together.
        slope = (beyond * np.diff(tail.beyond(after), axis=1)).sum(axis=1)
        variance += (slope * tail.rate) ** 2 / tail.endings
    half = normal_quantile(confidence) * np.sqrt(variance)
    most = paid.sum()
    sums = np.concatenate(([0.0], np.cumsum(paid)))
    edge = (1 - confidence) / 2
    is_told = (told == periods) | carried
    # Paid so many periods with more than this chance: the curve only falls.
    surely, perhaps = (kept > 1 - edge).sum(axis=1), (kept > edge).sum(axis=1)
    columns = (
        value,
        np.maximum(value - half, 0),
        np.minimum(value + half, most),
        sums[surely],
        sums[perhaps],
    )
    rows = [np.where(is_told, column, np.nan)[of] * margin for column in columns]
    return ContractWorth(
        periods=periods,
        confidence=confidence,
        value=rows[0],
        # A margin below 0 turns an interval round.
        mean_low=np.minimum(rows[1], rows[2]),
        mean_high=np.maximum(rows[1], rows[2]),
        low=np.minimum(rows[3], rows[4]),
        high=np.maximum(rows[3], rows[4]),
        periods_told=told[of],
        is_carried_on=carried[of],
    )


def _kept(curve: Survival, times: Floats, reach: float) -> tuple[Floats, Floats, Counts]:
    """By age and period: the share still there, what it adds to Greenwood's sum, and how many are told.

    `times` begin with the age and go on with the ends of its periods. Behind `reach` the curve stays level.
    """
    left = (curve.at_risk - curve.events).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(left > 0, curve.events / (curve.at_risk * left), 0.0)
    share = np.concatenate(([1.0], curve.share))
    greenwood = np.concatenate(([0.0], np.cumsum(terms)))
    row = np.searchsorted(curve.times, np.minimum(times, reach), side="right")
    # Where the curve has come down to 0 nobody is left, and that is known.
    is_known = (times <= reach) | (share[row] == 0)
    is_known &= times[:, :1] >= curve.since
    at = share[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = np.where(at[:, :1] > 0, at[:, 1:] / at[:, :1], np.nan)
    told = np.where(at[:, 0] > 0, is_known[:, 1:].sum(axis=1), 0)
    return kept, np.diff(greenwood[row], axis=1), told.astype(np.int64)
