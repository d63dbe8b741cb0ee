"""Answers to anonymous surveys that wait to be mixed: without a link, an instant or an order."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    delete,
    func,
    select,
    update,
)

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice, Json, Words, columns, made
from emptychair.desk.ids import Id
from emptychair.desk.responses import Mark

_Key = Words(64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One answer. `key` is random; `batch` is empty until it is let out.

    One with a `mark` is not let out: it looked like that of a machine.
    """

    key: str
    survey_id: str
    version: int
    answers: Mapping[str, Any]
    mark: Mark | None
    batch: str


sealed_answers = Table(
    "sealed_answers",
    METADATA,
    Column("key", _Key, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("answers", Json, nullable=False),
    Column("mark", Choice(Mark)),
    Column("batch", _Key, nullable=False),
    Index(None, "survey_id", "batch"),
    # Without a rowid SQLite keeps rows in the order of their random key, not in that of arrival.
    sqlite_with_rowid=False,
)


def seal(
    tx: Connection,
    *,
    key: str,
    survey_id: str,
    version: int,
    answers: Mapping[str, Any],
    mark: Mark | None = None,
) -> bool:
    """True when an answer is kept under this random key, False when there is one already.

    All that wait are written anew in a random order, in one transaction: neither the place of a row nor what
    PostgreSQL keeps with it (`ctid`, `xmin`) tells which came when.
    """
    row: dict[str, Any] = {"key": key, "survey_id": survey_id, "version": version}
    row |= {"answers": dict(answers), "mark": mark, "batch": ""}
    if not added(tx, sealed_answers, row):
        return False
    mine = (sealed_answers.c.survey_id == survey_id) & (sealed_answers.c.batch == "")
    rows = [dict(one) for one in tx.execute(select(sealed_answers).where(mine)).mappings()]
    tx.execute(delete(sealed_answers).where(mine))
    secrets.SystemRandom().shuffle(rows)
    tx.execute(sealed_answers.insert(), rows)
    return True


def waiting(tx: Connection, survey_id: str) -> list[Sealed]:
    """Those without a mark that were not let out yet, in the order of their random keys."""
    mine = (sealed_answers.c.survey_id == survey_id) & (sealed_answers.c.batch == "")
    query = select(*columns(sealed_answers, Sealed)).where(mine, sealed_answers.c.mark.is_(None))
    return [made(Sealed, row) for row in tx.execute(query.order_by(sealed_answers.c.key)).mappings()]


def surveys(tx: Connection) -> list[str]:
    """The ids of the surveys that have any without a mark."""
    query = select(sealed_answers.c.survey_id).where(sealed_answers.c.mark.is_(None)).distinct()
    return sorted(tx.execute(query).scalars())


def counts(tx: Connection, survey_id: str) -> dict[Mark | None, int]:
    """How many wait, by their mark (None: without one)."""
    mine = (sealed_answers.c.survey_id == survey_id) & (sealed_answers.c.batch == "")
    query = select(sealed_answers.c.mark, func.count()).where(mine).group_by(sealed_answers.c.mark)
    return {mark: int(count) for mark, count in tx.execute(query)}


def unmark(tx: Connection, survey_id: str, mark: Mark) -> int:
    """Let all answers with this mark count after all; how many there were. One alone cannot be told apart."""
    mine = (sealed_answers.c.survey_id == survey_id) & (sealed_answers.c.mark == mark)
    return tx.execute(update(sealed_answers).where(mine).values(mark=None)).rowcount


def choose(tx: Connection, keys: Sequence[str], batch: str) -> None:
    """Put these into a batch that is to be let out."""
    chosen = sealed_answers.c.key.in_(list(keys)) & (sealed_answers.c.batch == "")
    tx.execute(update(sealed_answers).where(chosen).values(batch=batch))


def batches(tx: Connection, survey_id: str) -> dict[str, list[Sealed]]:
    """The batches that are being let out, of which a process that died may have left some."""
    query = select(*columns(sealed_answers, Sealed)).where(
        sealed_answers.c.survey_id == survey_id, sealed_answers.c.batch != ""
    )
    found: dict[str, list[Sealed]] = {}
    for row in tx.execute(query.order_by(sealed_answers.c.key)).mappings():
        one = made(Sealed, row)
        found.setdefault(one.batch, []).append(one)
    return found


def drop(tx: Connection, survey_id: str, batch: str) -> int:
    """Forget a batch that was let out; how many answers it had."""
    mine = (sealed_answers.c.survey_id == survey_id) & (sealed_answers.c.batch == batch)
    return tx.execute(delete(sealed_answers).where(mine)).rowcount
