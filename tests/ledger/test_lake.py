"""From the journal to Parquet, and what a lake on disk looks like to others."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from emptychair.ledger import loader
from emptychair.ledger.lake import Change, Lake
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.schema import SIGNALS

from .making import NOW, cards, count, order, orders, rows


def test_sealed_segments_are_parquet_by_month_and_leave_the_journal(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append(orders(300))
    ledger.append(orders(10))
    sealed = ledger.seal(NOW)
    assert (sealed.segments, sealed.stored, sealed.duplicate) == (1, 300, 10)
    assert not list((tmp_path / "ledger" / "journal").glob("*.journal"))
    files = sorted(ledger.lake.glob("month=*/*.parquet"))
    assert [file.parent.name for file in files][:2] == ["month=2026-01", "month=2026-02"]
    for file in files:
        found = pq.read_table(file, partitioning=None)
        assert found.schema.names == SIGNALS.names
        assert found.sort_by([("person", "ascending"), ("occurred_at", "ascending")]).equals(found)
    assert count(ledger) == 300
    assert ledger.seal(NOW).segments == 0


def test_the_lake_is_read_by_others_as_it_is(ledger: Ledger) -> None:
    ledger.append(orders(30))
    ledger.seal(NOW)
    found = duckdb.sql(f"select count(*) from '{ledger.lake}/*/*.parquet' where month = '2026-01'").fetchall()
    assert found == [(30,)]


def test_a_duplicate_beyond_the_window_is_found_by_the_seal(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "FULL_LOOK_ROWS", 0)
    first = order(1)
    late = replace(first, received_at=first.received_at + timedelta(days=400))
    ledger.append([first])
    ledger.seal(NOW)
    before = cards(ledger)
    for part in (late, order(2, person="ben"), replace(order(2, person="ben"), received_at=late.received_at)):
        ledger.append([part])
        assert ledger.load(NOW).stored == 1
    assert count(ledger) == 4
    sealed = ledger.seal(NOW)
    assert (sealed.stored, sealed.duplicate) == (1, 2)
    assert count(ledger) == 2
    assert [card for card in cards(ledger) if card["person"] == "ada"] == before
    assert [card["signals"] for card in cards(ledger)] == [1, 1]


def test_closed_months_become_one_sorted_file_and_the_open_one_stays(ledger: Ledger) -> None:
    for part in range(3):
        ledger.append(orders(100, first=part * 100))
        ledger.seal(NOW)
    before = rows(ledger)
    compacted = ledger.compact(datetime(2026, 3, 1, tzinfo=UTC))
    assert (compacted.months, compacted.files) == (2, 4)
    assert len(list(ledger.lake.glob("month=2026-01/*"))) == 1
    assert len(list(ledger.lake.glob("month=2026-03/*"))) > 1
    assert rows(ledger) == before
    assert ledger.compact(datetime(2026, 3, 1, tzinfo=UTC)).months == 0


def test_a_source_taken_back_leaves_no_row_and_no_trace_in_the_cards(ledger: Ledger) -> None:
    ledger.append(orders(50))
    ledger.load(NOW)
    before, people = rows(ledger), cards(ledger)
    ledger.append(orders(50, first=1000, source="imp_1"))
    ledger.append([order(5000, person="new", source="imp_1")])
    ledger.seal(NOW)
    ledger.compact(NOW + timedelta(days=400))
    assert ledger.withdraw("imp_1") == 51
    assert (rows(ledger), cards(ledger)) == (before, people)
    assert ledger.withdraw("imp_1") == 0
    ledger.append(orders(50, first=1000, source="imp_1"))
    assert ledger.load(NOW).stored == 50


def test_some_rows_of_a_source_are_taken_back_and_may_come_again(ledger: Ledger) -> None:
    ledger.append(orders(10, source="svy_1"))
    ledger.load(NOW)
    everything = rows(ledger)
    ids = [str(row["id"]) for row in everything]
    assert ledger.withdraw("svy_2", ids) == 0, "they are another's"
    assert ledger.withdraw("svy_1", [*ids[:3], "it's nobody's"]) == 3
    assert [str(row["id"]) for row in rows(ledger)] == ids[3:]
    assert sum(int(str(card["signals"])) for card in cards(ledger)) == 7
    assert ledger.withdraw("svy_1", []) == 0
    ledger.append(orders(10, source="svy_1"))
    assert ledger.load(NOW).stored == 3
    assert rows(ledger) == everything


def test_a_kill_between_lake_and_projection_takes_the_same_rows_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.append(orders(10, source="svy_1"))
    ledger.load(NOW)
    ids = [str(row["id"]) for row in rows(ledger)]
    ledger.seal(NOW)
    kept = tmp_path / "kept.duckdb"
    ledger.close()
    shutil.copy(tmp_path / "ledger" / "projection.duckdb", kept)
    ledger = Ledger.open(tmp_path)
    assert ledger.withdraw("svy_1", ids[:4]) == 4
    ledger.close()
    shutil.copy(kept, tmp_path / "ledger" / "projection.duckdb")
    ledger = Ledger.open(tmp_path)
    assert [str(row["id"]) for row in rows(ledger)] == ids[4:], "the commit was applied, and no more"
    ledger.close()


def test_a_commit_that_was_cut_before_its_record_never_happened(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.staged("2026-01").write_bytes(b"half")
    again = Lake(tmp_path)
    assert again.files() == []
    assert again.head.number == 0
    assert not list((tmp_path / "_staging").iterdir())


def test_a_commit_that_was_cut_after_its_record_is_finished_at_the_next_start(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.staged("2026-01").write_bytes(b"old")
    lake.commit(Change.SEAL)
    for month in ("2026-01", "2026-02"):
        lake.staged(month).write_bytes(b"new")
    removed = lake.files()
    apply, lake._apply = lake._apply, lambda record: None  # type: ignore[method-assign]
    lake.commit(Change.COMPACT, removed=removed)
    assert lake.files() == removed
    assert apply is not None
    again = Lake(tmp_path)
    assert again.files() == ["month=2026-01/0000000002.parquet", "month=2026-02/0000000002.parquet"]
    assert again.head.number == 2
