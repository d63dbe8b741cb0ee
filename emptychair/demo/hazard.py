"""How likely a customer is to leave in a week, what they would answer, and what weighs on them."""

from dataclasses import dataclass

import numpy as np

from emptychair.demo.clock import GIFTS, ICED, LEAVING, Clock, Flags, Floats, Ints
from emptychair.demo.customers import NEVER, Customers
from emptychair.demo.pourwell import PLANS
from emptychair.demo.themes import Theme
from emptychair.demo.truths import Truths

# hazard a day by days since joining, for the home plan with soft water and no trouble
AGES = np.array([0.0, 30.0, 90.0, 180.0])
DAILY = np.array([0.00125, 0.00085, 0.00050, 0.00037])
SEASONS = {"iced": ICED, "gifts": GIFTS}


@dataclass(slots=True, kw_only=True)
class State:
    """What the simulation knows of each customer now; moments are days, infinite for never."""

    start: Floats
    end: Floats
    rejoins_at: Floats
    has_rejoined: Flags
    left_for: Ints
    slow_refund_at: Floats
    failed_at: Floats
    failed_new: Flags
    strained_at: Floats
    strain: Floats
    broken_at: Floats

    @classmethod
    def fresh(cls, people: Customers) -> "State":
        """Nothing has happened yet."""
        count = people.count
        return cls(
            start=people.joined.copy(),
            end=np.full(count, NEVER),
            rejoins_at=np.full(count, NEVER),
            has_rejoined=np.zeros(count, dtype=np.bool_),
            left_for=np.full(count, int(Theme.PRICE)),
            slow_refund_at=np.full(count, NEVER),
            failed_at=np.full(count, NEVER),
            failed_new=np.zeros(count, dtype=np.bool_),
            strained_at=np.full(count, NEVER),
            strain=np.zeros(count),
            broken_at=np.full(count, NEVER),
        )

    def is_raised(self, truths: Truths, now: float) -> bool:
        """Whether the price increase hurts now."""
        truth = truths.price_increase
        return truth.day <= now < truth.day + truth.effect_days

    def season(self, clock: Clock, now: float, name: str) -> float:
        """The factor of a seasonal theme now."""
        return float(clock.season(SEASONS[name], np.array([now]))[0])


def _lasts(since: Floats, now: float, days: float) -> Flags:
    lasting: Flags = (since <= now) & (now < since + days)
    return lasting


def standing_ratio(people: Customers, truths: Truths) -> Floats:
    """Each customer's hazard ratio from what never changes, one per customer."""
    ratio = np.array([plan.ratio for plan in PLANS])[people.plan]
    ratio = ratio * np.where(people.hard_water, truths.water_guide.hard_ratio, 1.0)
    ratio = ratio * np.where(people.is_advocate, truths.advocates.ratio, 1.0)
    standing: Floats = ratio * np.where(people.referrer >= 0, truths.advocates.referred_ratio, 1.0)
    return standing


def daily_hazard(
    state: State, people: Customers, clock: Clock, truths: Truths, who: Ints, now: float
) -> Floats:
    """The hazard a day for each of `who` in the week that starts now."""
    age = np.maximum(now - state.start[who], 0.0)
    hazard = DAILY[np.searchsorted(AGES, age, side="right") - 1] * standing_ratio(people, truths)[who]
    hazard = hazard * clock.season(LEAVING, np.array([now]))[0]
    if state.is_raised(truths, now):
        hazard = hazard * truths.price_increase.ratio
    failed = _lasts(state.failed_at[who], now, truths.broken_release.effect_days)
    sharp = np.where(state.failed_new[who], truths.broken_release.ratio_new, truths.broken_release.ratio)
    strained = _lasts(state.strained_at[who], now, truths.care_attrition.effect_days)
    strain = np.exp(truths.care_attrition.log_ratio_per_loss * state.strain[who])
    slow = _lasts(state.slow_refund_at[who], now, truths.slow_refunds.effect_days)
    broken = _lasts(state.broken_at[who], now, truths.promises.effect_days)
    for applies, ratio in (
        (failed, sharp),
        (strained, strain),
        (slow, truths.slow_refunds.ratio),
        (broken, truths.promises.ratio),
        (people.fades_at[who] <= now, truths.silent_unhappy.ratio),
        (people.guide_at[who] <= now, truths.water_guide.ratio),
    ):
        hazard = hazard * np.where(applies, ratio, 1.0)
    daily: Floats = hazard
    return daily


def attitude(state: State, people: Customers, clock: Clock, truths: Truths, who: Ints, now: float) -> Floats:
    """The mean of the 0-10 score that each of `who` would give now."""
    mean = 8.45 + 0.45 * now / clock.days + people.warmth[who]
    mean = mean + np.where(people.is_advocate[who], 1.2, 0.0)
    mean = mean - np.where(people.hard_water[who] & (people.guide_at[who] > now), 0.4, 0.0)
    failed = _lasts(state.failed_at[who], now, truths.broken_release.effect_days)
    slow = _lasts(state.slow_refund_at[who], now, truths.slow_refunds.effect_days)
    strained = _lasts(state.strained_at[who], now, truths.care_attrition.effect_days)
    mean = mean + np.where(failed, truths.broken_release.score_effect, 0.0)
    mean = mean + np.where(slow, truths.slow_refunds.score_effect, 0.0)
    mean = mean + np.where(strained, truths.care_attrition.csat_per_loss * state.strain[who], 0.0)
    mean = mean + (truths.price_increase.score_effect if state.is_raised(truths, now) else 0.0)
    return np.where(people.fades_at[who] <= now, truths.silent_unhappy.mean_score, mean)


def burden(
    rng: np.random.Generator, state: State, people: Customers, truths: Truths, who: Ints, now: float
) -> Ints:
    """What weighs most on each of `who` (a Theme); the price for those on whom nothing special does."""
    usual = np.where(rng.random(who.size) < 0.4, int(Theme.PACKAGING), int(Theme.PRICE))
    conditions = [
        _lasts(state.failed_at[who], now, truths.broken_release.effect_days),
        _lasts(state.slow_refund_at[who], now, truths.slow_refunds.effect_days),
        _lasts(state.broken_at[who], now, truths.promises.effect_days),
        _lasts(state.strained_at[who], now, truths.care_attrition.effect_days) & (state.strain[who] > 0.2),
        people.fades_at[who] <= now,
        people.hard_water[who] & (people.guide_at[who] > now),
    ]
    themes = (
        Theme.SIGN_IN,
        Theme.SLOW_REFUND,
        Theme.BROKEN_PROMISE,
        Theme.CARE_WAIT,
        Theme.FADING,
        Theme.BITTER,
    )
    return np.select(conditions, [np.full(who.size, int(theme)) for theme in themes], usual)
