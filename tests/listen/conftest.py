"""A ledger to import into, and a shorthand for the whole way of a file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from emptychair.ledger.ledger import Ledger
from emptychair.listen.imports import Plan, Shape, Summary, carry_out, options_and_mapping, propose, read

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def at(*parts: int) -> datetime:
    """An instant as the ledger keeps it: in UTC, without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc, arg-type]


@dataclass(slots=True)
class Door:
    """The way a file takes: read, propose, carry out; each import gets its own id."""

    folder: Path
    ledger: Ledger
    count: int = 0
    plans: list[Plan] = field(default_factory=list)

    def write(self, content: str | bytes, name: str = "file.csv") -> Path:
        """A file with this content."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def plan(self, path: Path, *maps: str, shape: Shape | None = None, as_of: date | None = None) -> Plan:
        """What would be done with the file."""
        options, mapping = options_and_mapping(maps)
        reading = read(path, folder=self.folder / "ledger" / "tmp", options=options)
        plan = propose(reading, shape=shape, mapping=mapping, as_of=as_of)
        self.plans.append(plan)
        return plan

    def take(self, path: Path, *maps: str, shape: Shape | None = None, as_of: date | None = None) -> Summary:
        """The file imported."""
        self.count += 1
        plan = self.plan(path, *maps, shape=shape, as_of=as_of)
        try:
            return carry_out(plan, self.ledger, import_id=f"imp_{self.count}", now=NOW)
        finally:
            plan.reading.close()

    def rows(self, columns: str = "*", where: str = "true") -> list[tuple[Any, ...]]:
        """Signals in the ledger, in the order of time and id."""
        with self.ledger.staging("imp_look") as staging:
            sql = f"select {columns} from signal_rows where {where} order by occurred_at, id"
            return staging.connection.execute(sql).fetchall()

    def text(self, content: str, *maps: str, **stated: Any) -> Summary:
        """A CSV text imported."""
        return self.take(self.write(content), *maps, **stated)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    ledger = Ledger.open(tmp_path)
    yield Door(tmp_path, ledger)
    ledger.close()
