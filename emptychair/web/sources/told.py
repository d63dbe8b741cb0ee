"""A source with its books, its keys and what waits for a decision, as pages and programs get it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from emptychair.desk import parked_events, sources, turned_away, write_keys
from emptychair.desk.parked_events import Standing
from emptychair.desk.sources import Source
from emptychair.desk.write_keys import WriteKey
from emptychair.ledger.understood import Counts
from emptychair.listen.intake.keys import EVENTS_PER_SECOND
from emptychair.listen.intake.tally import Tally, tallies

# Days that the books can be shown for; 0 is ever since.
PERIODS = (1, 7, 30, 0)
NOBODYS = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One source; `standing` counts its parked events by where they stand, whenever they came.

    `waiting` has those that wait by reason, `refusals` the requests that were turned away by reason.
    """

    source: Source
    tally: Tally = field(default_factory=Tally)
    standing: Mapping[Standing, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    refusals: Mapping[str, int] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """`listening`, `paused` or `removed`."""
        if self.source.removed_at is not None:
            return "removed"
        return "listening" if self.source.paused_at is None else "paused"

    @property
    def origins(self) -> tuple[str, ...]:
        """The web origins that its keys work on; none means all."""
        return tuple(self.source.terms.get("origins") or ())

    @property
    def events_per_second(self) -> int:
        """How fast it may send."""
        return int(self.source.terms.get("events_per_second") or EVENTS_PER_SECOND)

    @property
    def meanings(self) -> Mapping[str, Mapping[str, Any]]:
        """What was said of its events, by their name."""
        return dict(self.source.terms.get("meanings") or {})

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        one = self.source
        return {
            "id": one.id,
            "name": one.name,
            "kind": one.kind,
            "audience": one.audience,
            "state": self.state,
            "created_at": one.created_at,
            "origins": self.origins,
            "events_per_second": self.events_per_second,
            "meanings": self.meanings,
            "books": self.tally,
            "parked": {standing: self.standing.get(standing, 0) for standing in Standing},
            "turned_away": self.refusals,
        }


def since(days: int, now: datetime) -> date:
    """The first day of the books that are shown; the epoch for all of them."""
    return now.date() - timedelta(days=days - 1) if days else date(1970, 1, 1)


def every(tx: Connection, books: Counts, day: date) -> tuple[list[Shown], Mapping[str, int]]:
    """All sources that are there, and why requests were turned away that had no source."""
    by_source = tallies(books)
    standing = parked_events.counts(tx)
    away = turned_away.since(tx, day)
    found = [_shown(one, by_source, standing, away) for one in sources.every(tx)]
    return found, _of(away, NOBODYS)


def one(tx: Connection, source: Source, books: Counts, day: date) -> Shown:
    """One source."""
    standing = parked_events.counts(tx, source.id)
    return _shown(source, tallies(books), standing, turned_away.since(tx, day))


def keys(tx: Connection, source: Source) -> list[WriteKey]:
    """Its write keys, those that work first."""
    found = write_keys.of_source(tx, source.id)
    return sorted(found, key=lambda key: key.revoked_at is not None)


def _shown(
    source: Source,
    by_source: Mapping[str, Tally],
    standing: Mapping[tuple[str, Standing, str], int],
    away: Mapping[tuple[str, str], int],
) -> Shown:
    mine = {(where, reason): n for (name, where, reason), n in standing.items() if name == source.id}
    waiting = {reason: n for (where, reason), n in mine.items() if where is Standing.WAITING}
    return Shown(
        source=source,
        tally=by_source.get(source.id, Tally()),
        standing={where: sum(n for (at, _), n in mine.items() if at is where) for where in Standing},
        waiting=dict(sorted(waiting.items(), key=lambda item: -item[1])),
        refusals=_of(away, source.id),
    )


def _of(away: Mapping[tuple[str, str], int], source: str) -> dict[str, int]:
    found = {reason: n for (name, reason), n in away.items() if name == source}
    return dict(sorted(found.items(), key=lambda item: -item[1]))
