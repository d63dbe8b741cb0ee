"""A ledger of its own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emptychair.ledger.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "home", memory_limit="512MB")
    yield opened
    opened.close()
