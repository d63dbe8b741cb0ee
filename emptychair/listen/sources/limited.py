"""A child process that reads what strangers wrote: bounded in processor, memory and time."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass

from emptychair.listen.intake.piped import receive, send

SECONDS = 20.0


class TooHard(Exception):
    """Something could not be read within the limits, or at all; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What reading one thing may cost: processor seconds, bytes of memory, seconds by the clock."""

    cpu: int = 10
    memory: int = 1 << 30
    seconds: float = SECONDS


class Limited:
    """Asks the child, begun when it is first needed. Thread-safe; one thing at a time."""

    def __init__(self, limit: Limit | None = None) -> None:
        self._limit = limit or Limit()
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def read(self, what: str, raw: bytes) -> bytes:
        """What the child's reader of this name makes of some bytes: JSON. Raises TooHard."""
        with self._one_at_a_time:
            process = self._process or self._begin()
            timer = threading.Timer(self._limit.seconds, process.kill)
            timer.start()
            try:
                answer = _asked(process, what, raw)
            except (OSError, EOFError):
                raise TooHard(self._end(killed=True)) from None
            finally:
                timer.cancel()
        if answer[:1] != b"+":
            raise TooHard(answer[1:].decode("utf-8", "replace"))
        return answer[1:]

    def close(self) -> None:
        """End the child."""
        with self._one_at_a_time:
            if self._process is not None:
                self._end(killed=False)

    def _begin(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "emptychair.listen.sources.child"]
        limits = [str(self._limit.cpu), str(self._limit.memory)]
        # Nothing of the server's environment: it holds passwords, and the child reads what strangers wrote.
        environment = {
            name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ
        }
        self._process = subprocess.Popen(  # noqa: S603
            [*command, *limits], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        return self._process

    def _end(self, *, killed: bool) -> str:
        """End the child; why it ended, in words."""
        process, self._process = self._process, None
        if process is None:
            return "it is not running"
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            status = process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        if not killed:
            return "it was ended"
        if status == -signal.SIGXCPU:
            return f"it took more than {self._limit.cpu} seconds of processor to read"
        if status == -signal.SIGKILL:
            return f"it took more than {self._limit.seconds:.0f} seconds to read"
        return f"the process that read it ended ({status})"


def _asked(process: "subprocess.Popen[bytes]", what: str, raw: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    send(process.stdin, what.encode())
    send(process.stdin, raw)
    return receive(process.stdout)
