"""What happened to a person, or to several, page by page, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question

_ALWAYS = datetime(2299, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One signal of somebody's history; `properties` is a JSON object as text."""

    id: str
    person: str
    kind: Kind
    name: str
    channel: str
    source: str
    occurred_at: datetime
    text: str | None
    score: Decimal | None
    value: Decimal | None
    currency: str | None
    properties: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which part of a history: of which kinds and by which channel (empty: any), before which place.

    A place is an instant and the id of the signal there that was seen last.
    """

    kinds: Sequence[Kind] = tuple(Kind)
    channel: str = ""
    before: tuple[datetime, str] | None = None


COLUMNS = "id, person, kind, name, channel, source, occurred_at, text, score, value, currency, properties"


def history(
    ledger: Ledger, audience: Audience, people: Sequence[str], wanted: Wanted, *, limit: int
) -> list[Happening]:
    """Signals of these people, newest first. O(signals in the months of theirs that are not sorted yet)."""
    found = ledger.ask(signals_of(audience, people, wanted, limit)).to_pylist()
    return [happening(row) for row in found]


def is_wanted(one: Happening, wanted: Wanted) -> bool:
    """Whether this is of the wanted part, as the question below has it."""
    at, last = wanted.before or (_ALWAYS, "")
    is_before = one.occurred_at < at or (one.occurred_at == at and one.id > last)
    return is_before and one.kind in wanted.kinds and wanted.channel in ("", one.channel)


def signals_of(audience: Audience, people: Sequence[str], wanted: Wanted, limit: int) -> Question:
    """One row per signal of these people that is wanted; newest first, of one instant by id."""
    at, last = wanted.before or (_ALWAYS, "")
    return question(
        f"""select {COLUMNS} from signals
        where audience = :audience and person in (:people) and kind in (:kinds)
            and (:channel = '' or channel = :channel)
            and (occurred_at < :at or (occurred_at = :at and id > :last))
        order by occurred_at desc, id limit :limit""",
        audience=audience.value,
        people=list(people),
        kinds=[kind.value for kind in wanted.kinds],
        channel=wanted.channel,
        at=at,
        last=last,
        limit=limit,
    )


def happening(row: Mapping[str, Any]) -> Happening:
    """A row of an answer as what happened."""
    return Happening(
        **{**row, "kind": Kind(row["kind"]), "occurred_at": row["occurred_at"].replace(tzinfo=UTC)}
    )
