"""Those who are in a play: in which arm, whether they were called, by whom, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)

from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, whole
from emptychair.desk.consents import Person
from emptychair.desk.ids import Id, new_id
from emptychair.domain.arm import Arm

AT_ONCE = 500
LONGEST_NOTE = 2_000


class State(StrEnum):
    """Where a call stands: to be made, in somebody's hands, made, or left out."""

    TO_DO = "to_do"
    TAKEN = "taken"
    DONE = "done"
    SKIPPED = "skipped"


class Outcome(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    UNWANTED = "unwanted"  # they do not want to be called for this


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One person of a play. `person` is None for somebody who was erased. Nobody calls who is held out.

    `taken_by` has it in hand, or did it; `tries` counts how often it was taken. `not_before`: when it was
    last refused by the rules of contact, from when on it may be tried again. `is_told`: the ledger knows of
    it, so that it cannot be undone any more.
    """

    id: str
    play_id: str
    person: str | None
    arm: Arm
    state: State
    taken_by: str | None
    outcome: Outcome | None
    note: str
    tries: int
    touch_id: str | None
    not_before: datetime | None
    is_told: bool
    created_at: datetime
    changed_at: datetime


people = Table(
    "play_people",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("play_id", Id, ForeignKey("plays.id"), nullable=False),
    Column("person", Person),
    Column("place", Integer, nullable=False),
    Column("arm", Choice(Arm), nullable=False),
    Column("state", Choice(State), nullable=False),
    Column("taken_by", Id),
    Column("outcome", Choice(Outcome)),
    Column("note", Words(LONGEST_NOTE), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("touch_id", Id),
    Column("not_before", Instant),
    Column("is_told", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("play_id", "person"),
    Index(None, "person"),
    Index(None, "play_id", "arm", "state"),
    Index(None, "is_told", "state"),
)
_CALLED = people.c.arm == Arm.TREATED


def add(tx: Connection, play_id: str, arms: Mapping[str, Arm], now: datetime) -> None:
    """These are in the play, each in their arm, in the order given."""
    rows = [
        {"id": new_id("cal"), "play_id": play_id, "person": person, "place": place, "arm": arm,
         "state": State.TO_DO, "note": "", "tries": 0, "is_told": False, "created_at": now, "changed_at": now}
        for place, (person, arm) in enumerate(arms.items())
    ]  # fmt: skip
    for begin in range(0, len(rows), AT_ONCE):
        tx.execute(people.insert(), rows[begin : begin + AT_ONCE])


def find(tx: Connection, call_id: str) -> Call | None:
    """The call with this id; None too for somebody who is held out: there is nothing to call them for."""
    found = _many(tx, (people.c.id == call_id) & _CALLED)
    return found[0] if found else None


def calls(tx: Connection, play_id: str, states: Sequence[State], limit: int, offset: int = 0) -> list[Call]:
    """A page of the calls of a play in these states: those in hand first, then in the order of the play."""
    which = (people.c.play_id == play_id) & _CALLED & people.c.state.in_(list(states))
    # By the alphabet "taken" comes before "to_do". What was put off goes behind what was not tried yet.
    order = (people.c.state, people.c.changed_at, people.c.place)
    query = select(*columns(people, Call)).where(which).order_by(*order).limit(limit).offset(offset)
    return [made(Call, row) for row in tx.execute(query).mappings()]


def arms(tx: Connection, play_id: str) -> dict[str, Arm]:
    """The arm of everybody of a play who was not erased."""
    mine = (people.c.play_id == play_id) & people.c.person.is_not(None)
    return {row.person: row.arm for row in tx.execute(select(people.c.person, people.c.arm).where(mine))}


def counts(
    tx: Connection, play_ids: Sequence[str]
) -> dict[str, dict[tuple[Arm, State, Outcome | None], int]]:
    """How many of each play are in which arm, state and outcome."""
    keys = (people.c.play_id, people.c.arm, people.c.state, people.c.outcome)
    query = select(*keys, func.count()).where(people.c.play_id.in_(list(play_ids))).group_by(*keys)
    found: dict[str, dict[tuple[Arm, State, Outcome | None], int]] = {one: {} for one in play_ids}
    for play_id, arm, state, outcome, n in tx.execute(query):
        found[play_id][arm, state, outcome] = int(n)
    return found


def persons(tx: Connection, play_ids: Sequence[str]) -> set[str]:
    """Everybody who is in one of these plays, in whichever arm."""
    query = select(people.c.person).where(people.c.play_id.in_(list(play_ids)), people.c.person.is_not(None))
    return set(tx.execute(query).scalars())


def of_people(tx: Connection, ids: Sequence[str]) -> list[Call]:
    """Every play in which somebody of these ids is, newest first."""
    return sorted(_many(tx, people.c.person.in_(list(ids))), key=lambda one: one.created_at, reverse=True)


def take(tx: Connection, call_id: str, *, by: str, touch_id: str, now: datetime) -> bool:
    """True when it was to do until now: `by` has it in hand, and nobody else."""
    return _changed(
        tx,
        (people.c.id == call_id) & (people.c.state == State.TO_DO),
        {"state": State.TAKEN, "taken_by": by, "touch_id": touch_id, "not_before": None, "changed_at": now,
         "tries": people.c.tries + 1},
    )  # fmt: skip


def put_off(tx: Connection, call_id: str, not_before: datetime | None, now: datetime) -> bool:
    """True when it is to do: it may be tried again from this instant on."""
    mine = (people.c.id == call_id) & (people.c.state == State.TO_DO)
    return _changed(tx, mine, {"not_before": not_before, "changed_at": now})


def give_back(tx: Connection, call_id: str, now: datetime) -> bool:
    """True when it was in hand, or left out: it is to do again."""
    mine = (people.c.id == call_id) & people.c.state.in_((State.TAKEN, State.SKIPPED))
    return _changed(
        tx, mine, {"state": State.TO_DO, "taken_by": None, "touch_id": None, "note": "", "changed_at": now}
    )


def skip(tx: Connection, call_id: str, note: str, *, by: str, now: datetime) -> bool:
    """True when it was to do, or in hand: it is left out, for the reason in the note."""
    mine = (people.c.id == call_id) & people.c.state.in_((State.TO_DO, State.TAKEN))
    values = {"state": State.SKIPPED, "taken_by": by, "touch_id": None, "changed_at": now}
    return _changed(tx, mine, {**values, "note": whole(note, LONGEST_NOTE)})


def finish(tx: Connection, call_id: str, outcome: Outcome, note: str, now: datetime) -> bool:
    """True when it was in hand: this came of it."""
    mine = (people.c.id == call_id) & (people.c.state == State.TAKEN)
    values = {"state": State.DONE, "outcome": outcome, "changed_at": now}
    return _changed(tx, mine, {**values, "note": whole(note, LONGEST_NOTE)})


def undo(tx: Connection, call_id: str, now: datetime) -> bool:
    """True when it was done and the ledger does not know yet: it is in hand again."""
    mine = (people.c.id == call_id) & (people.c.state == State.DONE) & ~people.c.is_told
    return _changed(tx, mine, {"state": State.TAKEN, "outcome": None, "note": "", "changed_at": now})


def to_tell(tx: Connection, before: datetime, limit: int) -> list[Call]:
    """Calls that were made before an instant, of which the ledger is to know."""
    which = ~people.c.is_told & (people.c.state == State.DONE) & (people.c.changed_at < before)
    return _many(tx, which & people.c.person.is_not(None))[:limit]


def told(tx: Connection, call_ids: Sequence[str]) -> None:
    """The ledger knows of these."""
    tx.execute(update(people).where(people.c.id.in_(list(call_ids))).values(is_told=True))


def remove(tx: Connection, play_id: str) -> bool:
    """True when nobody of the play was called or taken yet: nobody is in it any more."""
    mine = people.c.play_id == play_id
    touched = select(people.c.id).where(mine, (people.c.tries > 0) | (people.c.state != State.TO_DO)).limit(1)
    if tx.execute(touched).first() is not None:
        return False
    tx.execute(delete(people).where(mine))
    return True


def forget(tx: Connection, ids: Sequence[str], now: datetime) -> int:
    """Forget who these were, and what was written of them; of how many. That an arm had them stays."""
    mine = people.c.person.in_(list(ids))
    return tx.execute(update(people).where(mine).values(person=None, note="", changed_at=now)).rowcount


def _changed(tx: Connection, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    return tx.execute(update(people).where(which & _CALLED).values(dict(values))).rowcount == 1


def _many(tx: Connection, which: ColumnElement[bool]) -> list[Call]:
    return list(_read(tx, which))


def _read(tx: Connection, which: ColumnElement[bool]) -> Iterator[Call]:
    query = select(*columns(people, Call)).where(which).order_by(people.c.created_at, people.c.id)
    for row in tx.execute(query).mappings():
        yield made(Call, row)
