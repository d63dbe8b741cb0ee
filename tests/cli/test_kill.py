"""An import that is killed at any moment: the next one of the same file stores what is missing, once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Run

ROWS = 60_000


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "orders.csv"
    lines = (f"c{n % 4_000},2025-{n % 12 + 1:02}-{n % 28 + 1:02},{n % 97}.50,{n}\n" for n in range(ROWS))
    path.write_text("customer,date,total,order id\n" + "".join(lines))
    return path


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.slow if seed > 1 else ()) for seed in range(20)]
)
def test_a_killed_import_is_completed_by_the_next_and_nothing_is_doubled(
    run: Run, orders: Path, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    environment = {**os.environ, "EMPTYCHAIR_HOME": str(tmp_path / "home")}
    for _ in range(2):
        words = [sys.executable, "-m", "emptychair", "import", str(orders)]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, env=environment) as process:
            time.sleep(rng.uniform(0.5, 2.5))
            process.send_signal(signal.SIGKILL)
    (told,) = json.loads(run("import", orders, "--json").stdout)
    books = told["summary"]
    assert books["read"] == books["stored"] + books["duplicate"] == ROWS
    again = json.loads(run("import", orders, "--json").stdout)[0]["summary"]
    assert (again["stored"], again["duplicate"]) == (0, ROWS)
    statuses = [one["status"] for one in json.loads(run("imports", "--json").stdout)]
    assert statuses[:2] == ["done", "done"]
    assert set(statuses[2:]) <= {"failed", "done"}, "what was killed is closed, never left running"
    ids = pq.read_table(tmp_path / "home" / "ledger" / "lake" / "signals", columns=["id"])["id"]
    assert len(ids) == len(set(ids.to_pylist())) == ROWS
