"""Meanings of events as people state them and as they are kept with a source."""

from collections.abc import Mapping
from typing import Any

from emptychair.domain.scale import scale_of
from emptychair.domain.signal import Kind
from emptychair.listen.intake.fields import LONGEST_NAME
from emptychair.listen.intake.terms import Meaning

# What an event can be said to mean; what people told us and met is told by its way of writing.
KINDS = (Kind.DID, Kind.PAID, Kind.RATED, Kind.SAID, Kind.JOINED, Kind.LEFT)
MOST = 200
_NAMES = {Kind.PAID: "order", Kind.JOINED: "subscription", Kind.LEFT: "subscription", Kind.SAID: "message"}


class MeaningRefused(ValueError):
    """What was stated says too little, or something that is not so; `faults` by the name of the field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


def stated(event: str, fields: Mapping[str, str]) -> Meaning:
    """The meaning of events of one name, from the fields `kind`, `name`, `value`, `currency`, `score`, `text`
    and `is_refund`.

    Properties are named with commas between those that are tried one after the other. Raises MeaningRefused.
    """
    faults: dict[str, str] = {}
    kind = fields.get("kind", "")
    if not event.strip() or len(event) > LONGEST_NAME:
        faults["event"] = f"Name the event, in at most {LONGEST_NAME} characters."
    if kind not in KINDS:
        faults["kind"] = f"Choose what it means: {', '.join(KINDS)}."
        raise MeaningRefused(faults)
    found = Meaning(
        kind=Kind(kind),
        name=fields.get("name", "").strip() or _NAMES.get(Kind(kind), event.strip()),
        value=_names(fields, "value"),
        currency=_names(fields, "currency"),
        score=_names(fields, "score"),
        text=_names(fields, "text"),
        sign=-1 if fields.get("is_refund") in ("true", "on", "1", "yes") else 1,
    )
    faults |= _missing(found)
    if faults:
        raise MeaningRefused(faults)
    return found


def kept(meaning: Meaning) -> dict[str, Any]:
    """As it is kept with the source; `read` gives it back."""
    told: dict[str, Any] = {"kind": meaning.kind.value, "name": meaning.name}
    for name in ("value", "currency", "score", "text"):
        if properties := getattr(meaning, name):
            told[name] = list(properties)
    return told | ({"sign": -1} if meaning.sign < 0 else {})


def read(said: Mapping[str, Any]) -> Meaning:
    """A meaning as it was kept."""
    return Meaning(
        kind=Kind(said["kind"]),
        name=str(said["name"]),
        value=tuple(said.get("value") or ()),
        currency=tuple(said.get("currency") or ()),
        score=tuple(said.get("score") or ()),
        text=tuple(said.get("text") or ()),
        sign=int(said.get("sign", 1)),
    )


def _names(fields: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip()[:LONGEST_NAME] for part in fields.get(name, "").split(",") if part.strip())


def _missing(meaning: Meaning) -> dict[str, str]:
    faults = {}
    if meaning.kind is Kind.PAID and not meaning.value:
        faults["value"] = "Name the property that says how much was paid."
    if meaning.kind is Kind.RATED and not meaning.score:
        faults["score"] = "Name the property that holds the score."
    if meaning.kind is Kind.RATED and scale_of(meaning.name) is None:
        faults["name"] = "A score is nps, enps, csat, ces or stars."
    if meaning.kind is Kind.SAID and not meaning.text:
        faults["text"] = "Name the property that holds the words."
    if meaning.sign < 0 and meaning.kind is not Kind.PAID:
        faults["is_refund"] = "Only money can go back."
    if len(meaning.name) > LONGEST_NAME:
        faults["name"] = f"A name has at most {LONGEST_NAME} characters."
    return faults
