"""A model of the next need as text, and back: items and how many people had them, nobody by name."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from scipy import sparse

from emptychair.anticipate.need.card import Card
from emptychair.anticipate.need.learning import Learned
from emptychair.anticipate.need.models import Kind, Model
from emptychair.anticipate.need.things import Goal, Words

VERSION = 1


class UnreadableError(ValueError):
    """What was kept is not a model of this version."""


def packed(one: Learned) -> str:
    """The whole of it as JSON."""
    by = one.model
    links = by.links.tocoo()
    both = np.asarray(by.both[links.row, links.col]).ravel() if len(links.row) else np.zeros(0)
    return msgspec.json.encode(
        {
            "version": VERSION,
            "goal": by.goal,
            "kind": by.kind,
            "items": by.items,
            "names": by.names,
            "everybody": by.everybody,
            "end": by.end,
            "people": by.people.tolist(),
            "recent": by.recent.tolist(),
            "from": links.row.tolist(),
            "to": links.col.tolist(),
            "weight": [round(float(weight), 6) for weight in links.data],
            "both": both.astype(np.int64).tolist(),
            "traits": {
                name: {value: [count, having.tolist()] for value, (count, having) in values.items()}
                for name, values in by.traits.items()
            },
            "card": one.card,
            "words": one.words,
        }
    ).decode()


def unpacked(text: str) -> Learned:
    """What `packed` wrote. Raises UnreadableError."""
    try:
        told: Mapping[str, Any] = msgspec.json.decode(text)
        if told["version"] != VERSION:
            raise UnreadableError(f"the model is of version {told['version']}, and {VERSION} is read")
        card, words = msgspec.convert(told["card"], Card), msgspec.convert(told["words"], Words)
        return Learned(model=_model(told), card=card, words=words)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise UnreadableError(f"this is no model: {error}") from error


def _model(told: Mapping[str, Any]) -> Model:
    many = len(told["items"])
    where = (told["from"], told["to"])
    return Model(
        goal=Goal(told["goal"]),
        kind=Kind(told["kind"]),
        items=tuple(told["items"]),
        names=tuple(told["names"]),
        everybody=told["everybody"],
        end=told["end"],
        people=np.array(told["people"], np.int64),
        recent=np.array(told["recent"], np.int64),
        links=sparse.csr_matrix((np.array(told["weight"], np.float64), where), shape=(many, many)),
        both=sparse.csr_matrix((np.array(told["both"], np.float64), where), shape=(many, many)),
        traits={
            name: {value: (count, np.array(having, np.int64)) for value, (count, having) in values.items()}
            for name, values in told["traits"].items()
        },
    )
