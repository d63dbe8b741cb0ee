"""A process beside the server that reads, so that neither clients nor questions wait for a bulk of texts."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence

from emptychair.listen.intake.piped import receive, send

# Everything else of the machine comes first: nobody waits for a reading.
NICE = 19
# Seconds that an answer may still take when everything is to end.
PATIENCE = 2


class Process:
    """A module of ours run as a program that answers messages; begun when it is needed, ended by `close`."""

    def __init__(
        self, module: str, arguments: Sequence[str], secrets: Mapping[str, str] | None = None
    ) -> None:
        """`secrets` are told in its environment: everybody on the machine reads arguments."""
        self._command = [sys.executable, "-m", module, *arguments]
        self._secrets = dict(secrets or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        self._is_stopped = False

    def ask(self, message: bytes) -> bytes:
        """Its answer. Raises OSError or EOFError when it was stopped, or killed twice."""
        with self._one_at_a_time:
            with contextlib.suppress(OSError, EOFError):
                return self._asked(message)
            self._end()
            if self._is_stopped:
                raise EOFError
            return self._asked(message)

    def stop(self) -> None:
        """End it for good, also in the middle of an answer that takes longer than anybody should wait."""
        self._is_stopped = True
        if self._one_at_a_time.acquire(timeout=PATIENCE):
            self._one_at_a_time.release()
        elif (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the process, and give its memory back; the next message begins it again."""
        with self._one_at_a_time:
            self._end()

    def _asked(self, message: bytes) -> bytes:
        process = self._process or self._begin()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        send(process.stdin, message)
        return receive(process.stdout)

    def _begin(self) -> "subprocess.Popen[bytes]":
        self._process = subprocess.Popen(  # noqa: S603
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **self._secrets} if self._secrets else None,
        )
        with contextlib.suppress(OSError):  # it may be gone already
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICE)
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]  # it was begun with a pipe
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]
        self._process = None
