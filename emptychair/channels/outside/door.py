"""The door: who wants to reach something outside asks here, at save and at send alike."""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

import httpx

from emptychair.channels.outside.answer import Answer
from emptychair.channels.outside.limits import Limits
from emptychair.channels.outside.networks import Network
from emptychair.channels.outside.pinned import plain_socket, secured, usual_tls
from emptychair.channels.outside.resolving import Checked, Resolve, checked, resolved
from emptychair.channels.outside.retrying import retry_after
from emptychair.channels.outside.transport import LIMITS, Guarded
from emptychair.channels.outside.trouble import Answered, Moved, NotAnAddress

AGENT = "EmptyChair/0.1"
_SHOWN = 300


class Outside:
    """Thread-safe. `allowed` are networks that the operator lets it into though they are not outside."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        allowed: Sequence[Network] = (),
        resolve: Resolve = resolved,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._clock, self._allowed, self._resolve = clock, tuple(allowed), resolve
        self.tls = tls or usual_tls()
        self.transport = Guarded(self.address, self.tls)
        self._client = httpx.Client(
            transport=self.transport, trust_env=False, follow_redirects=False, headers={"user-agent": AGENT}
        )

    def address(self, host: str, port: int) -> Checked:
        """The checked addresses of a host. Raises OutsideError when one of them is not outside."""
        return checked(host, port, allowed=self._allowed, resolve=self._resolve)

    def connected(self, host: str, port: int, *, seconds: float = 10.0) -> socket.socket:
        """A connection to a checked address of the host, for protocols that take a socket."""
        return plain_socket(self.address(host, port), seconds)

    def secured(self, connection: socket.socket, host: str, *, seconds: float = 10.0) -> ssl.SSLSocket:
        """The same connection inside TLS, verified against the host's name."""
        return secured(connection, host, self.tls, seconds)

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        auth: tuple[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """What is answered, when it is 2xx or 304. Raises OutsideError for everything else.

        `params` are added to those that the address has. `auth` is a user and a password.
        """
        try:
            address = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise NotAnAddress(f"{url[:120]!r} is no address: {error}") from None
        if address.userinfo:
            raise NotAnAddress(
                "an address is written without user and password; they have fields of their own"
            )
        request = self._client.build_request(
            method,
            address.copy_merge_params(dict(params)) if params else address,
            headers=dict(headers or {}),
            content=content,
            data=dict(form) if form is not None else None,
            json=json,
            extensions={LIMITS: limits or Limits()},
        )
        answer = self._client.send(request, auth=auth)
        return self._taken(answer)

    def close(self) -> None:
        """Nothing is kept open but what is under way."""
        self._client.close()

    def _taken(self, answer: httpx.Response) -> Answer:
        status, url = answer.status_code, answer.request.url
        place = f"{url.scheme}://{url.host}{url.path}"
        if 200 <= status < 300 or status == HTTPStatus.NOT_MODIFIED:
            return Answer(url=place, status=status, headers=answer.headers, body=answer.content)
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
        if 300 <= status < 400:
            where = answer.headers.get("location", "")
            told = (
                f"{place} points to {where[:300] or 'nowhere'} ({status}): state that address if it is right"
            )
            raise Moved(told, status=status, location=where)
        raise Answered(
            f"{place} answered {status} {phrase}{_quoted(answer)}".rstrip(),
            status=status,
            body=answer.content[:4096],
            retry_after=retry_after(answer.headers.get("retry-after"), self._clock()),
        )


def _quoted(answer: httpx.Response) -> str:
    """The beginning of what was answered, for a person; not a whole page of HTML."""
    kind = answer.headers.get("content-type", "")
    text = " ".join(answer.content[: 4 * _SHOWN].decode("utf-8", "replace").split())
    if not text or "html" in kind or text.startswith("<"):
        return ""
    return f": {text[:_SHOWN]}"
