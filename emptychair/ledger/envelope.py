"""A batch as it came through a door: kept in the journal whole, before anybody has understood it."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

# Batches of signals are JSON Lines, which begin with a brace.
_MARK = b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a client sent in one request, unpacked but unread.

    `door` is the way of writing (docs/clients.md), `client` the library that says it wrote it. `again`: its
    events were heard before, and are only now understood; they are not counted a second time.
    """

    door: str
    source: str
    received_at: datetime
    client: str | None
    body: bytes
    again: bool = False


class _Head(msgspec.Struct, frozen=True, array_like=True):
    door: str
    source: str
    received_at: datetime
    client: str | None
    again: bool


_HEADS = msgspec.json.Decoder(_Head)
_ENCODER = msgspec.json.Encoder()


def packed(envelope: Envelope) -> bytes:
    """The envelope as a payload of the journal."""
    head = _Head(envelope.door, envelope.source, envelope.received_at, envelope.client, envelope.again)
    return b"".join((_MARK, _ENCODER.encode(head), b"\n", envelope.body))


def is_packed(payload: bytes) -> bool:
    """True for an envelope, False for JSON Lines of signals."""
    return payload.startswith(_MARK)


def unpacked(payload: bytes) -> Envelope:
    """The envelope again."""
    end = payload.index(b"\n")
    head = _HEADS.decode(payload[1:end])
    return Envelope(
        door=head.door,
        source=head.source,
        received_at=head.received_at,
        client=head.client,
        body=payload[end + 1 :],
        again=head.again,
    )
