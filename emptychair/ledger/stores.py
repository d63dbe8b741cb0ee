"""The three stores of one ledger, handed together to those who move rows between them."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from emptychair.domain.identity import Decisions
from emptychair.ledger import people, promotion, vocabulary
from emptychair.ledger.journal import Journal
from emptychair.ledger.lake import Lake
from emptychair.ledger.projection import Projection
from emptychair.ledger.schema import CLOSED, COLUMNS, enumerated, literal
from emptychair.ledger.understood import Park, Translate, nobody_keeps, nobody_reads


@dataclass(slots=True)
class Stores:
    """Journal, lake and projection, the promoted keys with their columns, and who understands envelopes.

    `park` is given the events that nobody could understand, maybe more than once, and keeps each once.
    """

    journal: Journal
    lake: Lake
    projection: Projection
    promoted: dict[str, str]
    decisions: Decisions = field(default_factory=Decisions)
    translate: Translate = nobody_reads
    park: Park = nobody_keeps

    def write(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        segment: int,
        *,
        is_anybody_renamed: bool = True,
        order: str = "",
    ) -> None:
        """Insert rows, as they were written, into `signal_rows` under the mark `segment`."""
        lists = {name: enumerated(name, values) for name, values in CLOSED.items()}
        lists |= vocabulary.grow(connection, relation)
        kept = ", ".join(f"{lists.get(name, name)} as {name}" for name in COLUMNS)
        resolved = people.resolved(relation, is_anybody_renamed=is_anybody_renamed)
        connection.execute(f"""insert into signal_rows by name
            select {kept}, known_as, ({segment})::bigint as segment
            {promotion.extracted(self.promoted)} from {resolved} {order}""")


def parquet(files: list[Path], *options: str) -> str:
    """SQL: the rows of these files, in their order."""
    names = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet({', '.join((f'[{names}]', 'hive_partitioning = false', *options))})"
