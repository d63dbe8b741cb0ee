"""Whether questions keep up with what is taken in, and what an acknowledgement takes while they are asked."""

import asyncio
import json
import statistics
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

from benchmarks import Ratio, Sense
from benchmarks.collector import BATCH, requests, served

OFFERED = 50_000
SECONDS = 20.0
CALM = 2_000
CONNECTIONS = 16


class _Paced(asyncio.Protocol):
    """One of several connections that send at a common pace, one request at a time each."""

    def __init__(self, pace: "_Pace") -> None:
        self.pace, self.due, self.buffer = pace, 0.0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.later()

    def later(self) -> None:
        found = self.pace.next()
        if found is None:
            self.transport.close()
            return
        self.due, request = found
        loop = asyncio.get_running_loop()
        loop.call_at(max(self.due, loop.time()), self.transport.write, request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if b"}" not in self.buffer:
            return
        self.pace.answers[self.buffer[9:12].decode()] += 1
        self.buffer = b""
        # Counted from when it was due: a server that makes its clients wait does not look quicker for it.
        self.pace.took.append(asyncio.get_running_loop().time() - self.due)
        self.later()

    def connection_lost(self, error: Exception | None) -> None:
        self.pace.left()


class _Pace:
    """Requests and when each is due."""

    def __init__(self, made: list[bytes], every: float) -> None:
        loop = asyncio.get_running_loop()
        self.made, self.every, self.number = made, every, 0
        self.begin = loop.time() + 0.1
        self.took: list[float] = []
        self.answers: Counter[str] = Counter()
        self.open, self.done = CONNECTIONS, loop.create_future()

    def next(self) -> tuple[float, bytes] | None:
        if self.number == len(self.made):
            return None
        self.number += 1
        return self.begin + (self.number - 1) * self.every, self.made[self.number - 1]

    def left(self) -> None:
        self.open -= 1
        if not self.open:
            self.done.set_result(None)


async def _sent(port: int, made: list[bytes], per_second: float) -> _Pace:
    loop, pace = asyncio.get_running_loop(), _Pace(made, BATCH / per_second)
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: _Paced(pace), "127.0.0.1", port)
    await pace.done
    if set(pace.answers) != {"200"}:
        raise SystemExit(f"not all were taken: {dict(pace.answers)}")
    return pace


class _Owner:
    """A program of the owner: what questions see, and heavy questions again and again."""

    def __init__(self, home: Path, port: int) -> None:
        token = (home / "run" / "token").read_text().strip()
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> dict[str, object]:
        asked = urllib.request.Request(self._url + path, headers=self._headers)
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return dict(json.load(answer))

    def heard(self) -> int:
        """How many events questions see."""
        found = self.get("/sources?days=0")["sources"]
        assert isinstance(found, list)
        return sum(int(source["books"]["heard"]) for source in found)

    def ask_until(self, stop: threading.Event) -> None:
        """The scorecard, with every option, as it is now; it is never the same, since signals arrive."""
        while not stop.is_set():
            self.get("/scorecard?audience=customer&by=plan")


def kept_up() -> float:
    """Events a second that questions see, from the first sent to the last seen."""
    with tempfile.TemporaryDirectory() as home, served(Path(home), stores=True) as (port, key, _):
        source, owner = requests(key, batch=BATCH), _Owner(Path(home), port)
        made = [next(source) for _ in range(int(OFFERED * SECONDS / BATCH))]
        began = time.perf_counter()
        asyncio.run(_sent(port, made, OFFERED))
        while owner.heard() < len(made) * BATCH:
            time.sleep(0.1)
        return len(made) * BATCH / (time.perf_counter() - began)


def while_asked() -> tuple[float, float]:
    """Seconds of the slowest hundredth of acknowledgements: alone, and beside checkpoints and scorecards."""
    with tempfile.TemporaryDirectory() as home, served(Path(home), stores=True) as (port, key, _):
        source, owner = requests(key, batch=BATCH), _Owner(Path(home), port)
        # So much is in the ledger, and so much waits to be written down by a checkpoint.
        asyncio.run(_sent(port, [next(source) for _ in range(4_000)], 30_000))
        while owner.heard() < 400_000:
            time.sleep(0.2)
        made = [next(source) for _ in range(int(CALM * SECONDS / BATCH))]
        alone = asyncio.run(_sent(port, made, CALM)).took
        stop = threading.Event()
        asking = threading.Thread(target=owner.ask_until, args=(stop,))
        asking.start()
        made = [next(source) for _ in range(int(10 * CALM * SECONDS / BATCH))]
        busy = asyncio.run(_sent(port, made, 10 * CALM)).took
        stop.set()
        asking.join()
        return statistics.quantiles(alone, n=100)[98], statistics.quantiles(busy, n=100)[98]


def main() -> list[Ratio]:
    """How fast questions follow; the acknowledgement while they are asked."""
    alone, busy = while_asked()
    return [
        Ratio(
            name=f"seen by questions at {OFFERED:,} events/s offered",
            ours=kept_up(),
            peer=40_000,
            peer_name="stated",
            bar=1.0,
            sense=Sense.AT_LEAST,
            unit="/s",
        ),
        Ratio(
            name=f"p99 of an acknowledgement at {10 * CALM:,} events/s beside checkpoints and scorecards "
            f"(at {CALM:,}/s alone: {alone * 1e3:.0f} ms)",
            ours=busy,
            peer=0.25,
            peer_name="stated",
            bar=1.0,
            sense=Sense.AT_MOST,
        ),
    ]
