"""Why a chance is as high as it is, in plain words: what goes with leaving, never what causes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emptychair.anticipate.features.declared import Feature, Unit
from emptychair.anticipate.risk.models import Floats, Matrix
from emptychair.anticipate.risk.training import Trained

MOST_REASONS = 5
# What adds less to the log odds is no reason, and no change.
LEAST = 0.05
_LARGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One feature of a person: what it is in words, and what it adds to the log odds (it may take off)."""

    feature: str
    words: str
    weight: float


def reasons(trained: Trained, values: Matrix) -> list[list[Reason]]:
    """Of every row what says most, for and against leaving, the strongest first. O(rows · trees)."""
    weights = _weights(trained, values)
    return [_strongest(trained, row, of) for row, of in zip(values, weights, strict=True)]


def changes(trained: Trained, now: Matrix, before: Matrix) -> list[list[Reason]]:
    """Of every row what changed the chance since `before`, the strongest first, with what it was."""
    moved = _weights(trained, now) - _weights(trained, before)
    places = {feature.name: at for at, feature in enumerate(trained.features)}
    found = []
    for row, then, weight in zip(now, before, moved, strict=True):
        told = _strongest(trained, row, weight)
        changed = [one for one in told if not _same(row[places[one.feature]], then[places[one.feature]])]
        found.append([_with_before(trained, one, places[one.feature], then) for one in changed])
    return found


def words(feature: Feature, value: float, usual: float, rhythm: float = np.nan) -> str:
    """A feature of somebody as a sentence without a subject.

    `usual` is the median of others, `rhythm` the person's own usual days between active days.
    """
    if feature.name == "since_active" and not np.isnan(value):
        own = f"; usually every {_number(rhythm)}" if not np.isnan(rhythm) else ""
        return f"has not been active for {_number(value)} days{own}"
    told = value_in_words(feature, value)
    if feature.unit is Unit.FLAG:
        return feature.sentence if value else f"not: {feature.sentence}"
    if feature.unit is Unit.VALUE:
        return f"{feature.sentence}: {told}"
    if np.isnan(usual) or np.isnan(value):
        return f"{feature.sentence}: {told}"
    return f"{feature.sentence}: {told} (others: {value_in_words(feature, usual)})"


def value_in_words(feature: Feature, value: float) -> str:
    """A value as people write it.

    >>> value_in_words(Feature("x", "x", Unit.SHARE, 0, lambda seen: seen.number("x")), 0.25)
    '25 %'
    """
    if np.isnan(value):
        return "not known"
    if feature.values:
        return feature.values[int(value)]
    if feature.unit is Unit.SHARE:
        return f"{100 * value:.0f} %"
    if feature.unit is Unit.CHANGE:
        return _change(value)
    if feature.unit is Unit.PAYMENTS:
        return f"{_number(value)} usual payments"
    if feature.unit is Unit.FLAG:
        return "yes" if value else "no"
    return _number(value)


def _change(value: float) -> str:
    """From -1 to 1, as what is left of before.

    >>> _change(-0.5), _change(0.0), _change(1.0)
    ('a third of before', 'as before', 'new')
    """
    if value <= -0.999:
        return "none any more"
    if value >= 0.999:
        return "new"
    times = (1 + value) / (1 - value)
    if abs(times - 1) < 0.05:
        return "as before"
    if abs(times - 1 / 3) < 0.01:
        return "a third of before"
    return f"{_number(times)} times before" if times > 1 else f"{100 * times:.0f} % of before"


def _number(value: float) -> str:
    """No more digits than anybody reads."""
    if abs(value) >= _LARGE or abs(value - round(value)) < 0.05:
        return f"{value:,.0f}"
    return f"{value:.1f}"


def _weights(trained: Trained, values: Matrix) -> Floats:
    """What every feature adds to the log odds of every row; 0 for those that the model does not use."""
    found = np.zeros(values.shape)
    if len(values):
        kept = trained.learned.kept
        found[:, kept] = trained.learned.model.contributions(values[:, kept])
    return found


def _strongest(trained: Trained, row: Matrix, weights: Floats) -> list[Reason]:
    features: Sequence[Feature] = trained.features
    order = np.argsort(-np.abs(weights), kind="stable")[:MOST_REASONS]
    places = {feature.name: at for at, feature in enumerate(features)}
    rhythm = float(row[places["rhythm_days"]])
    return [
        Reason(
            feature=features[at].name,
            words=words(features[at], float(row[at]), float(trained.usual[at]), rhythm),
            weight=float(weights[at]),
        )
        for at in order
        if abs(weights[at]) >= LEAST
    ]


def _with_before(trained: Trained, one: Reason, at: int, then: Matrix) -> Reason:
    before = value_in_words(trained.features[at], float(then[at]))
    return Reason(feature=one.feature, words=f"{one.words}; before: {before}", weight=one.weight)


def _same(one: float, other: float) -> bool:
    return bool(one == other or (np.isnan(one) and np.isnan(other)))
