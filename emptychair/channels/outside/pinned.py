"""Connections to checked addresses alone, for HTTP and for everything that takes a socket."""

import socket
import ssl
from collections.abc import Callable, Iterable
from functools import cache
from ipaddress import IPv6Address
from typing import TypeVar

import certifi
import httpcore

from emptychair.channels.outside.limits import Limits
from emptychair.channels.outside.networks import Address
from emptychair.channels.outside.resolving import Checked
from emptychair.channels.outside.trouble import NotReached, NotTrusted, OutsideError, TooSlow
from emptychair.channels.outside.watch import Watch

Connection = TypeVar("Connection")


@cache
def usual_tls() -> ssl.SSLContext:
    """TLS that trusts whom browsers trust, and whom the system's administrator added: read once a process."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


def first_reached(
    checked: Checked, seconds: float, connect: Callable[[Address, float], Connection]
) -> Connection:
    """The connection to the first of the addresses that answers; all together have so many seconds.

    Raises NotReached or TooSlow.
    """
    problem: Exception | None = None
    for address in checked.addresses:
        try:
            return connect(address, max(1.0, seconds / len(checked.addresses)))
        except (OSError, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            problem = error
    raise not_reached(checked.host, checked.port, problem)


def not_reached(host: str, port: int, problem: Exception | None) -> OutsideError:
    """Why nobody was reached, in words."""
    if isinstance(problem, TimeoutError | httpcore.ConnectTimeout):
        return TooSlow(f"{host}, port {port}, did not answer in time")
    cause = problem.__cause__ if isinstance(problem, httpcore.ConnectError) else problem
    cause = cause or (problem and problem.__context__)
    why = cause.strerror if isinstance(cause, OSError) else None
    return NotReached(f"{host}, port {port}, cannot be reached" + (f": {why}" if why else ""))


def plain_socket(checked: Checked, seconds: float) -> socket.socket:
    """A connected socket. Raises NotReached or TooSlow."""

    def connect(address: Address, seconds: float) -> socket.socket:
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect((str(address), checked.port))
        except BaseException:
            connection.close()
            raise
        return connection

    return first_reached(checked, seconds, connect)


def secured(connection: socket.socket, host: str, tls: ssl.SSLContext, seconds: float) -> ssl.SSLSocket:
    """The same connection inside TLS, when the other side proves to be `host`. Raises OutsideError."""
    with Watch(seconds) as watch:
        watch.over(connection)
        try:
            return tls.wrap_socket(connection, server_hostname=host)
        except OSError as error:
            connection.close()
            if watch.is_over:
                raise TooSlow(f"{host} took too long to prove who it is") from None
            raise untrusted(host, error) from None


def untrusted(host: str, error: OSError) -> OutsideError:
    """Why TLS did not come about, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotTrusted(f"{host} did not prove who it is: {error.verify_message}")
    why = getattr(error, "reason", None) or error.strerror or "it ended the connection"
    return NotReached(f"{host} does not speak TLS as it should: {why}")


class Pinned(httpcore.NetworkBackend):
    """What HTTP connects through: the name is checked here, and never asked for again."""

    def __init__(self, check: Callable[[str, int], Checked], watch: Watch) -> None:
        self._check, self._watch = check, watch
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers."""

        def connect(address: Address, seconds: float) -> httpcore.NetworkStream:
            return self._plain.connect_tcp(str(address), port, seconds, local_address, socket_options)

        stream = first_reached(self._check(host, port), timeout or Limits().connect, connect)
        self._watch.over(stream.get_extra_info("socket"))
        return stream

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Never: it leads to this machine."""
        raise NotReached("a socket of this machine is not outside")
