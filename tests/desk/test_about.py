"""What the desk keeps about people is in the export, or an exception says why not."""

import re

from emptychair.desk.about import EXCEPTIONS, EXPORTED, LEFT_OUT
from emptychair.desk.tables import METADATA

# Columns that name a person, or hold what somebody wrote.
LIKE_A_PERSON = re.compile(
    r"person|address|email|voter|named|participant|contact|recipient|respon|invitation|signal|customer|user_id"
    r"|answers|words|transcript|(^|_)(first|second|who|value|raw)$"
)


def test_every_table_that_keeps_something_about_people_is_exported_or_an_exception() -> None:
    exported = {table.name for table in EXPORTED}
    missing = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if LIKE_A_PERSON.search(column.name) and table.name not in exported | EXCEPTIONS.keys()
    }
    assert missing == set(), "add the table to desk/about.py: to EXPORTED, or to EXCEPTIONS with the reason"


def test_exceptions_have_a_reason_and_are_tables_that_there_are() -> None:
    assert EXCEPTIONS.keys() <= METADATA.tables.keys()
    assert EXCEPTIONS.keys().isdisjoint(table.name for table in EXPORTED)
    assert [name for name, reason in EXCEPTIONS.items() if len(reason) < 15] == []


def test_no_secret_is_in_the_export() -> None:
    shown = {column.name for table in EXPORTED for column in table.columns} - LEFT_OUT
    assert {name for name in shown if re.search(r"key$|token|secret|password", name)} == {"address_key"}
