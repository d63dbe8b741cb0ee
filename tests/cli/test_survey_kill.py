"""The server is killed while people answer: who was thanked has answered, once."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.tending import tend
from tests.browser.conftest import free_port
from tests.ledger.making import rows

ROUNDS, CLIENTS = 5, 4
# So that fewer than ten answer within a second: more look like a machine, and are left out.
PAUSE = 0.5


@dataclass
class Running:
    """The server, which is killed and started again while others ask it."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    thanked: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "emptychair",
            "serve",
            "--home",
            str(self.home),
            "--port",
            str(self.port),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/livez").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """End it as the kernel would when there is no memory left."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def program(self, method: str, path: str, **data: str) -> dict[str, str]:
        """What the command line's token may do."""
        token = (self.home / "run" / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        answer = httpx.request(method, self.url + path, data=data, headers=headers)
        assert answer.status_code < 300, answer.text
        found: dict[str, str] = answer.json()
        return found


def post(running: Running, slug: str, fields: dict[str, str]) -> dict[str, str]:
    """One page of answers, as the page itself would send it."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = httpx.post(f"{running.url}/s/{slug}.json", data=fields, headers=headers, timeout=5)
    found: dict[str, str] = answer.json()
    return found


def answer_on(running: Running, slug: str, client: int, stopping: threading.Event) -> None:
    """Somebody who answers again and again, presses the last button until it is answered, and is human."""
    number = 0
    while not stopping.is_set():
        number += 1
        words = f"client {client} answer {number}"
        running.tried.append(words)
        token, is_over = "", False
        while not is_over and not stopping.is_set():
            fields = {"t": token, "page": "0", "go": "next", "a.miss": "c1"}
            try:
                if not token:
                    first = post(running, slug, fields)
                    token = str(first["t"])
                for page in ("1", "2", "3"):
                    sent = {"t": token, "page": page, "go": "next"} | (
                        {"a.who": words} if page == "1" else {}
                    )
                    told = post(running, slug, sent)
                is_over = told.get("state") == "completed"
            except (httpx.TransportError, ValueError, KeyError):
                time.sleep(0.05)
        if is_over:
            running.thanked.append(words)
            time.sleep(PAUSE)


def seal_on(running: Running, slug: str, client: int, stopping: threading.Event) -> None:
    """Employees who answer one after the other; the last button is pressed until there are thanks."""
    number = 0
    while not stopping.is_set():
        number += 1
        words = f"client {client} answer {number}"
        running.tried.append(words)
        last = {"page": "2", "go": "next", "a.enps": "9", "a.enps_why": words, "once": f"{words} of {slug}"}
        is_over = False
        while not is_over and not stopping.is_set():
            try:
                is_over = post(running, slug, last).get("state") == "completed"
            except (httpx.TransportError, ValueError):
                time.sleep(0.05)
        if is_over:
            running.thanked.append(words)
            time.sleep(PAUSE)


@pytest.mark.slow
@pytest.mark.parametrize(("start", "answering"), [("fit", answer_on), ("pulse", seal_on)])
def test_nothing_acknowledged_is_lost_or_doubled(
    start: str, answering: Callable[[Running, str, int, threading.Event], None], tmp_path: Path
) -> None:
    running = Running(home=tmp_path / "home", port=free_port())
    running.start()
    made = running.program("POST", "/surveys", start=start)
    running.program("POST", f"/surveys/{made['id']}/opening")
    slug = made["address"].rpartition("/")[2]
    stopping, rng = threading.Event(), random.Random(7)
    clients = [
        threading.Thread(target=answering, args=(running, slug, number, stopping))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for _ in range(ROUNDS):
        time.sleep(1 + 2 * rng.random())
        running.kill()
        running.start()
    time.sleep(1)
    stopping.set()
    for client in clients:
        client.join()
    running.program("POST", f"/surveys/{made['id']}/closing")
    assert running.process is not None
    running.process.terminate()
    running.process.wait(timeout=60)
    said = said_in(running.home)
    assert len(running.thanked) > CLIENTS * ROUNDS
    assert [words for words in running.thanked if said[words] != 1] == []
    assert [words for words, n in said.items() if n > 1 or words not in running.tried] == []


def said_in(home: Path) -> Counter[str]:
    """How often each text is in the ledger, after everything that waits was let out."""
    ledger, desk, now = Ledger.open(home), Desk.open(home / "desk.sqlite3"), datetime.now(UTC)
    tend(desk, ledger, now)
    ledger.load(now)
    said = Counter(str(row["text"]) for row in rows(ledger) if row["kind"] in ("said", "rated"))
    desk.close()
    ledger.close()
    return said
