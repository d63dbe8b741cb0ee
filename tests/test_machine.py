"""Questions take a quarter of the memory that is there, also in a container."""

import doctest
from pathlib import Path

import pytest

from emptychair import machine


def test_a_container_has_what_it_may_take(tmp_path: Path) -> None:
    whole = machine.memory(())
    second, first, free = tmp_path / "second", tmp_path / "first", tmp_path / "free"
    second.write_text("2147483648\n")
    first.write_text("9223372036854771712\n")
    free.write_text("max\n")
    assert machine.memory((second, tmp_path / "none")) == min(whole, 2**31)
    assert machine.memory((free, first)) == whole


@pytest.mark.parametrize(
    ("there", "taken"), [(2**29, "1GB"), (4 * 2**30, "1GB"), (8 * 2**30, "2GB"), (2**36, "17GB")]
)
def test_a_quarter_is_taken_and_a_gigabyte_at_least(there: int, taken: str) -> None:
    assert machine.for_questions(there) == taken


def test_the_examples_are_true() -> None:
    outcome = doctest.testmod(machine)
    assert outcome.attempted > 0
    assert outcome.failed == 0
