"""Imports: what was taken in from which file, how, with which result, and whether it was taken back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    RowMapping,
    Table,
    select,
    tuple_,
    update,
)

from emptychair.desk import parked
from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, shown
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.signal import Audience


class Status(StrEnum):
    """Where an import stands."""

    PREVIEWED = "previewed"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The books of an import, in rows: read = stored + duplicate + refused + parked when it is done."""

    read: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    parked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file taken in. Its id is the `source` of every signal it brought.

    `size` and `bytes_read` are bytes of the file as it is (compressed or not); `error` is None unless it
    failed.
    """

    id: str
    file_name: str
    size: int
    sha256: str
    shape: str
    audience: Audience
    plan: Mapping[str, Any]
    status: Status
    counts: Counts
    bytes_read: int
    error: str | None
    by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


imports = Table(
    "imports",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("file_name", Words(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Words(64), nullable=False),
    Column("shape", Words(40), nullable=False),
    Column("audience", Choice(Audience), nullable=False),
    Column("plan", Json, nullable=False),
    Column("status", Choice(Status), nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in asdict(Counts())),
    Column("bytes_read", BigInteger, nullable=False),
    Column("error", Words(2_000)),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("withdrawn_by", Id),
    Column("withdrawn_at", Instant),
    Index(None, "created_at", "id"),
    Index(None, "sha256"),
)


def preview(
    tx: Connection,
    *,
    file_name: str,
    size: int,
    sha256: str,
    shape: str,
    audience: Audience,
    plan: Mapping[str, Any],
    by: str,
    now: datetime,
) -> Import:
    """A new import that has stored nothing yet."""
    import_id = new_id("imp")
    tx.execute(
        imports.insert().values(
            id=import_id,
            file_name=shown(file_name, 255),
            size=size,
            sha256=sha256,
            shape=shape,
            audience=audience,
            plan=plan,
            status=Status.PREVIEWED,
            **asdict(Counts()),
            bytes_read=0,
            by=by,
            created_at=now,
        )
    )
    return _import(tx.execute(select(imports).where(imports.c.id == import_id)).mappings().one())


def replan(
    tx: Connection, import_id: str, *, shape: str, audience: Audience, plan: Mapping[str, Any]
) -> bool:
    """True when the import takes this plan; one that has begun keeps its own."""
    return _moved(tx, import_id, (Status.PREVIEWED,), shape=shape, audience=audience, plan=plan)


def begin(tx: Connection, import_id: str, now: datetime) -> bool:
    """True when this call set it running: from the preview, or again after it failed."""
    fresh: dict[str, object] = {
        "status": Status.RUNNING,
        "started_at": now,
        "bytes_read": 0,
        **asdict(Counts()),
    }
    return _moved(tx, import_id, (Status.PREVIEWED, Status.FAILED), **fresh, error=None, finished_at=None)


def progress(tx: Connection, import_id: str, counts: Counts, bytes_read: int) -> bool:
    """Write down how far it is; False when it is not running any more, and the work should stop."""
    return _moved(tx, import_id, (Status.RUNNING,), **asdict(counts), bytes_read=bytes_read)


def finish(tx: Connection, import_id: str, counts: Counts, now: datetime) -> bool:
    """True when this call ended it well. Raises `Refused` when the books do not balance."""
    if counts.read != counts.stored + counts.duplicate + counts.refused + counts.parked:
        raise Refused(
            Reason.BOOKS_DO_NOT_BALANCE, f"rows are missing from the books of this import: {counts}"
        )
    done = {"status": Status.DONE, "finished_at": now, "bytes_read": imports.c.size}
    return _moved(tx, import_id, (Status.RUNNING,), **asdict(counts), **done)


def fail(tx: Connection, import_id: str, error: str, now: datetime) -> bool:
    """True when this call ended it badly; `error` says what happened and what to do."""
    told = {"status": Status.FAILED, "finished_at": now, "error": shown(error, 2_000)}
    return _moved(tx, import_id, (Status.RUNNING, Status.PREVIEWED), **told)


def withdraw(tx: Connection, import_id: str, *, by: str, now: datetime) -> bool:
    """True when this call took it back; its parked rows are gone, its counts stay as what had happened.

    Take its signals out of the ledger first: that can be repeated, so a kill in between leaves an import that
    is still done and can be taken back again, never one that is called withdrawn and is not. A running import
    is left alone.
    """
    told = {"status": Status.WITHDRAWN, "withdrawn_by": by, "withdrawn_at": now}
    taken = _moved(tx, import_id, (Status.PREVIEWED, Status.DONE, Status.FAILED), **told)
    if taken:
        parked.remove(tx, import_id)
    return taken


def find(tx: Connection, import_id: str) -> Import | None:
    """The import with this id, or None."""
    row = tx.execute(select(imports).where(imports.c.id == import_id)).mappings().first()
    return None if row is None else _import(row)


def same_file(tx: Connection, sha256: str) -> list[Import]:
    """Imports of the same bytes that are done, newest first: taking them in again would add nothing."""
    same = (imports.c.sha256 == sha256) & (imports.c.status == Status.DONE)
    return _newest_first(tx, same, 100)


def recent(
    tx: Connection, *, status: Status | None = None, after: str | None = None, limit: int = 50
) -> list[Import]:
    """One page, newest first; the next begins `after` the id of its last. New imports never shift it."""
    which = imports.c.id.is_not(None) if status is None else imports.c.status == status
    if after is not None:
        place = tuple_(imports.c.created_at, imports.c.id)
        which &= (
            place < select(imports.c.created_at, imports.c.id).where(imports.c.id == after).scalar_subquery()
        )
    return _newest_first(tx, which, limit)


def _newest_first(tx: Connection, which: ColumnElement[bool], limit: int) -> list[Import]:
    order = (imports.c.created_at.desc(), imports.c.id.desc())
    rows = tx.execute(select(imports).where(which).order_by(*order).limit(limit)).mappings()
    return [_import(row) for row in rows]


def _moved(tx: Connection, import_id: str, before: tuple[Status, ...], **values: Any) -> bool:
    mine = (imports.c.id == import_id) & imports.c.status.in_(before)
    return tx.execute(update(imports).where(mine).values(**values)).rowcount == 1


def _import(row: RowMapping) -> Import:
    counted = asdict(Counts())
    counts = Counts(**{name: row[name] for name in counted})
    return Import(counts=counts, **{name: value for name, value in row.items() if name not in counted})
