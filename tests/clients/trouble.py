"""A way to a server on which requests meet 429, 503 and resets, before and after they arrived."""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

# After one that met trouble so many pass, so that every client has a chance at its next attempt.
CALM = 3
_HEADERS = (
    "content-type: application/json\r\nconnection: close\r\naccess-control-allow-origin: *\r\n"
    "access-control-expose-headers: retry-after\r\n"
)


class Kind(StrEnum):
    """What a request may meet."""

    TOO_FAST = "429"
    UNAVAILABLE = "503"
    RESET = "reset before it arrived"
    LOST = "its answer lost"


@dataclass
class Trouble:
    """A proxy at `port` in front of `upstream`; of each kind of trouble it makes at most `most`."""

    upstream: int
    seed: int
    most: int
    kinds: tuple[Kind, ...] = tuple(Kind)
    share: float = 0.2
    port: int = 0
    met: Counter[Kind] = field(default_factory=Counter)
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    _calm: int = 0

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)

    def next(self, method: str) -> Kind | None:
        """What the next request meets, None for nothing."""
        self._calm -= 1
        if method != "POST" or self._calm > 0 or self._rng.random() > self.share:
            return None
        open_kinds = [kind for kind in self.kinds if self.met[kind] < self.most]
        if not open_kinds:
            return None
        kind = self._rng.choice(open_kinds)
        self.met[kind] += 1
        self._calm = CALM + 1
        return kind

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        self.open.add(writer)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, OSError):
                while await self._one(reader, writer):
                    pass
        finally:
            writer.transport.abort()
            self.open.discard(writer)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head, body = await _message(reader)
        if not head:
            return False
        kind = self.next(head.split(b" ", 1)[0].decode())
        if kind is Kind.RESET:
            _reset(writer)
            return False
        if kind in (Kind.TOO_FAST, Kind.UNAVAILABLE):
            text = "Too Many Requests" if kind is Kind.TOO_FAST else "Service Unavailable"
            answer = f"HTTP/1.1 {kind} {text}\r\nretry-after: 1\r\ncontent-length: 2\r\n{_HEADERS}\r\n{{}}"
            writer.write(answer.encode())
            await writer.drain()
            return False
        answer_head, answer_body = await self._forwarded(head + body)
        if kind is Kind.LOST:
            _reset(writer)
            return False
        writer.write(answer_head + answer_body)
        await writer.drain()
        return True

    async def _forwarded(self, request: bytes) -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(request)
            await writer.drain()
            return await _message(reader, is_answer=True)
        finally:
            writer.transport.abort()


@contextmanager
def troubled(trouble: Trouble) -> Iterator[Trouble]:
    """The proxy while the block runs."""
    started = threading.Event()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        stop = asyncio.Event()
        ends.append((asyncio.get_running_loop(), stop))
        server = await asyncio.start_server(trouble.serve, "127.0.0.1", 0, limit=1 << 22)
        trouble.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()
        for writer in tuple(trouble.open):
            writer.transport.abort()
        while trouble.open:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)  # what was aborted is closed in the loop's next round

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    started.wait()
    try:
        yield trouble
    finally:
        loop, stop = ends[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _message(reader: asyncio.StreamReader, *, is_answer: bool = False) -> tuple[bytes, bytes]:
    """Head and body of a request or an answer; both empty at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b"", b""
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    }
    if is_answer and head.split(b" ", 2)[1] == b"204":
        return head, b""
    if "chunked" in headers.get("transfer-encoding", ""):
        return head, await _chunks(reader)
    return head, await reader.readexactly(int(headers.get("content-length", 0)))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """A chunked body as it was sent."""
    found = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        chunk = await reader.readexactly(int(size.split(b";")[0], 16) + 2)
        found += size + chunk
        if size.startswith(b"0"):
            return found


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset, not with an end."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
