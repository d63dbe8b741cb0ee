"""Which write keys work, and what was said of their sources: kept in memory, read anew from the desk."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emptychair.desk import sources, write_keys
from emptychair.desk.desk import Desk
from emptychair.desk.sources import Source
from emptychair.domain.signal import Audience
from emptychair.listen.intake import mapping, meanings
from emptychair.listen.intake.terms import AGREED, USUAL, Terms

# A key that was revoked in another process is refused here after so long.
STALE_AFTER = timedelta(seconds=2)
EVENTS_PER_SECOND = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a write key opens: the source it appends to, from which web origins (none: all), how fast."""

    source: str
    origins: frozenset[str] = field(default_factory=frozenset)
    events_per_second: int = EVENTS_PER_SECOND


class Keys:
    """The working keys by their text; thread-safe. `said` is what was said of sources, as plain values."""

    def __init__(self, desk: Desk) -> None:
        self.said: Mapping[str, Any] = {}
        self._desk = desk
        self._ways: Mapping[str, Way] = {}
        self._terms: Mapping[str, Terms] = {}
        self._read_at: datetime | None = None
        self._changes = 0
        self._reading = threading.Lock()

    def way(self, key: str) -> Way | None:
        """What this key opens, or None."""
        return self._ways.get(key)

    def terms(self, source: str) -> Terms:
        """What was said of a source; the usual when nothing was, or it is not known."""
        return self._terms.get(source, USUAL)

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to read again."""
        return self._read_at is None or now >= self._read_at + STALE_AFTER

    @property
    def is_read(self) -> bool:
        """Whether they were read at all."""
        return self._read_at is not None

    def forget(self) -> None:
        """Something was changed on the desk: nothing of what was read counts from now on."""
        self._changes += 1
        self._read_at = None

    def read(self, now: datetime) -> None:
        """Read keys and sources from the desk."""
        with self._reading:
            changes = self._changes
            with self._desk.read() as tx:
                known = {source.id: source for source in sources.every(tx, with_removed=True)}
                keys = write_keys.working(tx)
            self._ways = {
                key.key: _way(known[key.source_id])
                for key in keys
                if key.source_id in known and _is_open(known[key.source_id])
            }
            said = {source.id: _said(source) for source in known.values()}
            if said != self.said:
                self.said, self._terms = said, terms_by_source(said)
            if changes == self._changes:
                self._read_at = now


def terms_by_source(said: Mapping[str, Any]) -> dict[str, Terms]:
    """The terms of every source, from what was said of it."""
    return {source: terms_of(told) for source, told in said.items()}


def terms_of(told: Mapping[str, Any]) -> Terms:
    """The terms of one source."""
    return Terms(
        audience=Audience(told["audience"]),
        meanings={**AGREED, **{event: meanings.read(each) for event, each in told["meanings"].items()}},
        settings=told.get("settings") or {},
        mapping=mapping.read(told["mapping"]) if told.get("mapping") else None,
    )


def _said(source: Source) -> dict[str, Any]:
    """What was said of a source, as plain values; nothing of it is secret."""
    return {
        "audience": source.audience.value,
        "meanings": source.terms.get("meanings") or {},
        "settings": source.terms.get("settings") or {},
        "mapping": source.terms.get("mapping"),
    }


def _way(source: Source) -> Way:
    return Way(
        source=source.id,
        origins=frozenset(source.terms.get("origins") or ()),
        events_per_second=int(source.terms.get("events_per_second") or EVENTS_PER_SECOND),
    )


def _is_open(source: Source) -> bool:
    return source.paused_at is None and source.removed_at is None
