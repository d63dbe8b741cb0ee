"""Everything about a customer from the terminal, beside a running server and without one."""

import json
import stat
import zipfile
from pathlib import Path

from tests.cli.conftest import Run
from tests.clients.company import served

ORDERS = "customer,ordered on,total\nada,2026-01-02,12.50\nada,2026-01-03,8\nben,2026-01-03,9\n"


def test_a_person_is_exported_and_nobody_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(ORDERS)
    assert run("import", orders).returncode == 0
    out = tmp_path / "ada.zip"
    told = run("export", "--person", "ada", "--out", out)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"{out}: ")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as packed:
        signals = json.loads(packed.read("signals.json"))
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert sorted(one["value"] for one in signals) == ["12.5000", "8.0000"]
    assert b"ben" not in everything
    nobody = run("export", "--person", "zed", "--out", tmp_path / "zed.zip")
    assert nobody.returncode == 1
    assert nobody.stderr.strip() == "Not done: no signal is of zed"
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["ada.zip"]


def test_beside_a_running_server_it_is_the_server_that_exports(run: Run, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(ORDERS)
    assert run("import", orders).returncode == 0
    with served(tmp_path / "home", EMPTYCHAIR_READING="off"):
        out = tmp_path / "ada.zip"
        told = run("export", "--person", "ada", "--out", out)
        nobody = run("export", "--person", "zed", "--out", tmp_path / "zed.zip")
    assert told.returncode == 0, told.stderr
    with zipfile.ZipFile(out) as packed:
        assert len(json.loads(packed.read("signals.json"))) == 2
    assert (nobody.returncode, nobody.stderr) == (1, "Not done: No signal is of a customer zed.\n")
