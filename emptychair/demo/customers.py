"""The customers: when each first joined, what they are like, and who brought them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emptychair.demo.clock import JOINING, Clock, Flags, Floats, Ints
from emptychair.demo.pourwell import CARE_TEAMS, COUNTRIES, LANGUAGES, PLANS, PLATFORMS
from emptychair.demo.truths import Truths

NEVER = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """One entry per customer, in order of joining; codes index the tuples of `company`, moments are days.

    `fades_at` and `guide_at` are infinite for those who never fade or never use the water guide; both only
    happen if the customer is still there. `referrer` is -1 when nobody brought them.
    """

    joined: Floats
    plan: Ints
    platform: Ints
    country: Ints
    zone: Ints
    language: Ints
    care_team: Ints
    hard_water: Flags
    pays_by_bank: Flags
    is_advocate: Flags
    fades_at: Floats
    guide_at: Floats
    referrer: Ints
    warmth: Floats

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.joined.size)

    def is_hit(self, who: Ints, plan: str, platform: str) -> Flags:
        """Which of `who` have this plan on this platform."""
        plans, platforms = [entry.name for entry in PLANS], [name for name, _ in PLATFORMS]
        has_plan = self.plan[who] == plans.index(plan)
        hit: Flags = has_plan & (self.platform[who] == platforms.index(platform))
        return hit


def customers(rng: np.random.Generator, clock: Clock, count: int, truths: Truths) -> Customers:
    """`count` customers who join over the 24 months: more each month, most before Christmas."""
    joined = _joined(rng, clock, count)
    country = _chosen(rng, count, [country.share for country in COUNTRIES])
    hard = rng.random(count) < truths.water_guide.hard_share
    fades = rng.random(count) < truths.silent_unhappy.share
    advocate = (rng.random(count) < truths.advocates.share / (1 - truths.silent_unhappy.share)) & ~fades
    onset = rng.uniform(truths.silent_unhappy.onset_from, truths.silent_unhappy.onset_to, count)
    return Customers(
        joined=joined,
        plan=_chosen(rng, count, [plan.share for plan in PLANS]),
        platform=_chosen(rng, count, [share for _, share in PLATFORMS]),
        country=country,
        zone=np.array([entry.zone for entry in COUNTRIES])[country],
        language=_language(rng, country),
        care_team=rng.integers(0, CARE_TEAMS, count),
        hard_water=hard,
        pays_by_bank=rng.random(count) < 0.4,
        is_advocate=advocate,
        fades_at=np.where(fades, joined + onset, NEVER),
        guide_at=_guide(rng, joined, hard, truths),
        referrer=_referrer(rng, joined, advocate, truths.advocates.referred_share),
        warmth=rng.normal(0.0, 0.9, count),
    )


def _joined(rng: np.random.Generator, clock: Clock, count: int) -> Floats:
    days = np.arange(clock.days, dtype=np.float64)
    launch = np.where(days < 28, 3.0, 1.0)
    weight = (1 + 0.9 * days / clock.days) * clock.season(JOINING, days) * launch
    bounds = np.concatenate([[0.0], np.cumsum(weight)])
    drawn = np.interp(np.sort(rng.random(count)) * bounds[-1], bounds, np.arange(clock.days + 1.0))
    joined: Floats = np.minimum(drawn, clock.days - 0.01)
    return joined


def _chosen(rng: np.random.Generator, count: int, shares: Sequence[float]) -> Ints:
    bounds = np.cumsum(shares)
    codes: Ints = np.searchsorted(bounds[:-1], rng.random(count) * bounds[-1], side="right").astype(np.int64)
    return codes


def _language(rng: np.random.Generator, country: Ints) -> Ints:
    own = np.array([LANGUAGES.index(entry.language) for entry in COUNTRIES])[country]
    speak = np.array([entry.speak for entry in COUNTRIES])[country]
    language: Ints = np.where(rng.random(country.size) < speak, own, 0)
    return language


def _guide(rng: np.random.Generator, joined: Floats, hard: Flags, truths: Truths) -> Floats:
    truth = truths.water_guide
    uses = rng.random(joined.size) < np.where(hard, truth.hard_adoption, truth.soft_adoption)
    after = rng.uniform(truth.adopted_from, truth.adopted_to, joined.size)
    return np.where(uses, joined + after, NEVER)


def _referrer(rng: np.random.Generator, joined: Floats, advocate: Flags, share: float) -> Ints:
    numbers = np.flatnonzero(advocate)
    known = np.searchsorted(joined[numbers], joined - 30.0)
    brought = (rng.random(joined.size) < share) & (known > 0)
    # a power of a uniform number: a few advocates bring most, as in life
    picked = np.minimum((known * rng.random(joined.size) ** 1.6).astype(np.int64), np.maximum(known - 1, 0))
    if numbers.size == 0:
        return np.full(joined.size, -1, dtype=np.int64)
    return np.where(brought, numbers[np.minimum(picked, numbers.size - 1)], -1).astype(np.int64)
