"""Samples: so many of a frame at random, each with the probability with which it could be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How a sample is drawn: `size` people of all, or of each stratum its share.

    `by` is the field whose values are the strata; `rates` their shares (0..1], those of "" hold for all
    others. Without `by` it is a simple random sample without replacement.
    """

    size: int = 0
    by: str = ""
    rates: Mapping[str, float] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The method as plain values, to be kept with the draw."""
        return {"size": self.size, "by": self.by, "rates": dict(self.rates)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A part of the frame: how many people it has, how many were drawn, and with which probability each."""

    name: str
    framed: int
    drawn: tuple[str, ...]

    @property
    def probability(self) -> float:
        """The inclusion probability of everybody in it: drawn / framed, exactly."""
        return len(self.drawn) / self.framed if self.framed else 0.0

    def as_data(self) -> dict[str, Any]:
        """What is kept of it with the draw; who was drawn stands in the invitations."""
        return {
            "name": self.name,
            "framed": self.framed,
            "drawn": len(self.drawn),
            "probability": self.probability,
        }


def drawn(people: Mapping[str, str], method: Method, seed: str) -> list[Stratum]:
    """The strata of a frame (people and the stratum of each) with those who are drawn.

    Everybody gets a lot from the seed and their id, and the smallest lots of a stratum win: a simple random
    sample without replacement in each, the same for the same seed in any language, whatever the order.
    """
    by_name: dict[str, list[str]] = {}
    for person, name in people.items():
        by_name.setdefault(name if method.by else "", []).append(person)
    return [
        _drawn(name, sorted(members, key=lambda person: (_lot(seed, person), person)), method)
        for name, members in sorted(by_name.items())
    ]


def _drawn(name: str, in_order: Sequence[str], method: Method) -> Stratum:
    count = method.size
    if method.by:
        rate = method.rates.get(name, method.rates.get("", 0.0))
        # To the nearest whole person, and somebody of every stratum that is to be drawn from at all.
        count = max(1, round(rate * len(in_order))) if rate > 0 else 0
    return Stratum(name=name, framed=len(in_order), drawn=tuple(in_order[:count]))


def _lot(seed: str, person: str) -> bytes:
    return blake2b(f"{seed} {person}".encode(), digest_size=16).digest()
