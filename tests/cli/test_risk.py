"""Models and chances from the terminal, without a server and beside one."""

import csv
import io
import json
from pathlib import Path

import pytest

from emptychair.ledger.ledger import Ledger
from tests.anticipate.risk.companies import fading
from tests.cli.conftest import Run
from tests.clients.company import served

ORDERS = "customer,ordered on,total\nada,2026-01-02,12.50\nada,2026-01-03,8\nben,2026-01-03,9\n"


def test_too_little_is_one_sentence(run: Run, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(ORDERS)
    assert run("import", orders).returncode == 0
    told = run("train", "--json")
    assert told.returncode == 0, told.stderr
    assert [one["horizon"] for one in json.loads(told.stdout)] == [30, 60, 90]
    scored = run("score-people")
    assert scored.returncode == 1
    assert scored.stderr.startswith("Not done: ")
    assert run("train", "--horizon", "31").returncode == 2
    assert "Nothing is known of employees yet" in run("train", "--audience", "employee").stdout


def test_beside_a_running_server_it_is_the_server_that_trains(run: Run, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(ORDERS)
    assert run("import", orders).returncode == 0
    alone = run("train", "--json")
    with served(tmp_path / "home", EMPTYCHAIR_READING="off"):
        beside = run("train", "--json")
        scored = run("score-people", "--as-of", "2026-01-03")
    assert beside.returncode == 0, beside.stderr
    assert json.loads(beside.stdout) == json.loads(alone.stdout)
    assert (scored.returncode, scored.stderr[:10]) == (1, "Not done: ")


@pytest.mark.slow
def test_everybody_is_scored_now_and_as_of_an_earlier_day(run: Run, tmp_path: Path) -> None:
    with_people = Ledger.open(tmp_path / "home", memory_limit="512MB")
    fading(with_people, 700, seed=3)
    with_people.close()
    trained = run("train", "--horizon", "30")
    assert trained.stdout == "30 days: It is the first of its horizon.\n", trained.stderr
    rows = list(csv.DictReader(io.StringIO(run("score-people", "--csv").stdout)))
    losses = [float(row["expected_loss"]) for row in rows]
    assert losses == sorted(losses, reverse=True)
    assert all(float(row["chance_30_low"]) <= float(row["chance_30"]) for row in rows)
    then = json.loads(run("score-people", "--as-of", "2024-10-31", "--json").stdout)
    assert then["as_of"].startswith("2024-11-01")
    assert then["people"]
    assert "people in a relationship" in run("score-people").stdout
