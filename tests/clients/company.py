"""A served company, with a source for every client, and what its ledger holds at the end."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.listen.intake.translating import Translator


@dataclass
class Company:
    """A running server: its home, its port, and the way in of its command line."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, **fields: Any) -> Any:
        """The JSON that an owner's program gets."""
        token = (self.home / "run" / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        answer = httpx.request(method, self.url + path, headers=headers, json=fields or None, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def source(self, name: str, **settings: Any) -> tuple[str, str]:
        """(id, write key) of a new source that may send as fast as it likes."""
        made = self.ask("POST", "/sources", name=name)
        self.ask("POST", f"/sources/{made['id']}", **{"events_per_second": 1_000_000, **settings})
        return made["id"], made["keys"][0]["key"]

    def books(self, source: str) -> dict[str, Any]:
        """The books of a source."""
        found: dict[str, Any] = self.ask("GET", f"/sources/{source}?days=0")["books"]
        return found

    def settled(self, source: str, least: int, seconds: float = 30) -> dict[str, Any]:
        """The books when so many events have been heard."""
        until = time.monotonic() + seconds
        while (books := self.books(source))["heard"] < least and time.monotonic() < until:
            time.sleep(0.2)
        return books

    def quiet(self, source: str, seconds: float) -> dict[str, Any]:
        """The books when nothing more was heard for so long: a library may wait before it tries again."""
        books, since = self.books(source), time.monotonic()
        while time.monotonic() < since + seconds:
            time.sleep(0.5)
            if (now := self.books(source)) != books:
                books, since = now, time.monotonic()
        return books


@contextmanager
def served(home: Path, *, port: int = 0, **environment: str) -> Iterator[Company]:
    """A company that is served while the block runs."""
    company = Company(home, *reversed(begun(home, port, environment)))
    try:
        yield company
    finally:  # the process that runs now: a test may have killed others
        company.process.terminate()
        company.process.wait(timeout=60)


def begun(
    home: Path, port: int = 0, environment: dict[str, str] | None = None
) -> tuple["subprocess.Popen[bytes]", int]:
    """A server that answers, and its port."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EMPTYCHAIR_")}
    words = [sys.executable, "-m", "emptychair", "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, env={**clean, "EMPTYCHAIR_READING": "off", **(environment or {})}
    )
    until = time.monotonic() + 60
    while not _is_alive(port):
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.05)
    return process, port


def _is_alive(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/livez", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def counted(home: Path, source: str) -> Counter[str]:
    """What became of the events of a source, by outcome, in the books of a company that is not served."""
    ledger = Ledger.open(home, translate=Translator())
    try:
        found: Counter[str] = Counter()
        for line, n in ledger.books().items():
            if line.source == source:
                found[line.outcome.value] += n
        return found
    finally:
        ledger.close()


def names(home: Path, source: str) -> Counter[str]:
    """How often each event name of a source is in the ledger of a company that is not served."""
    ledger = Ledger.open(home, translate=Translator())
    try:
        asked = question(
            "select name, count(*) as n from signals where source = :source and kind = 'did' group by name",
            source=source,
        )
        return Counter({row["name"]: row["n"] for row in ledger.ask(asked).to_pylist()})
    finally:
        ledger.close()
