"""Envelopes for tests of the translator, and what it makes of them."""

import json
from datetime import UTC, datetime
from typing import Any

from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.understood import Understood
from emptychair.listen.intake.splitting import Door
from emptychair.listen.intake.terms import TermsOf, usual
from emptychair.listen.intake.translating import Translator

NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)


def understood(
    door: Door, body: object, *, terms: TermsOf = usual, again: bool = False, at: datetime = NOW
) -> Understood:
    """What a body (bytes, or something to write as JSON) says."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    envelope = Envelope(door=door, source="src_web", received_at=at, client="curl/8", body=raw, again=again)
    return Translator(terms)([packed(envelope)])


def rows(found: Understood) -> list[dict[str, Any]]:
    """Its signals with their properties read."""
    return [row | {"properties": json.loads(row["properties"])} for row in found.signals.to_pylist()]


def one(door: Door, body: object, **more: Any) -> dict[str, Any]:
    """Its only signal."""
    found = understood(door, body, **more)
    assert found.parked == ()
    (row,) = rows(found)
    return row


def faults(found: Understood) -> list[tuple[str, str]]:
    """What was parked: reason and field."""
    return [(event.reason, event.field) for event in found.parked]
