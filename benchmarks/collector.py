"""Events taken in over HTTP and acknowledged from disk, beside the same server that keeps nothing."""

import asyncio
import gzip
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import Ratio, Sense

CONNECTIONS = 64
SECONDS = 6.0
BATCH = 100
# The product as `emptychair serve` runs it; without a store the ledger says yes to everything.
_SERVER = """
import os, sys
from pathlib import Path
from emptychair import app
from emptychair.config import read
from emptychair.desk import sources, write_keys
from emptychair.ledger.ledger import Ledger
home, port, stores = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "store"
config = read({}, home=home, port=port)
desk = app.open_desk(config)
with desk.begin() as tx:
    source = sources.create(tx, kind="collector", name="Web", by="cli", now=app.clock(),
                            terms={"events_per_second": 100_000_000})
    key = write_keys.issue(tx, source.id, by="cli", now=app.clock()).key
desk.close()
if not stores:
    Ledger.hand_over = lambda self, envelope, done: done(None)
app.serve(config, lambda text: print(key, flush=True))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Events a second, the slowest hundredth in seconds, CPU seconds of the server an event."""

    per_second: float
    p99: float
    cpu: float
    events: int
    behind_seconds: float = 0.0


def event(number: int) -> dict[str, object]:
    """An event as a server library writes it."""
    return {
        "integrations": {},
        "anonymousId": f"anon-{number % 5000}",
        "properties": {"plan": "pro", "total": 9.5, "order_id": f"o{number}", "path": "/pricing"},
        "timestamp": "2026-01-02T03:04:05.000+00:00",
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "userId": f"u{number % 20000}",
        "type": "track",
        "event": "Clicked",
        "messageId": f"{os.getpid():08x}-{number:012x}-{time.time_ns():x}",
    }


def requests(key: str, *, batch: int) -> Iterator[bytes]:
    """Requests for ever, every event once."""
    number = 0
    while True:
        events = [event(n) for n in range(number, number + batch)]
        number += batch
        if batch > 1:
            body = gzip.compress(json.dumps({"batch": events, "sentAt": "2026-11-28T04:19:28Z"}).encode(), 1)
            path = "/v1/batch"
        else:
            body, path = json.dumps(events[0]).encode(), "/v1/track"
        yield (
            f"POST {path}?writeKey={key} HTTP/1.1\\r\\nHost: chair\\r\\nContent-Type: application/json\\r\\n"
            f"Content-Length: {len(body)}\\r\\n\\r\\n"
        ).replace("\\r\\n", "\r\n").encode() + body


class _Client(asyncio.Protocol):
    """One connection that sends the next request when the last was answered with 200."""

    def __init__(self, load: "_Load") -> None:
        self.load, self.sent_at, self.buffer = load, 0.0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = self.load.next()
        if request is None:
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if b"}" not in self.buffer:
            return
        if not self.buffer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(self.buffer.decode())
        self.buffer = b""
        self.load.took.append(time.perf_counter() - self.sent_at)
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        self.load.left()


class _Load:
    """Requests made beforehand, given out until the time is over."""

    def __init__(self, made: list[bytes], seconds: float) -> None:
        self.made, self.took, self.open = iter(made), [], CONNECTIONS
        self.until = time.perf_counter() + seconds
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next(self) -> bytes | None:
        return next(self.made, None) if time.perf_counter() < self.until else None

    def left(self) -> None:
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)


async def _sent(port: int, made: list[bytes], seconds: float) -> tuple[list[float], float]:
    loop, load = asyncio.get_running_loop(), _Load(made, seconds)
    began = time.perf_counter()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: _Client(load), "127.0.0.1", port)
    await load.done
    return load.took, time.perf_counter() - began


@contextmanager
def served(home: Path, *, stores: bool) -> Iterator[tuple[int, str, int]]:
    """(port, write key, process id) of a server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-c", _SERVER, str(home), str(port), "store" if stores else "keep nothing"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        key = (process.stdout or iter(())).readline().strip()  # type: ignore[union-attr]
        _await(port)
        yield port, key, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(*, stores: bool, batch: int, made_for: int) -> Run:
    """One run against a server of its own."""
    with tempfile.TemporaryDirectory() as home, served(Path(home), stores=stores) as (port, key, pid):
        source = requests(key, batch=batch)
        made = [next(source) for _ in range(made_for)]
        asyncio.run(_sent(port, made[:200], 1.0))
        before = _cpu(pid)
        took, seconds = asyncio.run(_sent(port, made[200:], SECONDS))
        cpu = _cpu(pid) - before
    events = len(took) * batch
    return Run(
        per_second=events / seconds,
        p99=statistics.quantiles(took, n=100)[98],
        cpu=cpu / events,
        events=events,
    )


def main() -> list[Ratio]:
    """Batches of a hundred, then single events, each stored and not stored, in turns."""
    ratios = []
    for batch, name, made_for in ((BATCH, "gzip batches of 100", 12_000), (1, "single events", 60_000)):
        pairs = [
            (
                run(stores=True, batch=batch, made_for=made_for),
                run(stores=False, batch=batch, made_for=made_for),
            )
            for _ in range(3)
        ]
        kept, forgot = sorted(pairs, key=lambda pair: pair[0].per_second / pair[1].per_second)[1]
        told = f"{kept.cpu * 1e6:.1f} us CPU an event, p99 {kept.p99 * 1e3:.0f} ms"
        ratios.append(
            Ratio(
                name=f"acknowledged, {name} ({told})",
                ours=kept.per_second,
                peer=forgot.per_second,
                peer_name="the same without a store",
                bar=0.6,
                sense=Sense.AT_LEAST,
                unit="/s",
            )
        )
    return ratios
