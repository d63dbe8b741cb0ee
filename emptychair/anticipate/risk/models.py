"""What every model of risk can do, and how one is kept: as text that no program executes."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Floats = NDArray[np.float64]


class Model(Protocol):
    """A model that has learned. Rows are people, columns the features that it learned from."""

    @property
    def kind(self) -> str:
        """What it is called on its card."""

    def log_odds(self, values: Matrix) -> Floats:
        """The log odds of leaving, one per row."""

    def contributions(self, values: Matrix) -> Floats:
        """How much each feature adds to the log odds of each row, against what is usual: rows x features."""

    def kept(self) -> Mapping[str, Any]:
        """All of it as JSON."""
