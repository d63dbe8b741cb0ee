"""A trained model as text, and back: nothing that is kept is ever executed."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.anticipate.risk import boosting, logistic
from emptychair.anticipate.risk.card import Card
from emptychair.anticipate.risk.models import Model
from emptychair.anticipate.risk.training import Learned, Trained
from emptychair.stats.drift import Spread
from emptychair.stats.recalibrating import Recalibration

VERSION = 2


class UnreadableError(ValueError):
    """What was kept is not a model of this version."""


def packed(trained: Trained) -> bytes:
    """The whole of it as JSON."""
    is_same = trained.judged is trained.learned
    return msgspec.json.encode(
        {
            "version": VERSION,
            "learned": _learned(trained.learned),
            "judged": None if is_same else _learned(trained.judged),
            "card": trained.card,
            "words": trained.words,
            "usual": [None if np.isnan(one) else one for one in trained.usual.tolist()],
            "spreads": trained.spreads,
        }
    )


def unpacked(data: bytes) -> Trained:
    """What `packed` wrote. Raises UnreadableError, or NoBoostingError where trees need a library."""
    try:
        told: Mapping[str, Any] = msgspec.json.decode(data)
        if told["version"] != VERSION:
            raise UnreadableError(f"the model is of version {told['version']}, and {VERSION} is read")
        learned = _relearned(told["learned"])
        return Trained(
            learned=learned,
            card=msgspec.convert(told["card"], Card),
            words=msgspec.convert(told["words"], Vocabulary),
            usual=np.array([np.nan if one is None else one for one in told["usual"]]),
            judged=learned if told["judged"] is None else _relearned(told["judged"]),
            spreads=msgspec.convert(told["spreads"], tuple[Spread, ...]),
        )
    except (KeyError, TypeError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UnreadableError(f"this is no model: {error}") from error


def _learned(learned: Learned) -> dict[str, Any]:
    curve = learned.curve
    points = (part.tolist() for part in (curve.at, curve.chance, curve.low, curve.high))
    return {
        "kind": learned.model.kind,
        "model": learned.model.kept(),
        "kept": learned.kept.tolist(),
        "curve": [curve.method, *points],
    }


def _relearned(told: Mapping[str, Any]) -> Learned:
    method, *parts = told["curve"]
    curve = Recalibration(method, *(np.array(part) for part in parts))
    return Learned(_model(told["kind"], told["model"]), np.array(told["kept"], np.int64), curve)


def _model(kind: str, kept: Mapping[str, Any]) -> Model:
    if kind == logistic.KIND:
        return logistic.restored(kept)
    if kind == boosting.KIND:
        return boosting.restored(kept)
    raise UnreadableError(f"a model of kind {kind!r} is not known")
