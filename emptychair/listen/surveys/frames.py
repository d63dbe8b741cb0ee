"""Who could be asked: everybody of whom something is known, as a question to the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emptychair.domain.person import is_nobody, is_visitor
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question


class UnknownField(ValueError):
    """No signal has a property of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """All people of an audience with a signal since an instant, narrowed down.

    `did` is a name or a kind of signals (`Order Completed`, `paid`): only those count. With `field` only
    people of whom its newest value is one of `values`. `people` are ids instead of all that: a list.
    """

    since: datetime | None = None
    did: str = ""
    field: str = ""
    values: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The frame as plain values, to be kept with the draw."""
        return {
            "since": None if self.since is None else self.since.isoformat(),
            "did": self.did,
            "field": self.field,
            "values": list(self.values),
            "people": list(self.people),
        }


def active_people(audience: Audience, since: datetime, until: datetime, did: str) -> Question:
    """One row per person with a signal in [since, until) of this name or kind ('': any): person."""
    return question(
        """
        select distinct person from signals
        where audience = :audience and person <> '' and occurred_at >= :since and occurred_at < :until
          and (:did = '' or name = :did or kind = :did)
        """,
        audience=audience.value,
        since=since,
        until=until,
        did=did,
    )


def newest_values(audience: Audience, until: datetime, column: str) -> Question:
    """One row per person with a value in this column before `until`: person, value, the newest one."""
    return question(
        f"""
        with known as (
            select person, {column} as value,
                   row_number() over (partition by person order by occurred_at desc, id desc) as nth
            from signals
            where audience = :audience and person <> '' and {column} <> '' and occurred_at < :until
        )
        select person, value from known where nth = 1
        """,
        audience=audience.value,
        until=until,
    )


def people_of(ledger: Ledger, audience: Audience, frame: Frame, as_of: datetime) -> list[str]:
    """The ids of everybody in the frame, sorted; visitors of whom only a device is known are never in it."""
    if frame.people:
        found = set(frame.people)
    else:
        since = frame.since or datetime(1990, 1, 1, tzinfo=as_of.tzinfo)
        rows = ledger.ask(active_people(audience, since, as_of, frame.did)).to_pylist()
        found = {str(row["person"]) for row in rows}
    if frame.field:
        own = values_of(ledger, audience, frame.field, as_of)
        found = {person for person in found if own.get(person) in frame.values}
    return sorted(person for person in found if not is_visitor(person) and not is_nobody(person))


def values_of(ledger: Ledger, audience: Audience, name: str, as_of: datetime) -> Mapping[str, str]:
    """What is known of each person by this name; people without a value are not in it. O(rows).

    Raises UnknownField.
    """
    if name not in {*ledger.promoted, *ledger.keys()}:
        raise UnknownField(f"nothing is known by the name {name!r}")
    column = ledger.promote(name)
    rows = ledger.ask(newest_values(audience, as_of, column)).to_pylist()
    return {str(row["person"]): str(row["value"]) for row in rows}
