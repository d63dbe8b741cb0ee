"""An embedder in a process beside the server, so that nobody waits for a bulk of texts."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

import msgspec
import numpy as np

from emptychair.listen.intake.piped import receive, send
from emptychair.understand.language.embedding import Embedder, Tier, Vectors, embedder

# Everything else of the machine comes first: nobody waits for a vector.
NICE = 19


class Beside:
    """As the embedder of a tier; the process is begun when it is first needed, and ended by `close`."""

    def __init__(self, tier: Tier) -> None:
        self._tier = tier
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        self.name, self.width = _KNOWN[tier]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As Embedder. Raises OSError or EOFError when the process was killed twice."""
        if not texts:
            return np.zeros((0, self.width), np.float32)
        with self._one_at_a_time:
            with contextlib.suppress(OSError, EOFError):
                return self._asked(texts)
            self._end()  # a process that was killed is begun again, once
            return self._asked(texts)

    def close(self) -> None:
        """End the process, which is begun again when it is needed."""
        with self._one_at_a_time:
            self._end()

    def _asked(self, texts: Sequence[str]) -> Vectors:
        process = self._process or self._begin()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        send(process.stdin, msgspec.msgpack.encode([text.encode("utf-8", "replace") for text in texts]))
        answer = np.frombuffer(receive(process.stdout), np.float32)
        return answer.reshape(len(texts), self.width)

    def _begin(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "emptychair.understand.language.beside", self._tier]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
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


_KNOWN = {Tier.SMALL: ("all-minilm-l6-v2-int8.1", 384), Tier.FAST: ("static-256.1", 256)}


def main() -> None:
    """Answer until the server closes the pipe, also when it was killed."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    model: Embedder = embedder(Tier(sys.argv[1]))
    while True:
        try:
            texts = msgspec.msgpack.decode(receive(sys.stdin.buffer), type=list[bytes])
            send(sys.stdout.buffer, model.embed([text.decode() for text in texts]).tobytes())
        except (EOFError, BrokenPipeError):
            return


if __name__ == "__main__":
    main()
