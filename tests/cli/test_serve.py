"""The commands beside a running server: they talk to it, and say the same."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Run

PLANS = ("basic", "plus")
CONTRACTS = "customer,start,end,plan\n" + "".join(
    f"c{n},2023-0{n % 9 + 1}-11,{'' if n % 3 else f'2024-0{n % 7 + 1}-02'},{PLANS[n % 2]}\n"
    for n in range(60)
)
ANSWERS = "customer,answered at,nps score,comment\n" + "".join(
    f"c{n},2024-0{n % 8 + 1}-15,{n % 11},fine {n}\n" for n in range(60)
)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    contracts, answers = tmp_path / "contracts.csv", tmp_path / "answers.csv"
    contracts.write_text(CONTRACTS)
    answers.write_text(ANSWERS)
    return [contracts, answers]


@pytest.fixture
def server(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        sys.executable,
        "-m",
        "emptychair",
        "serve",
        "--home",
        str(tmp_path / "home"),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, text=True, env=dict(os.environ))
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while not is_alive(url):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def is_alive(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez").status_code == 200
    except httpx.TransportError:
        return False


def metrics(told: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(told)
    return found


def test_a_running_server_takes_the_files_and_says_the_same_numbers(
    run: Run, files: list[Path], server: "subprocess.Popen[str]"
) -> None:
    taken = run("import", *files, "--json")
    assert taken.returncode == 0, taken.stderr
    served = [
        run("score", "--json", *more).stdout for more in ((), ("--by", "plan"), ("--from", "2024-01-01"))
    ]
    listed = json.loads(run("imports", "--json").stdout)
    assert [one["status"] for one in listed] == ["done", "done"]
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) == 0
    alone = [
        run("score", "--json", *more).stdout for more in ((), ("--by", "plan"), ("--from", "2024-01-01"))
    ]
    assert [metrics(told) for told in served] == [metrics(told) for told in alone]
    assert {metric["name"] for metric in metrics(alone[0])} >= {"retention_rate", "nps", "survival_12m"}


def test_an_import_is_taken_back_through_the_server(
    run: Run, files: list[Path], server: "subprocess.Popen[str]"
) -> None:
    import_id = json.loads(run("import", files[1], "--json").stdout)[0]["import"]
    assert run("withdraw", import_id).returncode == 0
    assert metrics(run("score", "--json").stdout) == []
    assert run("import", files[0], "--dry-run").returncode == 0
    assert json.loads(run("imports", "--json").stdout)[0]["status"] == "withdrawn"


def test_a_port_that_is_taken_is_refused_in_one_line_and_the_home_stays_free(
    run: Run, files: list[Path]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = run("serve", "--port", taken.getsockname()[1])
    assert refused.returncode == 1
    assert "choose another --port" in refused.stderr
    assert run("import", files[0]).returncode == 0
