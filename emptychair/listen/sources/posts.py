"""What people write in public, whatever the place: posts, mentions and reviews as signals."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec

from emptychair.domain.signal import Kind
from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import occurred
from emptychair.listen.intake.reasons import Refusal, Unwanted
from emptychair.listen.intake.rows import Row
from emptychair.listen.sources.plain_text import cut


def known_by(system: str, key: str) -> str:
    """The id of an item: the same whichever source brought it, so that two that find it add one row.

    >>> known_by("hackernews", "8863")
    'hackernews.8863'
    """
    if len(key) <= 100 and key.isprintable() and " " not in key:
        return f"{system}.{key}"
    return f"{system}.{blake2b(key.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"


def author(system: str, handle: str | None) -> str | None:
    """Who wrote it, by a handle that is theirs alone there; None for none.

    >>> author("mastodon", "@Ada@Example.Social")
    'mastodon:ada@example.social'
    """
    plain = (handle or "").strip().lstrip("@").lower()
    return f"{system}:{plain}"[: fields.LONGEST_NAME] if plain else None


def leave_out(batch: Batch, *handles: str | None) -> None:
    """Raise Unwanted for what is written by those who are to be left out: a company's own accounts, say."""
    unwanted = {name.lstrip("@") for name in batch.terms.names("leave_out")}
    if any(handle and handle.strip().lstrip("@").lower() in unwanted for handle in handles):
        raise Unwanted(Refusal.LEFT_OUT)


def said(
    batch: Batch,
    *,
    system: str,
    key: str,
    name: str,
    text: str | None,
    at: datetime | None,
    person: str | None,
    channel: str,
    client: str,
    properties: Mapping[str, Any],
) -> Heard:
    """Words that somebody wrote in public. Raises Unwanted where there are none."""
    words = fields.words(text)
    if words is None:
        raise Unwanted(Refusal.NO_WORDS)
    row = _row(batch, known_by(system, key), Kind.SAID, name, channel, at, person, properties)
    return Heard(row=row._replace(text=cut(words)), client=client)


def reviewed(
    batch: Batch,
    *,
    system: str,
    key: str,
    stars: Any,
    text: str | None,
    at: datetime | None,
    person: str | None,
    channel: str,
    client: str,
    properties: Mapping[str, Any],
) -> Heard:
    """Stars, with the words that came with them. Raises Unheard for stars that are none."""
    row = _row(batch, known_by(system, key), Kind.RATED, "stars", channel, at, person, properties)
    score: Decimal | None = fields.on_scale("stars", "rating", stars)
    words = fields.words(text)
    return Heard(row=row._replace(score=score, text=cut(words) if words else None), client=client)


def _row(
    batch: Batch,
    key: str,
    kind: Kind,
    name: str,
    channel: str,
    at: datetime | None,
    person: str | None,
    properties: Mapping[str, Any],
) -> Row:
    told = {name: value for name, value in properties.items() if value not in (None, "", [], {})}
    return Row(
        id=key,
        audience=batch.terms.audience,
        person=person,
        kind=kind,
        name=name,
        channel=channel,
        source=batch.source,
        occurred_at=occurred(at, None, batch.received_at, "created_at"),
        received_at=batch.received_at,
        properties=msgspec.json.encode(told).decode(),
    )
