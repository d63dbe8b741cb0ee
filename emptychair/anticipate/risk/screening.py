"""Features that a model may not learn from: empty, constant, or knowing the outcome too well."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emptychair.anticipate.risk.examples import Examples
from emptychair.stats.ranking import auc

# One feature alone does not know who leaves; one that does was written with the outcome in sight.
TOO_GOOD = 0.98
_FEWEST_CASES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """The places of the features that are left, and the names of those that are not, each with its reason."""

    kept: NDArray[np.int64]
    empty: tuple[str, ...]
    constant: tuple[str, ...]
    leaking: tuple[str, ...]

    @property
    def sentences(self) -> Sequence[str]:
        """What was left out and why, for people."""
        told = []
        if self.leaking:
            names = ", ".join(self.leaking)
            told.append(f"Left out, because they know who left: {names}. Look at how they are written.")
        if self.empty:
            told.append(f"Left out, because nobody has them: {', '.join(self.empty)}.")
        if self.constant:
            told.append(f"Left out, because everybody has the same: {', '.join(self.constant)}.")
        return told


def screened(rows: Examples) -> Screened:
    """Look through the features of some examples. O(rows · features)."""
    kept, empty, constant, leaking = [], [], [], []
    for at, feature in enumerate(rows.features):
        column = rows.values[:, at]
        known = ~np.isnan(column)
        if not known.any():
            empty.append(feature.name)
        elif known.all() and column.min() == column.max():
            constant.append(feature.name)
        elif _knows(column, known, rows):
            leaking.append(feature.name)
        else:
            kept.append(at)
    return Screened(
        kept=np.array(kept, np.int64), empty=tuple(empty), constant=tuple(constant), leaking=tuple(leaking)
    )


def _knows(column: NDArray[np.float32], known: NDArray[np.bool_], rows: Examples) -> bool:
    """Whether the feature, or that it is known at all, tells nearly all who left from those who stayed."""
    if min(rows.cases, len(rows) - rows.cases) < _FEWEST_CASES:
        return False
    filled = np.where(known, column, np.nanmin(column) - 1).astype(np.float64)
    return any(
        (found := auc(scores, rows.ended)) is not None and max(found.value, 1 - found.value) >= TOO_GOOD
        for scores in (filled, known.astype(np.float64))
    )
