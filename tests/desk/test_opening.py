"""Opening: migrations, journals, transactions."""

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from emptychair.desk import audit, sqlite
from emptychair.desk.desk import Desk
from emptychair.desk.migrating import FOLDER
from emptychair.desk.refusal import DeskError
from emptychair.desk.tables import METADATA
from tests.desk.people import NOW, at_once


def record(tx: Connection, verb: str = "opened") -> None:
    audit.record(tx, who="system", verb=verb, thing="desk", now=NOW)


def record_and_fail(tx: Connection) -> None:
    record(tx)
    raise ValueError("no luck")


def verbs(desk: Desk) -> list[str]:
    with desk.read() as tx:
        return [entry.verb for entry in audit.page(tx)]


def test_the_migrations_make_the_tables_that_the_code_writes_to(desk: Desk) -> None:
    with desk.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
        assert set(inspect(tx).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_every_migration_is_a_file_of_the_package() -> None:
    assert (FOLDER / "versions" / "0001_first_nouns.py").exists()
    assert (FOLDER / "env.py").exists()


def test_what_is_committed_is_there_when_the_desk_is_opened_again(place: str) -> None:
    for verb in ("first", "second"):
        desk = Desk.open(place)
        with desk.begin() as tx:
            record(tx, verb)
        desk.close()
    desk = Desk.open(place)
    assert verbs(desk) == ["second", "first"]
    desk.close()


def test_many_who_open_an_empty_desk_at_once_all_get_it(place: str) -> None:
    for desk in at_once(lambda _number: Desk.open(place), threads=4):
        assert verbs(desk) == []
        desk.close()


def test_a_desk_of_a_newer_version_is_refused_and_left_alone(place: str) -> None:
    Desk.open(place).close()
    url = make_url(place) if "://" in place else make_url(f"sqlite:///{place}")
    engine = create_engine(url)
    with engine.begin() as tx:
        tx.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DeskError, match=r"newer version of Empty Chair: 9999 is unknown.*restore the backup"):
        Desk.open(place)
    with engine.begin() as tx:
        assert tx.execute(text("select version_num from alembic_version")).scalar() == "9999"
    engine.dispose()


def test_an_error_inside_a_transaction_undoes_all_of_it(desk: Desk) -> None:
    with pytest.raises(ValueError, match="no luck"), desk.begin() as tx:
        record_and_fail(tx)
    assert verbs(desk) == []


def test_nobody_writes_in_a_reading_transaction(desk: Desk) -> None:
    with pytest.raises(DBAPIError), desk.read() as tx:
        record(tx)
    with desk.begin() as tx:
        record(tx)
    assert verbs(desk) == ["opened"]


def test_a_reading_transaction_sees_one_moment(desk: Desk) -> None:
    reads, wrote = threading.Event(), threading.Event()

    def write() -> None:
        reads.wait(10)
        with desk.begin() as tx:
            wrote.set()
            record(tx)

    writer = threading.Thread(target=write)
    writer.start()
    with desk.read() as tx:
        before = audit.page(tx)
        reads.set()
        wrote.wait(10)
        assert audit.page(tx) == before == []
    writer.join()
    assert verbs(desk) == ["opened"]


def test_a_transaction_inside_another_is_a_mistake_that_is_told_at_once(desk: Desk) -> None:
    with (
        desk.begin(),
        pytest.raises(RuntimeError, match="open here already: pass it on"),
        desk.read(),
    ):
        pass
    assert verbs(desk) == []


def test_all_of_many_threads_that_write_at_once_have_written(desk: Desk) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            with desk.begin() as tx:
                record(tx, f"{number}-{turn}")

    at_once(write)
    assert sorted(verbs(desk)) == sorted(f"{number}-{turn}" for number in range(8) for turn in range(5))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 6, 23), "truncate"),
        ((3, 40, 1), "truncate"),
        ((3, 44, 5), "truncate"),
        ((3, 44, 6), "wal"),
        ((3, 45, 0), "truncate"),
        ((3, 50, 6), "truncate"),
        ((3, 50, 7), "wal"),
        ((3, 51, 0), "truncate"),
        ((3, 51, 2), "truncate"),
        ((3, 51, 3), "wal"),
        ((3, 53, 1), "wal"),
    ],
)
def test_a_sqlite_with_the_wal_reset_bug_gets_a_rollback_journal(
    version: tuple[int, int, int], expected: str
) -> None:
    """The versions are those of https://sqlite.org/wal.html#walresetbug."""
    assert sqlite.journal(version) == expected


@pytest.mark.parametrize("mode", ["wal", "truncate"])
def test_in_either_journal_all_who_write_and_read_at_once_succeed(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "journal", lambda: mode)
    desk = Desk.open(tmp_path / "desk.sqlite3")

    def work(number: int) -> None:
        for _ in range(5):
            with desk.begin() as tx:
                record(tx, f"verb-{number}")
            assert f"verb-{number}" in verbs(desk)

    at_once(work)
    with desk.read() as tx:
        assert tx.exec_driver_sql("pragma journal_mode").scalar() == mode
        assert tx.exec_driver_sql("pragma integrity_check").scalar() == "ok"
    assert len(verbs(desk)) == 40
    desk.close()


@pytest.mark.parametrize("before", ["wal", "delete"])
def test_a_file_comes_out_of_the_journal_mode_it_was_left_in(before: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(f"pragma journal_mode = {before}")
    connection.close()
    desk = Desk.open(path)
    for transaction in (desk.begin, desk.read):
        with transaction() as tx:
            assert tx.exec_driver_sql("pragma journal_mode").scalar() == sqlite.journal()
            assert tx.exec_driver_sql("pragma secure_delete").scalar() == 1
            assert tx.exec_driver_sql("pragma synchronous").scalar() == 2
    desk.close()


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Desk.open(tmp_path / "new" / "desk.sqlite3").close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "desk.sqlite3").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("mysql://example/desk", "SQLite or PostgreSQL, not mysql"),
        ("sqlite://", "gone at the end"),
        (":memory:", "gone at the end"),
        ("://", "cannot be read"),
    ],
)
def test_what_is_no_desk_is_refused_with_a_reason(where: str, why: str) -> None:
    with pytest.raises(DeskError, match=why):
        Desk.open(where)


def test_a_path_with_signs_that_mean_something_elsewhere_is_a_path(tmp_path: Path) -> None:
    for odd in (tmp_path / "50% of ä?b#c" / "one.sqlite3", tmp_path / "a?b" / "two.sqlite3"):
        Desk.open(odd).close()
        assert odd.exists()
        Desk.open(f"sqlite:///{odd}").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["50% of ä?b#c", "a?b"]
