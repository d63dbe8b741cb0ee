"""A server that answers as models do, with whatever it is told to answer, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[dict[str, Any]], tuple[int, bytes]]


def saying(text: str) -> tuple[int, bytes]:
    return 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


@dataclass
class Model:
    """`reply` makes the status and the body of each answer from what was asked."""

    url: str = ""
    reply: Reply = lambda asked: saying("Nothing.")
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def data(self) -> dict[str, Any]:
        """The object that was sent last as the user's message."""
        text = self.asked[-1]["messages"][-1]["content"]
        return dict(json.loads(text.removeprefix("<customer_data>\n").removesuffix("\n</customer_data>")))


@contextmanager
def model() -> Iterator[Model]:
    """A model that listens on this machine until the block ends."""
    told = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.asked.append(body)
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            time.sleep(told.seconds)
            status, content = told.reply(body)
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # who asked waits no more
                return

        def log_message(self, *words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
