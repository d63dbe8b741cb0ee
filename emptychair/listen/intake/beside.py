"""A process beside the server that understands envelopes, so that no client waits for understanding."""

import contextlib
import logging
import os
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import IO, Any

import msgspec
import pyarrow as pa

from emptychair.ledger.understood import Counts, Line, Outcome, ParkedEvent, Understood
from emptychair.listen.intake.translating import Translator

log = logging.getLogger("emptychair.intake")
_LENGTH = struct.Struct("<Q")
# It gives way to the server: an answer to a client comes before what a question may see.
NICE = 10


class Question(msgspec.Struct, array_like=True):
    """What is sent to the process: envelopes as they lie in the journal, and news of what was said."""

    payloads: list[bytes]
    said: dict[str, Any] | None


class Answer(msgspec.Struct, array_like=True):
    """What comes back: two tables as Arrow, lines of the books, and what was parked."""

    signals: bytes
    more: bytes
    counts: list[tuple[date, str, str, str, str, int]]
    parked: list[ParkedEvent]


class Beside:
    """Asks a process of its own, begun when it is first needed; without one, understands by itself."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._process: subprocess.Popen[bytes] | None = None
        self._known: Mapping[str, Any] | None = None
        self._one_at_a_time = threading.Lock()
        self._is_given_up = False

    def understood(self, payloads: Sequence[bytes], said: Mapping[str, Any]) -> Understood:
        """What the envelopes say, under what was said of their sources."""
        with self._one_at_a_time:
            if not self._is_given_up:
                for _ in range(2):  # a process that was killed is begun again, once
                    with contextlib.suppress(OSError, EOFError, msgspec.MsgspecError):
                        return self._asked(payloads, said)
                    self._end()
                self._is_given_up = True
                log.error("the process that understands events does not run; the server does it by itself")
        return self._translator(payloads)

    def close(self) -> None:
        """End the process."""
        with self._one_at_a_time:
            self._end()

    def _asked(self, payloads: Sequence[bytes], said: Mapping[str, Any]) -> Understood:
        process = self._process or self._begin()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        news = dict(said) if self._known != said else None
        send(process.stdin, msgspec.msgpack.encode(Question(list(payloads), news)))
        answer = _ANSWERS.decode(receive(process.stdout))
        self._known = said
        return _as_understood(answer)

    def _begin(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "emptychair.listen.intake.worker"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        os.setpriority(os.PRIO_PROCESS, self._process.pid, NICE)
        self._known = None
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()  # type: ignore[union-attr]  # it was begun with a pipe
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process.stdout.close()  # type: ignore[union-attr]
            self._process = None


def send(pipe: IO[bytes], data: bytes) -> None:
    """One message: its length, then itself."""
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """The next message. Raises EOFError at the end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def as_answer(understood: Understood) -> Answer:
    """What goes back to the server."""
    return Answer(
        signals=_written(understood.signals),
        more=_written(understood.more),
        counts=[
            (line.day, line.source, line.client, line.outcome.value, line.reason, n)
            for line, n in understood.counts.items()
        ],
        parked=list(understood.parked),
    )


def _as_understood(answer: Answer) -> Understood:
    counts: Counts = Counter()
    for day, source, client, outcome, reason, n in answer.counts:
        counts[Line(day, source, client, Outcome(outcome), reason)] += n
    return Understood(
        signals=pa.ipc.open_stream(answer.signals).read_all(),
        more=pa.ipc.open_stream(answer.more).read_all(),
        counts=counts,
        parked=tuple(answer.parked),
    )


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


_ANSWERS = msgspec.msgpack.Decoder(Answer)
