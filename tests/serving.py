"""A small server on this machine that answers what a test says, well or badly."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the server was asked; of a parameter that came twice `query` has the last."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What it answers; `raw` is written as it is, piece by piece, in place of everything else."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Callable[[], Iterator[bytes]] | None = None


def as_json(data: Any, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON."""
    told = {
        "content-type": "application/json",
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    return Reply(status=status, body=json.dumps(data).encode(), headers=told)


@dataclass(slots=True)
class Server:
    """A running server: where it listens, and everything that it was asked."""

    port: int
    scheme: str = "http"
    asked: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextmanager
def serving(answer: Callable[[Request], Reply], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """The server, until the end of the block."""
    told: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            place = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=place.path,
                query={
                    name: values[-1] for name, values in parse_qs(place.query, keep_blank_values=True).items()
                },
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
            told.append(request)
            reply = answer(request)
            with suppress(OSError):  # who asked has gone: that is what some tests are about
                self._write(reply)

        def _write(self, reply: Reply) -> None:
            if reply.raw is not None:
                self.close_connection = True
                for piece in reply.raw():
                    self.wfile.write(piece)
                    self.wfile.flush()
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_HEAD = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A connection that was refused or cut is nothing to tell."""

    server = Quiet(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Server(server.server_address[1], "http" if tls is None else "https", told)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
