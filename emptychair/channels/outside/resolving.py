"""A name and a port become addresses: asked once, each checked, and only those are connected to."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from emptychair.channels.outside.networks import Address, Network, inside, is_allowed
from emptychair.channels.outside.trouble import NotAllowed, NotAnAddress, NotReached, TooSlow

Resolve = Callable[[str, int], Sequence[str]]
LONGEST_NAME = 253
RESOLVE_SECONDS = 8.0
# Of a name with hundreds of addresses the first are enough, but all of them are checked.
MOST_ADDRESSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A host with the addresses that it has, each of which may be connected to, in their order."""

    host: str
    port: int
    addresses: tuple[Address, ...]


def checked(host: str, port: int, *, allowed: Sequence[Network], resolve: Resolve) -> Checked:
    """The host's addresses, when all of them are outside or allowed.

    One that is not is enough to refuse the name: a name that leads to both is an attempt. Raises
    OutsideError.
    """
    name = host.strip("[]").rstrip(".")
    if not 0 < len(name) <= LONGEST_NAME or any(ord(sign) <= 32 or sign in "/\\@#?%" for sign in name):
        raise NotAnAddress(f"{host[:80]!r} is no name of a host")
    if not 0 < port < 65_536:
        raise NotAnAddress(f"{port} is no port: expected one from 1 to 65535")
    found = [_address(text) for text in resolve(name, port)]
    if not found:
        raise NotReached(f"{name} has no address")
    for address in found:
        place = inside(address)
        if place is not None and not is_allowed(address, allowed):
            raise NotAllowed(
                f"{name} leads to {address}: {place}. Connections go outside only; whoever operates this "
                "installation can allow a network with EMPTYCHAIR_ALLOWED_NETWORKS."
            )
    return Checked(host=name, port=port, addresses=tuple(dict.fromkeys(found))[:MOST_ADDRESSES])


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses that the system knows for a name. Raises NotReached or TooSlow."""
    told: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            told.put([str(each[4][0]) for each in found])
        except (OSError, UnicodeError) as error:
            told.put(error)

    # The system's resolver cannot be interrupted; a thread that is not waited for any more ends by itself.
    threading.Thread(target=ask, name="resolving", daemon=True).start()
    try:
        answer = told.get(timeout=RESOLVE_SECONDS)
    except queue.Empty:
        raise TooSlow(f"the name {host} could not be looked up in {RESOLVE_SECONDS:.0f} seconds") from None
    if isinstance(answer, UnicodeError):
        raise NotAnAddress(f"{host[:80]!r} is no name of a host") from None
    if isinstance(answer, OSError):
        raise NotReached(f"the name {host} is not known: {answer.strerror}") from None
    return answer


def _address(text: str) -> Address:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        raise NotReached(f"the name leads to {text[:60]!r}, which is no address") from None
