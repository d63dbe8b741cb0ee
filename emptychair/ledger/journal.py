"""The journal acknowledges: batches appended to checksummed segments, one fdatasync for all who wait."""

import errno
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from emptychair.ledger import segment
from emptychair.ledger.durable import sync_folder
from emptychair.ledger.errors import JournalFullError, JournalSyncError, LedgerClosedError
from emptychair.ledger.recovery import Recovered, recover, segment_path

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SEGMENT_BYTES = 64 << 20
# Where several came together before, so many more come within a thousandth of a second that it is worth the
# wait: a sync costs as much as 25 requests. One client alone never waits.
GATHERING_SECONDS = 0.001
# writev takes 1,024 pieces (IOV_MAX).
_AT_ONCE = 1_000

Done = Callable[[Exception | None], None]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the journal: everything before it is in the projection."""

    segment: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Batches read from one segment, and the position behind them."""

    payloads: tuple[bytes, ...]
    position: Position


@dataclass(slots=True)
class _Tail:
    """The segment that is written to: `durable` is the offset up to which it was synced."""

    number: int
    descriptor: int
    durable: int


class Journal:
    """Append-only segments in one folder; thread-safe."""

    def __init__(self, folder: Path, *, above: int = 0, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Recover what lies in `folder`; new segments get numbers greater than `above`."""
        self._folder = folder
        self._segment_bytes = segment_bytes
        self.recovered: Recovered = recover(folder)
        self._ends = dict(self.recovered.ends)
        self._number = max([above, *self._ends])
        self._sequence = self.recovered.next_sequence
        self._tail: _Tail | None = None
        self._pending: list[tuple[bytes, Done]] = []
        self._wake = threading.Condition()
        self._is_idle = False
        self._writing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, payload: bytes) -> "Future[None]":
        """Hand over one batch; the future is done when it is durable, or failed."""
        future: Future[None] = Future()

        def done(failure: Exception | None) -> None:
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)

        self.hand_over(payload, done)
        return future

    def hand_over(self, payload: bytes, done: Done) -> None:
        """As `submit`; the journal's thread calls `done` with None when it is durable, or with why not.

        `done` must be quick, for it keeps the next commit waiting, and must not raise.
        """
        with self._wake:
            if self._closed:
                raise LedgerClosedError("the journal is closed")
            self._pending.append((payload, done))
            if self._is_idle:
                self._wake.notify()

    def end(self) -> Position:
        """The position behind the last durable batch."""
        with self._writing:
            number = max(self._ends, default=self._number)
            return Position(number, self._ends.get(number, 0))

    def lag(self, position: Position) -> int:
        """Durable bytes behind `position`, in all segments."""
        with self._writing:
            ends = dict(self._ends)
        return sum(
            max(end - (position.offset if number == position.segment else segment.HEADER_BYTES), 0)
            for number, end in ends.items()
            if number >= position.segment
        )

    def read(self, position: Position, limit: int) -> Chunk:
        """Durable batches from `position` on, about `limit` bytes, of one segment; none at the end."""
        with self._writing:
            ends = sorted(self._ends.items())
        for number, end in ends:
            start = position.offset if number == position.segment else segment.HEADER_BYTES
            if number < position.segment or start >= end:
                continue
            return self._read(number, start, end, limit)
        return Chunk(payloads=(), position=position)

    def has(self, position: Position) -> bool:
        """True when `position` lies in the journal: False tells of a projection that is not its own."""
        with self._writing:
            return position.offset <= self._ends.get(position.segment, -1)

    def closed(self) -> list[int]:
        """The numbers of the segments that nothing will be appended to, oldest first."""
        with self._writing:
            return sorted(n for n in self._ends if self._tail is None or n != self._tail.number)

    def rotate(self) -> None:
        """Close the segment that is written to; the next batch opens a new one."""
        with self._writing:
            self._release()

    def forget(self, upto: int) -> None:
        """Delete the closed segments with numbers up to `upto`: what they held is in the lake."""
        for number in self.closed():
            if number <= upto:
                segment_path(self._folder, number).unlink(missing_ok=True)
                with self._writing:
                    del self._ends[number]
                    self._number = max(self._number, number)
        sync_folder(self._folder)

    def close(self) -> None:
        """Write what is pending, then stop."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()
        self.rotate()

    def _read(self, number: int, start: int, end: int, limit: int) -> Chunk:
        with segment_path(self._folder, number).open("rb") as file:
            file.seek(start)
            data = file.read(min(limit, end - start))
            if start + len(data) < end:
                data += file.read(max(segment.needed(data) - len(data), 0))
        whole = start + len(data) >= end
        payloads: list[bytes] = []
        at = start
        for found in segment.records(data, 0, start):
            if isinstance(found, segment.Damage) and found.end == start + len(data) and not whole:
                break
            at = found.end
            if isinstance(found, segment.Record):
                payloads.append(found.payload)
        if at == start and not whole:
            return self._read(number, start, end, end - start)
        return Chunk(payloads=tuple(payloads), position=Position(number, at))

    def _run(self) -> None:
        several = False
        while True:
            with self._wake:
                self._is_idle = not self._pending
                while not self._pending and not self._closed:
                    self._wake.wait()
                self._is_idle = False
            if several and not self._closed:
                time.sleep(GATHERING_SECONDS)
            with self._wake:
                batch, self._pending = self._pending, []
            if not batch:
                return
            several = len(batch) > 1
            with self._writing:
                failure = self._commit([payload for payload, _ in batch])
            for _, done in batch:
                done(failure)

    def _commit(self, payloads: list[bytes]) -> Exception | None:
        """Write and sync; the error that all waiters get, or None when the batches are durable."""
        pieces = [piece for payload in payloads for piece in (segment.prefix(payload), payload)]
        try:
            tail = self._tail or self._open_tail()
            written = _write(tail.descriptor, pieces)
        except OSError as error:
            self._cut_back()
            if error.errno in _FULL:
                return JournalFullError("the disk is full: free some space; nothing has to be restarted")
            return JournalSyncError(f"the journal could not be written: {error}")
        try:
            os.fdatasync(tail.descriptor)
        except OSError as error:
            # After a failed sync the kernel may call the pages clean: only a fresh file can prove anything.
            self._cut_back()
            self._release()
            return JournalSyncError(f"the journal could not be made durable: {error}")
        tail.durable += written
        self._ends[tail.number] = tail.durable
        self._sequence += len(payloads)
        if tail.durable >= self._segment_bytes:
            self._release()
        return None

    def _open_tail(self) -> _Tail:
        number = self._number + 1
        path = segment_path(self._folder, number)
        # A leftover of a start that failed holds nothing acknowledged.
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            _write(descriptor, [segment.header(number, self._sequence)])
            os.fdatasync(descriptor)
            sync_folder(self._folder)
        except OSError:
            os.close(descriptor)
            raise
        self._number = number
        self._tail = _Tail(number, descriptor, segment.HEADER_BYTES)
        self._ends[number] = segment.HEADER_BYTES
        return self._tail

    def _cut_back(self) -> None:
        """Remove what was written behind the last durable offset; it was never acknowledged."""
        if self._tail is not None:
            with suppress(OSError):
                os.ftruncate(self._tail.descriptor, self._tail.durable)

    def _release(self) -> None:
        if self._tail is not None:
            with suppress(OSError):
                os.close(self._tail.descriptor)
            self._tail = None


def _write(descriptor: int, pieces: list[bytes]) -> int:
    """Write the pieces one after the other, without copying them together first; how many bytes they are."""
    total = 0
    for begin in range(0, len(pieces), _AT_ONCE):
        views = [memoryview(piece) for piece in pieces[begin : begin + _AT_ONCE]]
        while views:
            written = os.writev(descriptor, views)
            total += written
            while views and written >= len(views[0]):
                written -= len(views.pop(0))
            if views and written:
                views[0] = views[0][written:]
    return total
