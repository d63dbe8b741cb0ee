"""What a mapping makes of samples that really came, before it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from emptychair.domain.signal import Audience
from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.understood import Outcome
from emptychair.listen.intake.keys import terms_of
from emptychair.listen.intake.mapped import Came
from emptychair.listen.intake.splitting import Door
from emptychair.listen.intake.translating import Translator

_CAME = msgspec.json.Decoder(Came)


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What one sample becomes: signals, why parts of it are not understood, and how many are unwanted."""

    signals: tuple[Mapping[str, Any], ...]
    unheard: tuple[str, ...]
    refused: int


def previewed(
    mapping: Mapping[str, Any] | None, raws: Sequence[bytes], audience: Audience, now: datetime
) -> list[Previewed]:
    """One a sample, in their order."""
    said = {"audience": audience.value, "meanings": {}, "settings": {}, "mapping": mapping}
    terms = terms_of(said)
    translate = Translator(lambda source: terms)
    return [_one(translate, raw, now) for raw in raws]


def body_of(raw: bytes) -> Any:
    """The item as it was sent."""
    return msgspec.json.decode(_CAME.decode(raw).body)


def _one(translate: Translator, raw: bytes, now: datetime) -> Previewed:
    envelope = Envelope(door=Door.WEBHOOK, source="src_preview", received_at=now, client=None, body=raw)
    found = translate([packed(envelope)])
    refused = sum(n for line, n in found.counts.items() if line.outcome is Outcome.REFUSED)
    return Previewed(
        signals=tuple(found.signals.to_pylist()),
        unheard=tuple(f"{event.field}: expected {event.expected}" for event in found.parked),
        refused=refused,
    )
