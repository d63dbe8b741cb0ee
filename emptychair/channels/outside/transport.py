"""The guarded way of HTTP, also for libraries that take a transport of httpx."""

import ssl
from collections.abc import Callable

import httpcore
import httpx

from emptychair.channels.outside.limits import Limits
from emptychair.channels.outside.pinned import Pinned, not_reached, untrusted
from emptychair.channels.outside.resolving import Checked
from emptychair.channels.outside.trouble import Garbled, NotAnAddress, OutsideError, TooSlow
from emptychair.channels.outside.unpacking import ACCEPTED, Unpacking
from emptychair.channels.outside.watch import Watch

# Where a request carries its limits (httpx.Request.extensions).
LIMITS = "emptychair.limits"


class Guarded(httpx.BaseTransport):
    """One connection a request, to a checked address; what is answered is read whole, within limits.

    Raises OutsideError. An answer that points elsewhere is given back as it is.
    """

    def __init__(self, check: Callable[[str, int], Checked], tls: ssl.SSLContext) -> None:
        self._check, self._tls = check, tls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, unpacked."""
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise NotAnAddress(
                f"{str(request.url)[:120]!r} is no address that begins with https:// or http://"
            )
        limits: Limits = request.extensions.get(LIMITS, Limits())
        request.headers["accept-encoding"] = ACCEPTED
        with Watch(limits.seconds) as watch:
            try:
                return self._carried(request, limits, watch)
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
                raise _in_words(error, request.url, watch, limits) from None

    def _carried(self, request: httpx.Request, limits: Limits, watch: Watch) -> httpx.Response:
        host = request.url.host
        with httpcore.ConnectionPool(
            ssl_context=self._tls,
            max_connections=1,
            max_keepalive_connections=0,
            http1=True,
            http2=False,
            network_backend=Pinned(self._check, watch),
        ) as connections:
            answer = connections.handle_request(_as_core(request, limits))
            try:
                headers = [
                    (name, value) for name, value in answer.headers if name.lower() != b"content-encoding"
                ]
                packed = httpx.Headers(answer.headers).get("content-encoding", "")
                body = Unpacking(host, packed, limits.most)
                for piece in answer.iter_stream():
                    body.take(piece)
                    if watch.is_over:
                        break
            finally:
                answer.close()
        # Where the end of the connection is the end of the answer, a connection that was cut looks complete.
        if watch.is_over:
            raise _too_slow(host, limits)
        return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(body.whole()))


def _as_core(request: httpx.Request, limits: Limits) -> httpcore.Request:
    waits = dict.fromkeys(("connect", "pool"), limits.connect)
    waits |= dict.fromkeys(("read", "write"), limits.seconds)
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.read(),
        extensions={"timeout": waits},
    )


def _in_words(error: Exception, url: httpx.URL, watch: Watch, limits: Limits) -> OutsideError:
    host = url.host
    if watch.is_over:
        return _too_slow(host, limits)
    if isinstance(error, httpcore.ConnectTimeout | httpcore.ConnectError):
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ssl.SSLError):
            return untrusted(host, cause)
        return not_reached(host, url.port or (443 if url.scheme == "https" else 80), error)
    if isinstance(error, httpcore.TimeoutException):
        return _too_slow(host, limits)
    if isinstance(error, httpcore.NetworkError):
        return Garbled(f"{host} ended the connection before it had answered")
    return Garbled(f"{host} did not answer as HTTP asks: {str(error)[:120]}")


def _too_slow(host: str, limits: Limits) -> TooSlow:
    return TooSlow(f"{host} took longer than {limits.seconds:.0f} seconds to answer")
