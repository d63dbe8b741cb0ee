"""Files of answers: which there are, and whether the answer that they belong to has ended with them."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Select,
    Table,
    delete,
    func,
    select,
    tuple_,
    update,
)

from emptychair.desk.columns import METADATA, Instant, Words, columns, made
from emptychair.desk.ids import Id
from emptychair.desk.responses import Progress, responses

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """One file. `name` is what its sender calls it; it lies under its id. `kept_at` None: not ended with it.

    The row is written before the file lies there, so that no file is ever without one.
    """

    id: str
    survey_id: str
    response_id: str
    question: str
    name: str
    size: int
    type: str
    created_at: datetime
    kept_at: datetime | None = None


answer_files = Table(
    "answer_files",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    # Not a foreign key: whatever removes an answer need not know of files, which are removed after it.
    Column("response_id", Id, nullable=False),
    Column("question", Words(32), nullable=False),
    Column("name", Words(LONGEST_NAME), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("type", Words(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("kept_at", Instant),
    Index(None, "survey_id", "kept_at", "id"),
    Index(None, "response_id"),
    Index(None, "kept_at", "created_at"),
)
_ALL = columns(answer_files, AnswerFile)


def add(tx: Connection, files: Collection[AnswerFile]) -> None:
    """Note files that are about to lie there."""
    if files:
        rows = [{one.name: getattr(file, one.name) for one in _ALL} for file in files]
        tx.execute(answer_files.insert(), rows)


def keep(tx: Connection, response_id: str, ids: Collection[str], now: datetime) -> None:
    """The answer has ended with these files; all others of it can go."""
    mine = (answer_files.c.response_id == response_id) & answer_files.c.id.in_(ids)
    tx.execute(update(answer_files).where(mine).values(kept_at=now))


def forget(tx: Connection, file_id: str) -> None:
    """The file is gone."""
    tx.execute(delete(answer_files).where(answer_files.c.id == file_id))


def find(tx: Connection, file_id: str) -> AnswerFile | None:
    """The file with this id, or None."""
    row = tx.execute(select(*_ALL).where(answer_files.c.id == file_id)).mappings().first()
    return None if row is None else made(AnswerFile, row)


def page(
    tx: Connection,
    survey_id: str,
    *,
    question: str = "",
    is_counted: bool = False,
    after: str = "",
    limit: int = 50,
) -> list[AnswerFile]:
    """Files of answers that have ended, newest first, `after` the id of the last page.

    With `is_counted` those of answers that count alone: of one question, or of all ('').
    """
    which = (answer_files.c.survey_id == survey_id) & answer_files.c.kept_at.is_not(None)
    if question:
        which &= answer_files.c.question == question
    if is_counted:
        which &= answer_files.c.response_id.in_(_counted(survey_id))
    if after:
        last = select(answer_files.c.kept_at, answer_files.c.id).where(answer_files.c.id == after)
        which &= tuple_(answer_files.c.kept_at, answer_files.c.id) < last.scalar_subquery()
    order = (answer_files.c.kept_at.desc(), answer_files.c.id.desc())
    rows = tx.execute(select(*_ALL).where(which).order_by(*order).limit(limit)).mappings()
    return [made(AnswerFile, row) for row in rows]


def counts(tx: Connection, survey_id: str) -> Counter[str]:
    """How many files of answers that count there are, by question."""
    which = (answer_files.c.survey_id == survey_id) & answer_files.c.kept_at.is_not(None)
    which &= answer_files.c.response_id.in_(_counted(survey_id))
    query = select(answer_files.c.question, func.count()).where(which).group_by(answer_files.c.question)
    return Counter({question: int(count) for question, count in tx.execute(query)})


def undecided(tx: Connection, before: datetime) -> Iterator[tuple[AnswerFile, dict[str, object]]]:
    """Files of answers that have not ended with them, noted before an instant, and the answers as saved."""
    joined = answer_files.join(responses, responses.c.id == answer_files.c.response_id)
    old = answer_files.c.kept_at.is_(None) & (answer_files.c.created_at < before)
    query = select(*_ALL, responses.c.answers).select_from(joined).where(old).order_by(answer_files.c.id)
    for row in tx.execute(query).mappings():
        told = dict(row)
        yield AnswerFile(**{one.name: told[one.name] for one in _ALL}), told["answers"]


def without_answer(tx: Connection, before: datetime) -> list[AnswerFile]:
    """Files, noted before an instant, whose answer is not there any more. O(files)."""
    there = select(responses.c.id).where(responses.c.id == answer_files.c.response_id).exists()
    query = select(*_ALL).where(~there, answer_files.c.created_at < before).order_by(answer_files.c.id)
    return [made(AnswerFile, row) for row in tx.execute(query).mappings()]


def _counted(survey_id: str) -> Select[tuple[str]]:
    which = (responses.c.survey_id == survey_id) & responses.c.is_set_aside.is_(False)
    return select(responses.c.id).where(
        which, responses.c.progress.in_((Progress.COMPLETED, Progress.GIVEN_UP))
    )
