"""A server killed under eight clients loses nothing that it acknowledged, and doubles nothing."""

import gzip
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.clients.company import Company, begun, counted, names, served

CLIENTS = 8
BATCH = 20


@dataclass
class Sender:
    """One client: sends batch after batch until it is told to stop, each until it is acknowledged."""

    number: int
    url: str
    key: str
    acknowledged: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)

    def run(self, stop: threading.Event) -> None:
        chance = random.Random(self.number)
        turn = 0
        with httpx.Client(timeout=5, headers={"Authorization": f"Bearer {self.key}"}) as client:
            while not stop.is_set():
                batch = [f"c{self.number}t{turn}n{place}" for place in range(BATCH)]
                self.sent.update(batch)
                body = gzip.compress(json.dumps({"batch": [self._event(name) for name in batch]}).encode())
                if self._delivered(client, body, stop):
                    self.acknowledged += batch
                    if chance.random() < 0.2:  # as a client does that heard no answer
                        self._delivered(client, body, stop)
                turn += 1

    def _event(self, name: str) -> dict[str, object]:
        return {"type": "track", "event": name, "messageId": name, "userId": f"u{hash(name) % 97}"}

    def _delivered(self, client: httpx.Client, body: bytes, stop: threading.Event) -> bool:
        while not stop.is_set():
            try:
                if client.post(f"{self.url}/v1/batch", content=body).status_code == 200:
                    return True
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        return False


@contextmanager
def sending(senders: list[Sender]) -> Iterator[None]:
    """All of them send while the block runs."""
    stop = threading.Event()
    threads = [threading.Thread(target=sender.run, args=(stop,)) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def killed(company: Company, times: int, chance: random.Random) -> None:
    """Kill the server at random moments, and begin it again on the same port."""
    for _ in range(times):
        time.sleep(chance.uniform(0.2, 2.0))
        company.process.kill()
        company.process.wait()
        company.process, _ = begun(company.home, company.port)


@pytest.mark.parametrize(
    "kills", [2, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(3_000)])]
)
def test_what_was_acknowledged_is_there_once_however_often_the_server_is_killed(
    kills: int, tmp_path: Path
) -> None:
    with served(tmp_path) as company:
        source, key = company.source("Web")
        senders = [Sender(number, company.url, key) for number in range(CLIENTS)]
        with sending(senders):
            killed(company, kills, random.Random(kills))
            time.sleep(1)
        sent = set().union(*(sender.sent for sender in senders))
        acknowledged = Counter(name for sender in senders for name in sender.acknowledged)
    stored, books = names(tmp_path, source), counted(tmp_path, source)
    lost = acknowledged.keys() - stored.keys()
    doubled = {name: n for name, n in stored.items() if n > 1}
    assert (lost, doubled) == (set(), {})
    assert stored.keys() <= sent
    assert len(acknowledged) >= kills * CLIENTS
    assert books["heard"] == sum(n for outcome, n in books.items() if outcome != "heard")
    assert books["stored"] == len(stored)
