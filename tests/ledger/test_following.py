"""What is let in is the truth at once; the projection follows when it is asked, and never doubles."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from emptychair.ledger import delivery, sealing
from emptychair.ledger.books import Admitted
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.occurrences import Codes
from emptychair.ledger.schema import SIGNALS

from .making import NOW, cards, count, order, rows


def table(ids: Iterator[int] | range, source: str = "imp_1", id_of: str = "ord_{}") -> pa.Table:
    """Signals as Arrow, one for each number."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = [order(n, person=f"per_{n % 7}", days=n % 90, source=source) for n in ids]
    return pa.table(
        {
            field.name: pa.array(
                [
                    id_of.format(signal.id.removeprefix("ord_"))
                    if field.name == "id"
                    else (value.replace(tzinfo=None) if isinstance(value, type(at)) else value)
                    for signal in made
                    for value in [getattr(signal, field.name)]
                ],
                field.type,
            )
            for field in SIGNALS
        }
    )


def test_a_question_sees_what_was_let_in_before_it(ledger: Ledger) -> None:
    for part in range(3):
        with ledger.staging(f"imp_{part}") as staging:
            staging.add(table(range(part * 50, part * 50 + 50), f"imp_{part}"))
            assert staging.keep() == {0: Admitted(stored=50, duplicate=0)}
    assert count(ledger) == 150
    assert sum(int(str(card["signals"])) for card in cards(ledger)) == 150


def test_imports_that_nobody_asked_about_are_there_after_a_restart(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.append([order(9_999)])
    ledger.load(NOW)
    for part in range(3):
        with ledger.staging("imp_1") as staging:
            staging.add(table(range(part * 50, part * 50 + 50)))
            staging.keep()
    assert ledger.state().rows < 151
    ledger.close()
    again = Ledger.open(tmp_path)
    assert count(again) == 151
    again.close()


def test_a_signal_that_an_import_brought_is_known_when_it_arrives_by_the_journal(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        staging.add(table(range(50)))
        staging.keep()
        ledger.append([order(3), order(70)])
        staging.add(table(range(50, 80)))
        assert staging.keep() == {0: Admitted(stored=29, duplicate=1)}
    assert ledger.load(NOW).stored == 0
    assert count(ledger) == 80
    assert ledger.seal(NOW).duplicate == 1
    assert count(ledger) == 80


def test_rows_that_look_the_same_are_numbered_over_all_deliveries(ledger: Ledger) -> None:
    same = np.ones(10, dtype=np.bool_)
    with ledger.staging("imp_1") as staging:
        staging.add(pa.concat_tables([table(range(5)), table(range(5))]), 0, same)
        staging.keep()
        staging.add(table(range(10)), 1, same)
        assert staging.keep() == {1: Admitted(stored=10, duplicate=0)}
    ids = {str(row["id"]) for row in rows(ledger)}
    assert {"ord_4", "ord_4.2", "ord_4.3", "ord_9"} <= ids
    assert len(ids) == 20
    with ledger.staging("imp_2") as staging:
        staging.add(pa.concat_tables([table(range(5)), table(range(5))]), 0, same)
        assert staging.keep() == {0: Admitted(stored=0, duplicate=10)}


def test_an_id_of_its_own_that_looks_like_a_number_is_kept_apart(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        staging.add(table([4], id_of="ord_{}.2"))
        staging.add(pa.concat_tables([table([4]), table([4])]), 0, np.ones(2, dtype=np.bool_))
        assert staging.keep() == {0: Admitted(stored=2, duplicate=1)}


def test_lanes_are_counted_by_themselves(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        staging.add(table(range(30)))
        staging.keep()
    with ledger.staging("imp_2") as staging:
        staging.add(table(range(20, 50), "imp_2"), 0)
        staging.add(table(range(25, 28), "imp_2"), 1)
        staging.add(table(range(60, 63), "imp_2"), 1)
        assert staging.keep() == {
            0: Admitted(stored=20, duplicate=10),
            1: Admitted(stored=3, duplicate=3),
        }
    assert count(ledger) == 53


def test_equal_hashes_refuse_nothing_that_is_new(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def alike(connection: object, ids: pa.Array) -> Codes:
        return np.zeros(len(ids), dtype=np.uint64)

    monkeypatch.setattr(delivery, "codes", alike)
    with ledger.staging("imp_1") as staging:
        staging.add(pa.concat_tables([table(range(40)), table(range(10))]))
        assert staging.keep() == {0: Admitted(stored=40, duplicate=10)}
        staging.add(table(range(30, 60)))
        assert staging.keep() == {0: Admitted(stored=20, duplicate=10)}
    assert count(ledger) == 60


def test_a_delivery_that_is_given_up_leaves_nothing_behind(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        staging.add(table(range(50)))
    assert count(ledger) == 0
    assert not list((ledger.lake.parent / "_staging").iterdir())


def test_files_of_a_killed_import_are_gone_after_the_next_start(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    left = tmp_path / "ledger" / "lake" / "_staging" / "aside-00" / "month=2026-01"
    left.mkdir(parents=True)
    (left / "0.parquet").write_bytes(b"half")
    ledger.close()
    again = Ledger.open(tmp_path)
    assert not list((tmp_path / "ledger" / "lake" / "_staging").iterdir())
    assert count(again) == 0
    again.close()


def test_another_change_that_fails_takes_nothing_from_a_delivery(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise OSError("no")

    with ledger.staging("imp_1") as staging:
        staging.add(table(range(50)))
        ledger.append([order(100)])
        monkeypatch.setattr(sealing, "write_months", broken)
        with pytest.raises(OSError, match="no"):
            ledger.seal(NOW)
        monkeypatch.undo()
        staging.add(table(range(50, 60)))
        assert staging.keep() == {0: Admitted(stored=60, duplicate=0)}
    assert count(ledger) == 61


def test_the_runs_of_an_import_become_one_sorted_file(ledger: Ledger) -> None:
    with ledger.staging("imp_1") as staging:
        for part in range(3):
            staging.add(table(range(part * 50, part * 50 + 50)))
        staging.keep()
    before = rows(ledger)
    files = sorted(ledger.lake.glob("month=*/*.parquet"))
    assert {path.name for path in files} == {"0000000001-0.parquet"}
    assert ledger.compact(NOW).months == 3
    assert {path.name for path in ledger.lake.glob("month=2026-01/*")} == {"0000000002.parquet"}
    for path in ledger.lake.glob("month=*/*.parquet"):
        found = pq.read_table(path, partitioning=None)
        assert found.sort_by([("person", "ascending"), ("occurred_at", "ascending")]).equals(found)
    assert rows(ledger) == before
    assert ledger.compact(NOW).months == 0


def test_a_full_disk_while_packing_is_told(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    with ledger.staging("imp_1") as staging:
        monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
        staging.add(table(range(50)))
        with pytest.raises(OSError, match="No space left"):
            staging.keep()
        monkeypatch.undo()
        staging.add(table(range(50)))
        assert staging.keep() == {0: Admitted(stored=50, duplicate=0)}
    assert count(ledger) == 50
