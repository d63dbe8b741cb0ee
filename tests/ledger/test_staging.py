"""The bulk door: whole relations in, each id once, and the same files from the same rows."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from emptychair.ledger import identities
from emptychair.ledger.errors import NotASignalError
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.schema import SIGNALS

from .making import NOW, cards, count, given, order, orders, rows


def test_a_relation_is_let_in_once(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        staging.connection.execute(f"create temp table a as {given('range(1000)')}")
        first, second = staging.admit("a"), staging.admit("a")
    assert (first.stored, first.duplicate) == (1000, 0)
    assert (second.stored, second.duplicate) == (0, 1000)
    assert count(ledger) == 1000
    assert sum(int(str(card["signals"])) for card in cards(ledger)) == 750


def test_duplicates_inside_of_earlier_imports_and_of_the_journal_are_refused(ledger: Ledger) -> None:
    ledger.append(orders(10))
    with ledger.staging("imp_1") as staging:
        staging.connection.execute(f"create temp view a as {given('range(100)')}")
        staging.connection.execute(f"create temp table b as from a union all {given('range(50, 150)')}")
        admitted = staging.admit("b")
    assert (admitted.stored, admitted.duplicate) == (140, 60)
    ledger.append([*orders(10), order(149)])
    assert ledger.load(NOW).duplicate == 11
    assert ledger.seal(NOW).duplicate == 11
    assert count(ledger) == 150


def test_which_of_two_rows_with_one_id_stays_does_not_depend_on_their_order(tmp_path: Path) -> None:
    found = []
    for way in ("asc", "desc"):
        ledger = Ledger.open(tmp_path / way)
        with ledger.staging("imp_1") as staging:
            both = f"({given('range(100)')}) union all (select * replace (value + 1 as value) from a)"
            staging.connection.execute(f"create temp table a as {given('range(100)')}")
            staging.connection.execute(f"create temp table b as from ({both}) order by value {way}")
            staging.admit("b")
        found.append(rows(ledger))
        ledger.close()
    assert found[0] == found[1]


def test_the_same_rows_make_the_same_files(tmp_path: Path) -> None:
    made = []
    for way in ("asc", "desc"):
        ledger = Ledger.open(tmp_path / way)
        with ledger.staging("imp_1") as staging:
            staging.connection.execute(
                f"create temp table a as from ({given('range(5000)')}) order by id {way}"
            )
            staging.admit("a")
        made.append(
            {
                str(path.relative_to(ledger.lake)): sha256(path.read_bytes()).hexdigest()
                for path in ledger.lake.rglob("*.parquet")
            }
        )
        ledger.close()
    assert len(made[0]) == 3
    assert made[0] == made[1]


@pytest.mark.parametrize("at_once", [3, 1 << 15])
@pytest.mark.parametrize("when", range(4))
@pytest.mark.parametrize("first", [0, 10])
def test_rows_that_look_the_same_are_several_facts_and_a_name_is_given_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, first: int, when: int, at_once: int
) -> None:
    """The same 40 rows three times: `ord_17`, `ord_17.2`, `ord_17.3`; one is called `ord_17.2` to begin with.

    From 0 the ids are of two lengths, from 10 of one.
    """
    monkeypatch.setattr(identities, "_HELD", at_once)
    with ledger.staging("imp_1") as staging:
        table = staging.connection.sql(given(f"range({first}, {first + 40})")).to_arrow_table()
        named = staging.connection.sql(
            f"select * replace ('ord_17.2' as id) from ({given('range(1)')})"
        ).to_arrow_table()
        for time in range(4):
            if time == when:
                staging.add(named, 1)
            if time < 3:
                staging.add(table, 0, np.ones(40, np.bool_))
        admitted = staging.keep()
    assert sum(one.stored for one in admitted.values()) == 120
    assert sum(one.duplicate for one in admitted.values()) == 1
    wanted = [f"ord_{n}{end}" for n in range(first, first + 40) for end in ("", ".2", ".3")]
    assert [str(row["id"]) for row in rows(ledger)] == sorted(wanted)


def test_rows_that_look_the_same_come_in_several_deliveries(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        table = staging.connection.sql(given("range(10, 50)")).to_arrow_table()
        for _ in range(3):
            staging.add(table, 0, np.ones(40, np.bool_))
            assert staging.keep()[0].stored == 40
        named = staging.connection.sql(
            f"select * replace ('ord_17.3' as id) from ({given('range(1)')})"
        ).to_arrow_table()
        staging.add(named)
        assert staging.keep()[0].duplicate == 1
    assert count(ledger) == 120


def test_an_arrow_table_is_a_relation(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        empty: pa.Table = SIGNALS.empty_table()
        staging.register("nothing", empty)
        assert staging.admit("nothing").stored == 0


def test_a_relation_that_does_not_fit_leaves_nothing_behind_and_the_next_one_is_let_in(
    ledger: Ledger,
) -> None:
    with ledger.staging("imp_1") as staging:
        staging.connection.execute(f"create temp table a as {given('range(100)')}")
        staging.connection.execute("create temp table b as select * replace (null as kind) from a")
        staging.connection.execute("create temp table c as select * replace ('x' || value as value) from a")
        staging.connection.execute("create temp table d as select * replace ('bought' as kind) from a")
        reasons = {"b": "null", "c": "Could not convert", "d": "kind is 'bought', not one of did, joined"}
        for wrong, reason in reasons.items():
            with pytest.raises(NotASignalError, match=reason):
                staging.admit(wrong)
        few = staging.connection.sql("from a").to_arrow_table()
        kinds = few["kind"].combine_chunks().dictionary_encode()
        unused = pa.DictionaryArray.from_arrays(kinds.indices, pa.array([*kinds.dictionary.to_pylist(), "x"]))
        place = few.schema.get_field_index("kind")
        staging.add(few.set_column(place, "kind", unused))
        more = pa.array([str(kind).replace("paid", "bought") for kind in few["kind"].to_pylist()])
        with pytest.raises(NotASignalError, match="kind is 'bought'"):
            staging.add(few.set_column(place, "kind", more.dictionary_encode()))
        assert list(ledger.lake.rglob("*.parquet")) == []
        assert staging.admit("a").stored == 100
    assert count(ledger) == 100
    assert ledger.withdraw("imp_1") == 100
    assert list(ledger.lake.rglob("*.parquet")) == []
