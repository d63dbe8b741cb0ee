"""Whether a model is to be relied on: its card, what came of earlier chances, and whether people changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from emptychair.anticipate.risk.card import GRACE, Card
from emptychair.anticipate.risk.models import Matrix
from emptychair.anticipate.risk.training import Trained
from emptychair.stats.drift import LARGE, stability_index
from emptychair.stats.reliability import Reliability

# A feature that says less than one part in so many moves nobody's chance much.
WEIGHTY = 0.05
MOST_FEATURES = 20
FEWEST_PEOPLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far a feature has moved since chances were set right; `weight` is its share of what is said."""

    feature: str
    sentence: str
    weight: float
    index: float

    @property
    def is_large(self) -> bool:
        """Whether people are no longer like those from whom the model learned, in what counts."""
        return self.index > LARGE and self.weight >= WEIGHTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Chances of earlier days against what came: how far off, and how far chance alone explains."""

    horizon: int
    days: tuple[datetime, ...]
    n: int
    cases: int
    foreseen: float
    error: float
    bound: float

    @property
    def keeps_its_word(self) -> bool:
        """Whether chance alone explains how far they were off."""
        return self.error <= self.bound + GRACE


def drift(trained: Trained, values: Matrix) -> list[Drift]:
    """The features that say most, by how far they have moved; none for few people. O(people · features)."""
    if len(values) < FEWEST_PEOPLE or not trained.spreads:
        return []
    weights = {one.name: one.weight for one in trained.card.used}
    total = sum(weights.values()) or 1.0
    features = trained.features
    found = [
        Drift(
            feature=features[at].name,
            sentence=features[at].sentence,
            weight=weights.get(features[at].name, 0.0) / total,
            index=stability_index(before, values[:, at].astype(np.float64)),
        )
        for at, before in zip(trained.learned.kept.tolist(), trained.spreads, strict=True)
    ]
    return sorted(found, key=lambda one: -one.weight)[:MOST_FEATURES]


def unreliable(card: Card, came: Came | None, moved: Sequence[Drift]) -> str:
    """Why a model is not to be relied on, as a sentence; empty when it is."""
    if reason := card_reason(card):
        return reason
    if came is not None and not came.keeps_its_word:
        return (
            f"Of {came.n:,} people who were scored on {_days(came.days)}, {_percent(came.foreseen)} were "
            f"foreseen to leave and {_percent(came.cases / came.n)} did: chances were off by "
            f"{_percent(came.error)} on average, a perfect model's by {_percent(came.bound)} at most."
        )
    large = [one for one in moved if one.is_large]
    if large:
        told = ", ".join(f"“{one.sentence}” (index {one.index:.2f})" for one in large[:3])
        return f"People are no longer like those from whom it learned: {told}. Above {LARGE} too much moved."
    return ""


def card_reason(card: Card) -> str:
    """Why the time that judged a model says that it is not to be relied on; empty when it does not."""
    found: Reliability = card.reliability
    if found.error > found.bound + GRACE:
        return (
            f"On the days that judged it, chances were off by {_percent(found.error)} on average; a perfect "
            f"model's are by {_percent(found.bound)} at most."
        )
    if found.skill <= 0:
        return "On the days that judged it, it said no more than the mean rate of everybody does."
    return ""


def _days(days: Sequence[datetime]) -> str:
    return " and ".join(f"{day:%Y-%m-%d}" for day in days)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
