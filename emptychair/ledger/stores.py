"""The three stores of one ledger, handed together to those who move rows between them."""

from dataclasses import dataclass, field
from pathlib import Path

from emptychair.domain.identity import Decisions
from emptychair.ledger import people, promotion
from emptychair.ledger.journal import Journal
from emptychair.ledger.lake import Lake
from emptychair.ledger.projection import Projection, literal
from emptychair.ledger.schema import CLOSED, COLUMNS, enumerated
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

    def rows(self, relation: str, segment: str, *, is_anybody_renamed: bool = True) -> str:
        """SQL: rows as they were written, as `signal_rows` keeps them, under the mark `segment`."""
        resolved = people.resolved(relation, is_anybody_renamed=is_anybody_renamed)
        kept = ", ".join(enumerated(name) if name in CLOSED else name for name in COLUMNS)
        return f"""select {kept}, known_as, ({segment})::bigint as segment
            {promotion.extracted(self.promoted)} from {resolved}"""


def parquet(files: list[Path], *options: str) -> str:
    """SQL: the rows of these files, in their order."""
    names = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet({', '.join((f'[{names}]', 'hive_partitioning = false', *options))})"
