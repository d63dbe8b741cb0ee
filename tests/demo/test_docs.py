"""What docs/demo.md says is what is planted."""

from pathlib import Path

from emptychair.demo.truths import numbers_table
from tests.demo.conftest import Company

DOCS = Path(__file__).parents[2] / "docs" / "demo.md"


def test_the_table_of_numbers_is_that_of_the_code() -> None:
    text = DOCS.read_text()
    _, _, rest = text.partition("## Planted in numbers")
    table = "\n".join(line for line in rest.splitlines() if line.startswith("|"))
    assert table == numbers_table()


def test_every_table_of_members_is_explained(company: Company) -> None:
    text = DOCS.read_text()
    missing = [
        column
        for name, table in company.truth.members.items()
        for column in (name, *table.column_names)
        if f"`{column}`" not in text
    ]
    assert missing == []
