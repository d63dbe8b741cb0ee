"""Gradient boosting by LightGBM, bound to plain sense where there is one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emptychair.anticipate.features.declared import Feature
from emptychair.anticipate.risk.examples import Examples, StoppedLooking
from emptychair.anticipate.risk.models import Floats, Matrix

KIND = "gradient boosting"
_MOST_ROUNDS, _PATIENCE = 600, 40
_SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "cat_smooth": 20.0,
    "monotone_constraints_method": "basic",
    # Two threads on a busy machine of two processors took twenty times as long as one.
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
}


class NoBoostingError(RuntimeError):
    """LightGBM cannot be loaded here; the text says what it lacks."""


@dataclass(frozen=True, slots=True, eq=False)
class Boosted:
    """Trees."""

    booster: Any

    @property
    def kind(self) -> str:
        """What it is called on its card."""
        return KIND

    def log_odds(self, values: Matrix) -> Floats:
        """See `Model`."""
        found: Floats = np.asarray(self.booster.predict(values, raw_score=True), np.float64)
        return found

    def contributions(self, values: Matrix) -> Floats:
        """See `Model`: Shapley values of trees (Lundberg et al. 2020)."""
        found: Floats = np.asarray(self.booster.predict(values, pred_contrib=True), np.float64)[:, :-1]
        return found

    def kept(self) -> Mapping[str, Any]:
        """See `Model`."""
        return {"trees": self.booster.model_to_string()}


def restored(kept: Mapping[str, Any]) -> Boosted:
    """The model that `kept` wrote down. Raises NoBoostingError."""
    return Boosted(_library().Booster(model_str=kept["trees"]))


def learned(
    rows: Examples, later: Examples, seed: int, is_stopping: Callable[[], bool] = lambda: False
) -> Boosted:
    """Learn until the log loss on the later examples gets no better.

    Raises NoBoostingError, StoppedLooking.
    """

    def stop(state: object) -> None:
        if is_stopping():
            raise StoppedLooking

    library = _library()
    traits = [at for at, feature in enumerate(rows.features) if feature.values]
    settings = {**_SETTINGS, "seed": seed, "monotone_constraints": _senses(rows.features)}
    if len(rows) < 5_000:
        settings |= {"min_data_in_leaf": 20, "num_leaves": 7}
    data = library.Dataset(rows.values, rows.ended.astype(np.float32), categorical_feature=traits)
    watched = library.Dataset(later.values, later.ended.astype(np.float32), reference=data)
    booster = library.train(
        settings,
        data,
        _MOST_ROUNDS,
        valid_sets=[watched],
        callbacks=[stop, library.early_stopping(_PATIENCE, verbose=False)],
    )
    # What is kept and loaded again is what answers: the rounds after the best are left out.
    return Boosted(library.Booster(model_str=booster.model_to_string(num_iteration=booster.best_iteration)))


def _senses(features: Sequence[Feature]) -> list[int]:
    return [0 if feature.values else feature.sense for feature in features]


def _library() -> Any:
    try:
        import lightgbm
    except OSError as error:
        raise NoBoostingError(
            f"LightGBM does not load here ({error}); on Debian the package libgomp1 brings what it lacks"
        ) from error
    return lightgbm
