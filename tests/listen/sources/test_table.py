"""Tables of a company's own database, on SQLite files and on a real PostgreSQL."""

import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from emptychair.desk import fetching, samples, sources
from emptychair.desk.fetching import Condition
from emptychair.listen.sources.asked import SettingsRefused
from emptychair.listen.sources.mapping import kept
from tests.listen.sources.conftest import House
from tests.postgres import private_postgres

PAID = {
    "case.0.kind": "paid",
    "case.0.value": "total",
    "case.0.currency": "= EUR",
    "case.0.person": "customer",
    "case.0.occurred_at": "at",
}


def map_it(house: House, source: str, form: dict[str, str] | None = None) -> None:
    with house.desk.begin() as tx:
        sources.change_terms(tx, source, mapping=kept(form or PAID))
        fetching.hurry(tx, source, house.now)
    house.reception.keys.forget()


@pytest.fixture
def shop(house: House) -> Iterator[sqlite3.Connection]:
    (house.home / "drop").mkdir()
    with sqlite3.connect(house.home / "drop" / "shop.db", isolation_level=None) as connection:
        connection.execute(
            "create table orders (id integer primary key, customer text, total numeric, at text)"
        )
        yield connection
    connection.close()


def add(shop: sqlite3.Connection, *rows: tuple[int, str]) -> None:
    shop.executemany("insert into orders values (?, 'ada', 1.5, ?)", rows)


def source_of(house: House, watermark: str = "at", **more: str) -> str:
    fields = {"address": "sqlite:///shop.db", "table": "orders", "watermark": watermark, "key": "id"}
    return house.source("table", **fields | more)


def test_nothing_is_taken_before_somebody_says_what_the_columns_mean(
    house: House, shop: sqlite3.Connection
) -> None:
    add(shop, *((n, f"2026-11-01T10:00:{n:02d}Z") for n in range(8)))
    source = source_of(house)
    how = house.run(source)
    assert (how.condition, how.brought) == (Condition.WELL, 0)
    assert "what its columns mean" in str(how.note)
    assert (house.books(source).heard, house.signals()) == (0, [])
    with house.desk.read() as tx:
        newest = [sample.raw for sample in samples.newest(tx, source)]
    assert b'"id":7' in newest[0]
    assert len(newest) == 5
    map_it(house, source)
    assert house.run(source).brought == 8
    signal = house.signals(source)[0]
    assert (signal["kind"], signal["person"], signal["value"]) == ("paid", "ada", 1.5)
    assert signal["occurred_at"].isoformat() == "2026-11-01T10:00:00"


def test_rows_come_in_batches_and_ties_are_neither_lost_nor_doubled(
    house: House, shop: sqlite3.Connection
) -> None:
    # Two and a half thousand rows of one instant: more than a batch, so that it is cut inside of the tie.
    add(shop, *((n, "2026-11-01") for n in range(2_500)))
    source = source_of(house)
    map_it(house, source)
    house.run(source)
    assert house.books(source).stored == 2_500
    add(shop, *((n, "2026-11-01") for n in range(3_000, 3_010)), (1_000_000, "2026-11-02"))
    how = house.run(source, timedelta(hours=1))
    assert house.books(source).stored == 2_511
    assert how.condition is Condition.WELL


def test_a_number_that_counts_up_is_as_good(house: House, shop: sqlite3.Connection) -> None:
    add(shop, (1, "2026-11-01"), (2, "2026-11-02"))
    source = source_of(house, "id")
    map_it(house, source)
    house.run(source)
    add(shop, (3, "2026-10-01"))
    assert house.run(source, timedelta(hours=1)).brought == 3


def test_a_process_that_dies_between_batches_goes_on_where_it_was(
    house: House, shop: sqlite3.Connection
) -> None:
    add(shop, *((n, f"2026-11-01T{n // 60 % 24:02d}:{n % 60:02d}") for n in range(1_440)))
    source = source_of(house)
    map_it(house, source)
    house.run(source)
    with house.desk.begin() as tx:
        fetching.restart(tx, source, house.now)
    house.run(source)
    books = house.books(source)
    assert (books.stored, books.duplicate) == (1_440, 1_440)


def test_a_row_that_cannot_be_understood_is_parked_and_the_others_are_not(
    house: House, shop: sqlite3.Connection
) -> None:
    add(shop, (1, "2026-11-01"))
    shop.execute("insert into orders values (2, 'ben', 'much', '2026-11-02')")
    shop.execute("insert into orders values (3, x'00ff', 2, '2026-11-03')")
    source = source_of(house)
    map_it(house, source)
    house.run(source)
    books = house.books(source)
    assert (books.stored, books.parked) == (2, 1)


def test_the_file_is_opened_to_be_read_only_and_only_where_it_is_allowed(
    house: House, shop: sqlite3.Connection, tmp_path: Path
) -> None:
    add(shop, (1, "2026-11-01"))
    trial = house.trial("table", address="sqlite:///shop.db", table="orders", watermark="at", key="id")
    assert trial.trouble is None
    assert "id, customer, total, at" in str(trial.note)
    for path in ("/etc/passwd", "../desk.sqlite3", "//etc/shadow"):
        trial = house.trial("table", address=f"sqlite:///{path}", table="orders", watermark="at", key="id")
        assert "EMPTYCHAIR_FOLDERS" in str(trial.trouble)
    trial = house.trial("table", address="sqlite:///none.db", table="orders", watermark="at", key="id")
    assert "no file" in str(trial.trouble)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"table": "nothing"}, "no table"),
        ({"table": "orders; drop table orders"}, "no table"),
        ({"watermark": "changed"}, "no column changed"),
        ({"key": "id, nr"}, "no column nr"),
        ({"address": "mysql+pymysql://db.example.com/x"}, "EMPTYCHAIR_DIALECTS"),
    ],
)
def test_what_is_not_there_is_told(
    house: House, shop: sqlite3.Connection, change: dict[str, str], told: str
) -> None:
    fields = {"address": "sqlite:///shop.db", "table": "orders", "watermark": "at", "key": "id"}
    assert told in str(house.trial("table", **fields | change).trouble)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "orders",
        "postgresql://me:secret@db.example.com/x",
        "postgresql://db.example.com",
        "postgresql:///shop",
        "postgresql://db.example.com/x?hostaddr=127.0.0.1",
        "postgresql://db.example.com/x?sslmode=maybe",
    ],
)
def test_an_address_that_leads_elsewhere_is_refused(house: House, address: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        house.source("table", address=address, table="t", watermark="w", key="k")
    assert "address" in refusal.value.faults


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with private_postgres() as url:
        yield url


@pytest.fixture
def orders(postgresql: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("drop schema if exists shop cascade")
        connection.execute("create schema shop")
        connection.execute(
            "create table shop.orders (region text, nr int, customer uuid, total numeric(12, 2), "
            "at timestamptz, raw bytea, more jsonb, primary key (region, nr))"
        )
        yield connection


@pytest.fixture(params=["postgresql", "adbc+postgresql"])
def address(request: pytest.FixtureRequest, postgresql: str) -> str:
    """The same database through SQLAlchemy and through ADBC."""
    return postgresql.replace("postgresql://", f"{request.param}://")


def insert(orders: psycopg.Connection[Any], nr: int, at: datetime, region: str = "eu") -> None:
    orders.execute(
        "insert into shop.orders values (%s, %s, 'c3bc7f9b-4c4f-4a11-a2d0-3d7c21dc4f7e', 12.30, %s, "
        "'\\x00ff', '{\"a\": 1}')",
        (region, nr, at),
    )


def test_postgresql_is_read_with_its_types_and_composite_keys(
    house: House, address: str, orders: psycopg.Connection[Any]
) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    for n in range(5):
        insert(orders, n, at, "eu" if n % 2 else "us")
    source = house.source(
        "table", address=address, table="shop.orders", watermark="at", key="region, nr", overlap="5"
    )
    map_it(house, source)
    how = house.run(source)
    assert (how.condition, how.error) == (Condition.WELL, None)
    signal = house.signals(source)[0]
    assert signal["person"] == "c3bc7f9b-4c4f-4a11-a2d0-3d7c21dc4f7e"
    assert str(signal["value"]) == "12.3000"
    assert signal["occurred_at"].isoformat() == "2026-11-22T09:00:00"
    # One under the same instant, one of a transaction that took four minutes, one of an hour ago.
    insert(orders, 10, at)
    insert(orders, 11, at - timedelta(minutes=4))
    insert(orders, 12, at - timedelta(hours=1))
    house.run(source, how.due_at - house.now)
    assert house.books(source).stored == 7


def test_nothing_can_be_written_through_it(
    house: House, address: str, orders: psycopg.Connection[Any]
) -> None:
    orders.execute("create sequence shop.counter")
    orders.execute("create view shop.harm as select nextval('shop.counter') as id, now() as at")
    trial = house.trial("table", address=address, table="shop.harm", watermark="at", key="id")
    assert "read-only" in str(trial.trouble)


def test_what_the_database_refuses_stops_it_and_shows_no_password(
    house: House, address: str, orders: psycopg.Connection[Any]
) -> None:
    elsewhere = address.rpartition("/")[0] + "/nothing"
    source = house.source(
        "table", address=elsewhere, table="orders", watermark="at", key="nr", password="hunter2-hunter2"
    )
    how = house.run(source)
    assert how.condition is Condition.STOPPED
    assert "does not exist" in str(how.error)
    assert "hunter2" not in str(how.error)
    orders.execute("drop role if exists poor")
    orders.execute("create role poor login")
    poor = address.replace("chair@", "poor@")
    how = house.run(house.source("table", address=poor, table="shop.orders", watermark="at", key="nr"))
    assert how.condition is Condition.STOPPED


def test_a_database_that_is_down_is_tried_again_and_one_inside_is_refused(house: House) -> None:
    source = house.source("table", address="postgresql://x@127.0.0.1:1/x", table="t", watermark="w", key="k")
    assert house.run(source).condition is Condition.TROUBLED
    house.allowed = ""
    trial = house.trial("table", address="postgresql://x@10.0.0.1/x", table="t", watermark="w", key="k")
    assert "EMPTYCHAIR_ALLOWED_NETWORKS" in str(trial.trouble)


def test_a_driver_that_is_not_installed_is_named(house: House) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
        address = "adbc+postgresql://x@127.0.0.1:1/x"
        trial = house.trial("table", address=address, table="t", watermark="w", key="k")
    assert "adbc-driver-postgresql is not installed" in str(trial.trouble)
    other = house.trial("table", address="adbc+oracle://x@127.0.0.1/x", table="t", watermark="w", key="k")
    assert "EMPTYCHAIR_DIALECTS" in str(other.trouble)
