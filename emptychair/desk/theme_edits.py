"""What people changed about themes: each change is kept in its order, and can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Index, Table, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id, new_id
from emptychair.domain.signal import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change: its kind and what it says (understand/themes reads it). It holds while not undone."""

    id: str
    audience: Audience
    kind: str
    says: Mapping[str, Any]
    by: str
    made_at: datetime
    undone_by: str | None
    undone_at: datetime | None


theme_edits = Table(
    "theme_edits",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("kind", Words(20), nullable=False),
    Column("says", Json, nullable=False),
    Column("by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("undone_by", Id),
    Column("undone_at", Instant),
    Index(None, "audience", "made_at"),
)
_HOLDS: ColumnElement[bool] = theme_edits.c.undone_at.is_(None)


def add(
    tx: Connection, audience: Audience, kind: str, says: Mapping[str, Any], *, by: str, now: datetime
) -> Edit:
    """The change, which holds from now on."""
    new = Edit(
        id=new_id("ted"),
        audience=audience,
        kind=kind,
        says=says,
        by=by,
        made_at=now,
        undone_by=None,
        undone_at=None,
    )
    tx.execute(theme_edits.insert().values(asdict(new)))
    return new


def undo(tx: Connection, edit_id: str, *, by: str, now: datetime) -> bool:
    """True when it held until now."""
    mine = _HOLDS & (theme_edits.c.id == edit_id)
    return tx.execute(update(theme_edits).where(mine).values(undone_by=by, undone_at=now)).rowcount == 1


def tell(tx: Connection, edit_id: str, says: Mapping[str, Any]) -> None:
    """What a change says in full, after its finding was done."""
    tx.execute(update(theme_edits).where(theme_edits.c.id == edit_id).values(says=says))


def find(tx: Connection, edit_id: str) -> Edit | None:
    """The change with this id, or None."""
    query = select(*columns(theme_edits, Edit)).where(theme_edits.c.id == edit_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Edit, row)


def holding(tx: Connection, audience: Audience) -> list[Edit]:
    """All changes that hold, in the order in which they were made."""
    return _found(tx, (theme_edits.c.audience == audience) & _HOLDS, newest_first=False)


def latest(tx: Connection, audience: Audience, most: int = 100) -> Sequence[Edit]:
    """The last changes, undone or not, newest first."""
    return _found(tx, theme_edits.c.audience == audience, newest_first=True)[:most]


def _found(tx: Connection, which: ColumnElement[bool], *, newest_first: bool) -> list[Edit]:
    order = [theme_edits.c.made_at, theme_edits.c.id]
    if newest_first:
        order = [column.desc() for column in order]  # type: ignore[misc]
    query = select(*columns(theme_edits, Edit)).where(which).order_by(*order)
    return [made(Edit, row) for row in tx.execute(query).mappings()]
