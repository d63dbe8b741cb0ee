"""Texts as vectors whose cosine tells how alike they are in meaning, without any network."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.own import Endpoint, ModelTrouble, Own, model_of

MODELS = Path(__file__).parent / "models"
Vectors = NDArray[np.float32]


class Tier(StrEnum):
    """The models that come with the product.

    SMALL tells meanings apart better (a probe on banking77: .93 against .90), FAST is 20 to 50 times as fast.
    """

    SMALL = "small"
    FAST = "fast"


class Embedder(Protocol):
    """Makes vectors. Those of two embedders with different names cannot be compared."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str:
        """What makes its vectors comparable: the model and the version of what is done to texts."""

    @property
    def width(self) -> int:
        """How many numbers a vector has."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Rows of length 1, in the order of the texts; zeros for a text in which the model knows nothing.

        The same text has the same vector, whatever it is embedded together with.
        """


Model: TypeAlias = Tier | Own
_ENDPOINTS: dict[Endpoint, Embedder] = {}


@cache
def embedder(model: Model) -> Embedder:
    """The embedder of a model, loaded when it is first asked for. Raises ModelTrouble for one that cannot be.

    That of an endpoint is the one that `reached` was told.
    """
    if isinstance(model, Endpoint):
        if model not in _ENDPOINTS:
            raise ModelTrouble(f"nobody has opened a way to {model.address}")
        return _ENDPOINTS[model]
    if model is Tier.SMALL:
        from emptychair.understand.language.small import Small

        return Small(MODELS / "small")
    from emptychair.understand.language.fast import Fast

    if model is Tier.FAST:
        return Fast(MODELS / "fast")
    if model_of(model.path).suffix == ".safetensors":
        return Fast(model.path, model.name)
    from emptychair.understand.language.folder_model import FolderModel

    return FolderModel(model)


def reached(endpoint: Endpoint, by: Embedder) -> None:
    """From now on this is the embedder of an endpoint."""
    _ENDPOINTS[endpoint] = by
    embedder.cache_clear()


def embedder_name(model: Model) -> str:
    """The name of the embedder of a model, without loading it. Raises ModelTrouble for an empty folder."""
    return _NAMES[model] if isinstance(model, Tier) else model.name


_NAMES = {Tier.SMALL: "all-minilm-l6-v2-int8.1", Tier.FAST: "static-256.1"}


def unit(vectors: Vectors) -> Vectors:
    """The rows with length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled
