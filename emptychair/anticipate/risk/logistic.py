"""Logistic regression on features made alike: the hazard of a period, as in Allison 1982."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emptychair.anticipate.features.declared import Feature, Unit
from emptychair.anticipate.risk.examples import Examples
from emptychair.anticipate.risk.models import Floats, Matrix

KIND = "logistic hazard"
_SKEWED = (Unit.TIMES, Unit.DAYS, Unit.PAYMENTS, Unit.NUMBER)
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the design: of which feature (its place), and how it is made.

    `value` is the place of a trait's value that it stands for, None for a number; `is_missing` marks whether
    nothing is known. A number is squeezed (log of 1 + its size), moved by `centre` and divided by `scale`.
    """

    feature: int
    value: int | None = None
    is_missing: bool = False
    is_squeezed: bool = False
    centre: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Logistic:
    """A line in the log odds; every column has mean 0 among those it learned from."""

    columns: tuple[Column, ...]
    weights: Floats
    intercept: float
    width: int

    @property
    def kind(self) -> str:
        """What it is called on its card."""
        return KIND

    def log_odds(self, values: Matrix) -> Floats:
        """See `Model`."""
        found: Floats = _design(self.columns, values) @ self.weights + self.intercept
        return found

    def contributions(self, values: Matrix) -> Floats:
        """See `Model`; the columns of one feature are one."""
        found = np.zeros((len(values), self.width))
        design = _design(self.columns, values) * self.weights
        for at, column in enumerate(self.columns):
            found[:, column.feature] += design[:, at]
        return found

    def kept(self) -> Mapping[str, Any]:
        """See `Model`."""
        columns = [[c.feature, c.value, c.is_missing, c.is_squeezed, c.centre, c.scale] for c in self.columns]
        return {
            "columns": columns,
            "weights": self.weights.tolist(),
            "intercept": self.intercept,
            "width": self.width,
        }


def restored(kept: Mapping[str, Any]) -> Logistic:
    """The model that `kept` wrote down."""
    columns = tuple(Column(*told) for told in kept["columns"])
    return Logistic(columns, np.array(kept["weights"]), float(kept["intercept"]), int(kept["width"]))


def learned(rows: Examples, strength: float) -> Logistic:
    """Learn with an L2 penalty of 1 / `strength`."""
    from sklearn.linear_model import LogisticRegression  # a second of a start: only training needs it

    columns = tuple(_columns(rows.features, rows.values))
    fitted = LogisticRegression(C=strength, max_iter=500, tol=1e-5)
    fitted.fit(_design(columns, rows.values), rows.ended)
    return Logistic(columns, fitted.coef_[0].copy(), float(fitted.intercept_[0]), len(rows.features))


def _columns(features: Sequence[Feature], values: Matrix) -> list[Column]:
    found = []
    for at, feature in enumerate(features):
        known = ~np.isnan(values[:, at])
        if feature.values:
            found += [
                _standing(Column(at, value=value), values)
                for value in range(len(feature.values))
                if (values[:, at] == value).sum() >= _FEWEST
            ]
        elif known.any():
            found.append(_standing(Column(at, is_squeezed=feature.unit in _SKEWED), values))
        if min(known.sum(), (~known).sum()) >= _FEWEST:
            found.append(_standing(Column(at, is_missing=True), values))
    return [column for column in found if column.scale > 0]


def _standing(column: Column, values: Matrix) -> Column:
    raw = _raw(column, values)
    known = raw[~np.isnan(raw)]
    return Column(
        column.feature,
        column.value,
        column.is_missing,
        column.is_squeezed,
        float(known.mean()) if len(known) else 0.0,
        float(known.std()) if len(known) else 0.0,
    )


def _raw(column: Column, values: Matrix) -> Floats:
    taken: Floats = values[:, column.feature].astype(np.float64)
    if column.is_missing:
        taken = np.isnan(taken).astype(np.float64)
    elif column.value is not None:
        taken = np.equal(taken, column.value).astype(np.float64)
    elif column.is_squeezed:
        taken = np.copysign(np.log1p(np.abs(taken)), taken)
    return taken


def _design(columns: Sequence[Column], values: Matrix) -> Floats:
    """The columns side by side; what is not known stands at the mean."""
    found = np.empty((len(values), len(columns)))
    for at, column in enumerate(columns):
        # Nobody is further than five deviations from the others: one odd value decides nothing.
        found[:, at] = np.clip((_raw(column, values) - column.centre) / column.scale, -5, 5)
    np.nan_to_num(found, copy=False)
    return found
