"""A watch over a connection: when its time is over it is cut, whatever it is doing."""

import os
import socket
import threading
from contextlib import suppress
from typing import Self


class Watch:
    """Cuts the connection after so many seconds; `is_over` tells that it did.

    A timeout of a socket begins anew with every byte, so that one byte a second keeps a reader for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._held: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(0.0, seconds), self._cut)
        self._timer.daemon = True

    def over(self, connection: socket.socket) -> None:
        """Watch this connection from now on."""
        # Of its own descriptor: TLS takes the one that it is given.
        held = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._release()
            self._held = held
        if self.is_over:
            self._cut()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._release()

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            if self._held is not None:
                with suppress(OSError):
                    self._held.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
