"""Doors to the outside: one that lets nobody in, one that lets tests reach this machine."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from emptychair.channels.outside import Outside, networks

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = networks("127.0.0.0/8, ::1")


def clock() -> datetime:
    return NOW


def known(**names: str | list[str]) -> Callable[[str, int], Sequence[str]]:
    """A book of names; dots of a name are written as underscores."""
    book = {name.replace("_", "."): value for name, value in names.items()}

    def resolve(host: str, port: int) -> Sequence[str]:
        found = book[host]
        return [found] if isinstance(found, str) else found

    return resolve


@pytest.fixture
def door() -> Outside:
    """As an installation has it: nothing inside is allowed."""
    return Outside(clock=clock)


@pytest.fixture
def allowed() -> Outside:
    """This machine is allowed, as tests and intranets need it."""
    return Outside(clock=clock, allowed=HERE)
