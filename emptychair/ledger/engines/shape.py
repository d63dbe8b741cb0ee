"""The types of an answer, found by asking DuckDB about empty tables: every engine returns the same."""

from collections.abc import Sequence
from threading import Lock

import duckdb
import pyarrow as pa

from emptychair.ledger.answer import normalised
from emptychair.ledger.known import MEMBERSHIPS
from emptychair.ledger.portable import Dialect
from emptychair.ledger.question import Question
from emptychair.ledger.render import render
from emptychair.ledger.schema import SIGNALS
from emptychair.ledger.words import MENTIONS, READINGS

CARDS: pa.Schema = pa.schema(
    [
        pa.field("audience", pa.string()),
        pa.field("person", pa.string()),
        pa.field("first_at", pa.timestamp("us")),
        pa.field("last_at", pa.timestamp("us")),
        *(pa.field(name, pa.int64()) for name in ("signals", "did", "said", "rated", "paid", "met")),
        pa.field("spend", pa.decimal128(38, 4)),
        *(pa.field(name, pa.int64()) for name in ("first_month", "active_0", "active_1")),
    ]
)


class Shapes:
    """Empty tables with the columns of the ledger; a question that names others is refused here."""

    def __init__(self, promoted: Sequence[str]) -> None:
        self._lock = Lock()
        self._connection = duckdb.connect()
        columns = [*SIGNALS, *(pa.field(name, pa.string()) for name in promoted)]
        for name, schema in (
            ("signals", pa.schema(columns)),
            ("person_cards", CARDS),
            ("memberships", MEMBERSHIPS),
            ("readings", READINGS),
            ("mentions", MENTIONS),
        ):
            self._connection.register("empty", schema.empty_table())
            self._connection.execute(f"create table {name} as select * from empty")
            self._connection.unregister("empty")

    def of(self, question: Question) -> pa.Schema:
        """The columns of the answer. Raises duckdb.Error for a question about columns that are not there."""
        with self._lock:
            relation = self._connection.sql(render(question, Dialect.DUCKDB))
            return normalised(relation.to_arrow_table()).schema


def shaped(table: pa.Table, shape: pa.Schema) -> pa.Table:
    """The engine's own table in this shape; raises pyarrow.ArrowInvalid rather than losing a digit."""
    return table.rename_columns(shape.names).cast(shape)
