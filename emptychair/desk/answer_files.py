"""Files that were sent with answers: what they are called, and where they lie under a name of ours."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, Table, delete, func, select

from emptychair.desk.columns import METADATA, Instant, Words, columns, made, shown
from emptychair.desk.ids import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """One file; `name` is what its sender called it, `size` is in bytes."""

    id: str
    survey_id: str
    response_id: str
    question: str
    name: str
    size: int
    sha256: str
    created_at: datetime


answer_files = Table(
    "answer_files",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("response_id", Id, ForeignKey("responses.id"), nullable=False),
    Column("question", Words(40), nullable=False),
    Column("name", Words(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Words(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "response_id"),
)


def add(tx: Connection, file: AnswerFile) -> None:
    """Write down a file that lies in its place."""
    row = {
        name: getattr(file, name) for name in (column.name for column in columns(answer_files, AnswerFile))
    }
    tx.execute(answer_files.insert().values(**row | {"name": shown(file.name, 255)}))


def find(tx: Connection, file_id: str) -> AnswerFile | None:
    """The file with this id, or None."""
    query = select(*columns(answer_files, AnswerFile)).where(answer_files.c.id == file_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(AnswerFile, row)


def of_response(tx: Connection, response_id: str) -> list[AnswerFile]:
    """The files of a response, oldest first."""
    query = select(*columns(answer_files, AnswerFile)).where(answer_files.c.response_id == response_id)
    rows = tx.execute(query.order_by(answer_files.c.created_at, answer_files.c.id)).mappings()
    return [made(AnswerFile, row) for row in rows]


def bytes_of_response(tx: Connection, response_id: str) -> int:
    """How many bytes the files of a response have."""
    total = func.coalesce(func.sum(answer_files.c.size), 0)
    return int(tx.execute(select(total).where(answer_files.c.response_id == response_id)).scalar_one())


def remove(tx: Connection, file_id: str) -> bool:
    """True when it was there until now."""
    return tx.execute(delete(answer_files).where(answer_files.c.id == file_id)).rowcount == 1
