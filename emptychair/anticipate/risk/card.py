"""The card of a model: how well it foresaw a time that it had not seen, for whom, and what it cannot know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from emptychair.anticipate.features.declared import Feature
from emptychair.anticipate.risk.examples import Examples
from emptychair.anticipate.risk.models import Floats
from emptychair.stats.intervals import Estimate
from emptychair.stats.ranking import Lift, auc, average_precision, lift
from emptychair.stats.reliability import Reliability, calibration_error, perfect_error, reliability

# Smaller groups are not judged on their own.
FEWEST_OF_A_GROUP, FEWEST_CASES_OF_A_GROUP = 100, 10
# An error may be larger than a perfect model's by so much (reliability.md: honest numbers).
GRACE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People of one value of a trait, or of one day: how well their chances were foreseen."""

    name: str
    n: int
    cases: int
    foreseen: float
    auc: Estimate | None
    error: float
    bound: float

    @property
    def keeps_its_word(self) -> bool:
        """Whether chance alone explains how far the forecasts for these people are off."""
        return self.error <= self.bound + GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A feature that the model uses, and the mean size of what it adds to the log odds."""

    name: str
    sentence: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A kind of model that was tried, and its log loss on the days that set chances right."""

    kind: str
    log_loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that a reader of risks should know. `days` are the days that judged; rates are shares."""

    horizon: int
    kind: str
    tried: tuple[Candidate, ...]
    learned_from: int
    learned_cases: int
    learn_days: tuple[datetime, ...]
    calibrate_days: tuple[datetime, ...]
    judge_days: tuple[datetime, ...]
    auc: Estimate | None
    average_precision: Estimate | None
    reliability: Reliability
    recalibration: str
    deciles: tuple[Lift, ...]
    by_day: tuple[Group, ...]
    by_segment: tuple[Group, ...]
    used: tuple[Used, ...]
    remarks: tuple[str, ...]

    @property
    def keeps_its_word(self) -> bool:
        """Whether the chances are as right as one can tell, and say more than the mean rate."""
        found = self.reliability
        return found.error <= found.bound + GRACE and found.skill > 0


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The examples that judge, in features before screening, and the chances that the model gave them."""

    rows: Examples
    chances: Floats


def judgement(judged: Judged, rng: np.random.Generator) -> Reliability:
    """How far the chances were off."""
    return reliability(judged.chances, judged.rows.ended, rng)


def ranks(judged: Judged) -> tuple[Estimate | None, Estimate | None, tuple[Lift, ...]]:
    """(AUC, average precision, deciles) of the chances."""
    scores, cases = judged.chances, judged.rows.ended
    return auc(scores, cases), average_precision(scores, cases), tuple(lift(scores, cases))


def by_day(judged: Judged, rng: np.random.Generator) -> tuple[Group, ...]:
    """How it went on every day that judged."""
    return tuple(
        _group(f"{day:%Y-%m-%d}", judged, judged.rows.day == at, rng)
        for at, day in enumerate(judged.rows.days)
    )


def by_segment(judged: Judged, rng: np.random.Generator) -> tuple[Group, ...]:
    """How it went for people of every value of every trait: whether all are served alike."""
    found = []
    for at, feature in enumerate(judged.rows.features):
        for place, value in enumerate(feature.values):
            rows = judged.rows.values[:, at] == place
            cases = int((judged.rows.ended & rows).sum())
            if rows.sum() >= FEWEST_OF_A_GROUP and cases >= FEWEST_CASES_OF_A_GROUP:
                found.append(_group(f"{feature.sentence}: {value}", judged, rows, rng))
    return tuple(found)


def used(features: Sequence[Feature], contributions: Floats) -> tuple[Used, ...]:
    """The features by how much they say, those that say nothing left out."""
    weights = np.abs(contributions).mean(axis=0)
    order = np.argsort(-weights, kind="stable")
    return tuple(
        Used(name=features[at].name, sentence=features[at].sentence, weight=float(weights[at]))
        for at in order
        if weights[at] > 0
    )


def _group(name: str, judged: Judged, rows: np.ndarray, rng: np.random.Generator) -> Group:
    chances, cases = judged.chances[rows], judged.rows.ended[rows]
    return Group(
        name=name,
        n=int(rows.sum()),
        cases=int(cases.sum()),
        foreseen=float(chances.mean()),
        auc=auc(chances, cases),
        error=calibration_error(chances, cases),
        bound=perfect_error(chances, rng),
    )
