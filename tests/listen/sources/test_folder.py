"""A folder into which files are dropped."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from emptychair.desk import fetching, imports, work
from emptychair.desk.fetching import Condition
from emptychair.desk.imports import Status
from emptychair.listen.imports.queue import KIND, run_queued
from emptychair.listen.sources.asked import SettingsRefused
from tests.listen.sources.conftest import NOON, House

ORDERS = "customer,date,total\n" + "".join(f"c{n},2026-01-{n + 1:02d},{n}.50\n" for n in range(20))


@pytest.fixture
def shop(house: House) -> Path:
    folder = house.home / "drop" / "shop"
    folder.mkdir(parents=True)
    return folder


def drop(folder: Path, name: str, text: str = ORDERS, age: float = 60) -> Path:
    path = folder / name
    path.write_text(text)
    changed = NOON.timestamp() - age
    os.utime(path, (changed, changed))
    return path


def all_of(house: House, source: str) -> fetching.Fetching:
    """Everything that is there, taken in and moved aside."""
    house.run(source)
    run_queued(house.ledger, house.desk, house.home, house.clock)
    return house.run(source, timedelta(seconds=3))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_taken_in_as_an_import_and_moved_aside(house: House, shop: Path) -> None:
    source = house.source("folder", folder="shop", pattern="*.csv")
    drop(shop, "january.csv")
    drop(shop, "readme.md")
    how = all_of(house, source)
    assert (how.condition, how.brought, how.note) == (Condition.WELL, 1, None)
    assert names(shop) == ["done", "failed", "readme.md"]
    assert names(shop / "done") == ["january.csv"]
    with house.desk.read() as tx:
        (one,) = imports.recent(tx)
    assert (one.status, one.file_name, one.counts.stored) == (Status.DONE, "january.csv", 20)
    assert {row["kind"] for row in house.signals(one.id)} == {"paid"}


def test_what_is_not_understood_is_kept_with_its_reason(house: House, shop: Path) -> None:
    source = house.source("folder", folder="shop")
    drop(shop, "bad.csv", "\x00\x01\x02")
    drop(shop, "unclear.csv", "a,b\n1,2\n")
    drop(shop, "good.csv")
    how = all_of(house, source)
    assert names(shop / "done") == ["good.csv"]
    reasons = [name for name in names(shop / "failed") if name.endswith(".reason.txt")]
    assert reasons == ["bad.csv.reason.txt", "unclear.csv.reason.txt"]
    assert all((shop / "failed" / name).read_text().strip() for name in reasons)
    assert "2" in str(how.note)
    assert how.condition is Condition.WELL


def test_the_plan_is_as_it_was_stated(house: House, shop: Path) -> None:
    text = "who;when;sum\nada;03.02.2026;1,50\nben;04.02.2026;2,50\n"
    source = house.source(
        "folder", folder="shop", shape="orders", mapping="person=who\ntime=when:dmy\namount=sum"
    )
    drop(shop, "a.csv", text)
    all_of(house, source)
    with house.desk.read() as tx:
        (one,) = imports.recent(tx)
    assert [row["occurred_at"].isoformat()[:10] for row in house.signals(one.id)] == [
        "2026-02-03",
        "2026-02-04",
    ]


def test_the_same_file_again_adds_nothing_and_a_second_of_its_name_keeps_the_first(
    house: House, shop: Path
) -> None:
    source = house.source("folder", folder="shop")
    drop(shop, "a.csv")
    all_of(house, source)
    drop(shop, "a.csv", ORDERS + "c99,2026-03-01,5\n")
    house.now += timedelta(hours=1)
    how = all_of(house, source)
    assert how.brought == 2
    assert len(names(shop / "done")) == 2
    assert len(house.signals()) == 21


def test_a_file_that_is_still_written_is_left_alone(house: House, shop: Path) -> None:
    source = house.source("folder", folder="shop")
    drop(shop, "now.csv", age=5)
    for name in ("a.csv.part", "b.tmp", ".hidden.csv"):
        drop(shop, name)
    all_of(house, source)
    assert names(shop) == [".hidden.csv", "a.csv.part", "b.tmp", "done", "failed", "now.csv"]
    house.now += timedelta(minutes=10)
    all_of(house, source)
    assert "now.csv" not in names(shop)


def test_links_are_not_followed_and_other_folders_not_opened(
    house: House, shop: Path, tmp_path: Path
) -> None:
    secret = drop(tmp_path, "secret.csv")
    (shop / "link.csv").symlink_to(secret)
    source = house.source("folder", folder="shop")
    all_of(house, source)
    assert house.signals() == []
    for outside in ("/etc", "../..", "shop/../../imports"):
        how = house.run(house.source("folder", folder=outside))
        assert how.condition is Condition.STOPPED
        trial = house.trial("folder", folder=outside)
        assert trial.trouble is not None
        assert "EMPTYCHAIR_FOLDERS" in trial.trouble


def test_a_file_whose_process_died_is_taken_up_again_as_the_same_import(house: House, shop: Path) -> None:
    source = house.source("folder", folder="shop")
    drop(shop, "a.csv")
    house.run(source)
    with house.desk.begin() as tx:
        fetching.restart(tx, source, house.now)  # it had not been written down that the file was taken up
    house.run(source)
    with house.desk.read() as tx:
        (one,) = imports.recent(tx)
        assert work.latest(tx, KIND, one.id) is not None
    all_of(house, source)
    assert len(house.signals()) == 20
    assert names(shop / "done") == ["a.csv"]


def test_a_file_that_was_replaced_meanwhile_is_taken_in_too(house: House, shop: Path) -> None:
    source = house.source("folder", folder="shop")
    drop(shop, "a.csv")
    house.run(source)
    drop(shop, "a.csv", ORDERS.replace(".50", ".75"), age=30)
    run_queued(house.ledger, house.desk, house.home, house.clock)
    house.run(source, timedelta(seconds=3))
    run_queued(house.ledger, house.desk, house.home, house.clock)
    house.run(source, timedelta(seconds=3))
    assert len(house.signals()) == 40
    assert names(shop / "done") == ["a.csv"]


def test_a_trial_says_what_the_first_file_is_taken_for_and_moves_nothing(house: House, shop: Path) -> None:
    assert "no file" in str(house.trial("folder", folder="shop").note)
    assert "is made" in str(house.trial("folder", folder="new").note)
    assert not (house.home / "drop" / "new").exists()
    drop(shop, "a.csv")
    trial = house.trial("folder", folder="shop")
    assert (trial.trouble, trial.note) == (
        None,
        "Files to take in: 1. The first, a.csv, is taken for orders.",
    )
    drop(shop, "0.csv", "a,b\n1,2\n", age=99)
    assert "0.csv could not be taken in" in str(house.trial("folder", folder="shop").trouble)
    assert names(shop) == ["0.csv", "a.csv"]


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"folder": ""}, "folder"),
        ({"folder": "x", "pattern": "../*"}, "pattern"),
        ({"folder": "x", "mapping": "no sign"}, "mapping"),
        ({"folder": "x", "shape": "things"}, "shape"),
    ],
)
def test_a_form_says_what_is_wrong(house: House, fields: dict[str, str], faulty: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        house.source("folder", **fields)
    assert faulty in refusal.value.faults
