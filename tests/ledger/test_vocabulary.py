"""Columns of few values: lists that grow with what comes, and text when there are too many."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from emptychair.ledger import vocabulary
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.projection import Place, Projection
from emptychair.ledger.question import question
from tests.ledger.making import NOW, count, given, order, rows


@pytest.fixture
def projection(tmp_path: Path) -> Iterator[Projection]:
    place = Place(path=tmp_path / "p.duckdb", folders=[], temporary=tmp_path, memory_limit="512MB", threads=2)
    opened = Projection(place)
    opened.show({})
    yield opened
    opened.close()


def fill(connection: duckdb.DuckDBPyConnection, named: str, *, currency: str = "'EUR' as currency, ") -> None:
    """Store a row for each name of this SELECT, as the loader does."""
    rest = f"""{currency}'id' as id, 'customer' as audience, 'did' as kind, 'web' as channel,
        'shop' as source, timestamp '2026-01-01' as occurred_at, timestamp '2026-01-01' as received_at,
        '{{}}' as properties, 0 as segment"""
    connection.execute(f"create or replace temp table fresh as select *, {rest} from ({named})")
    vocabulary.grow(connection, "fresh")
    connection.execute("insert into signal_rows by name from fresh")


def names(ledger: Ledger) -> list[str]:
    """The names of all signals, sorted by the ledger."""
    found = ledger.ask(question("select name, id from signals order by name, id"))
    return [str(name) for name in found["name"].to_pylist()]


def types(home: Path) -> dict[str, str]:
    """The types of the columns of a closed ledger's projection."""
    with duckdb.connect(home / "ledger" / "projection.duckdb", read_only=True) as connection:
        return {str(row[0]): str(row[1]) for row in connection.execute("describe signal_rows").fetchall()}


def test_a_list_grows_in_the_order_of_the_alphabet_by_every_door(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    for number, name in enumerate(("paid", "it's", "Ärger", "paid", "")):
        ledger.append([replace(order(number), name=name, currency=None)])
        ledger.load(NOW)
    with ledger.staging("imp_1") as staging:
        staging.admit(f"({given('range(10, 20)')})")
    assert count(ledger) == 15
    assert count(ledger, "where name = 'order'") == 10
    assert names(ledger) == ["", "it's", *["order"] * 10, "paid", "paid", "Ärger"]
    ledger.close()
    kept = types(tmp_path)
    assert kept["name"] == "ENUM('', 'it''s', 'order', 'paid', 'Ärger')"
    assert kept["source"] == "ENUM('', 'imp_1', 'shop')"
    assert kept["currency"] == "ENUM('', 'USD')"


def test_what_is_asked_while_a_list_grows_is_answered_as_it_was(projection: Projection) -> None:
    with projection.transaction() as connection:
        fill(connection, "select 'order' as name from range(300_000)")
    with projection.reading() as cursor:
        first = cursor.execute("select name, channel from signals").fetchmany(10)
        with projection.transaction() as connection:
            fill(connection, "select 'another' as name")
        with projection.reading() as other:
            assert other.execute("select count(*) from signals where name = 'another'").fetchall() == [(1,)]
        others = cursor.fetchall()
    assert {*first, *others} == {("order", "web")}
    assert len(first) + len(others) == 300_000


def test_beyond_the_longest_list_a_column_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "LONGEST", 3)
    ledger = Ledger.open(tmp_path)
    for number, name in enumerate("dcbae"):
        ledger.append([replace(order(number), name=name)])
        ledger.load(NOW)
    assert names(ledger) == [*"abcde"]
    ledger.close()
    assert types(tmp_path)["name"] == "VARCHAR"
    assert types(tmp_path)["channel"].startswith("ENUM")
    monkeypatch.undo()
    ledger = Ledger.open(tmp_path)
    ledger.append([replace(order(9), name="f")])
    ledger.load(NOW)
    assert count(ledger, "where name = 'f'") == 1
    ledger.close()
    (tmp_path / "ledger" / "projection.duckdb").unlink()
    ledger = Ledger.open(tmp_path)
    assert names(ledger) == [*"abcdef"]
    ledger.close()
    assert types(tmp_path)["name"] == "ENUM('', 'a', 'b', 'c', 'd', 'e', 'f')"


@pytest.mark.parametrize("values", [["", "EUR"], ["", "EUR", "USD"], ["", "EUR", "USD", "GBP"]])
def test_nothing_is_not_one_of_the_values_of_a_list(
    projection: Projection, monkeypatch: pytest.MonkeyPatch, values: list[str]
) -> None:
    monkeypatch.setattr(vocabulary, "LONGEST", 3)
    for mixed in [*permutations([None, *values])][::5]:
        with suppress(ZeroDivisionError), projection.transaction() as connection:
            listed = ", ".join("null" if value is None else f"'{value}'" for value in mixed)
            fill(connection, "select 'order' as name, unnest([" + listed + "]) as currency", currency="")
            assert connection.execute("select count(currency), count(*) from signal_rows").fetchall() == [
                (len(values), len(values) + 1)
            ]
            assert ("currency" in vocabulary.listed(connection)) == (len(values) <= 3)
            raise ZeroDivisionError


def test_a_value_of_rows_that_were_not_stored_is_not_in_the_list(projection: Projection) -> None:
    with suppress(ZeroDivisionError), projection.transaction() as connection:
        fill(connection, "select 'order' as name")
        raise ZeroDivisionError
    with projection.transaction() as connection:
        assert vocabulary.listed(connection)["name"] == [""]


def test_a_column_that_must_have_a_value_must_have_one_after_its_list_has_grown(
    projection: Projection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with projection.transaction() as connection:
        fill(connection, "select 'order' as name")
    with projection.transaction() as connection, pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
        fill(connection, "select null as name")
    monkeypatch.setattr(vocabulary, "LONGEST", 2)
    with projection.transaction() as connection:
        fill(connection, "select unnest(['a', 'b', 'c']) as name")
    with projection.transaction() as connection, pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
        fill(connection, "select null as name")


def test_a_duplicate_with_a_value_of_its_own_is_still_a_duplicate(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.append([order(1), order(2)])
    ledger.load(NOW)
    ledger.append([replace(order(1), name="unheard of", channel="fax"), order(3)])
    sealed = ledger.seal(NOW)
    assert (sealed.stored, sealed.duplicate) == (3, 1)
    assert [(row["id"], row["name"]) for row in rows(ledger)] == [(f"ord_{n}", "order") for n in (1, 2, 3)]
    ledger.close()


@pytest.mark.parametrize("longest", [vocabulary.LONGEST, 2])
def test_a_list_that_grew_before_a_crash_is_there_after_it(
    projection: Projection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest: int
) -> None:
    monkeypatch.setattr(vocabulary, "LONGEST", longest)
    for name in ("it''s", 'say "hi"\\', "Ada\x01", "a,b"):
        with projection.transaction() as connection:
            fill(connection, f"select '{name}' as name")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in (projection.path, projection.path.with_name("p.duckdb.wal")):
        shutil.copy(file, crashed)
    place = Place(path=crashed / "p.duckdb", folders=[], temporary=tmp_path, memory_limit="512MB", threads=2)
    again = Projection(place)
    with again.transaction() as connection:
        fill(connection, "select 'after' as name")
        found = connection.execute("select name from signal_rows order by name").fetchall()
    assert found == [("Ada\x01",), ("a,b",), ("after",), ("it's",), ('say "hi"\\',)]
    again.close()
