"""A mailbox read by IMAP through the guarded door: what is unseen, and that it was seen."""

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from imapclient import IMAPClient, exceptions

from emptychair.channels.email.smtp import ServerTrouble
from emptychair.channels.outside import NotReached, NotTrusted, Outside, OutsideError
from emptychair.desk.mail_settings import Security

SECONDS = 30.0
LARGEST = 256 * 1024  # a report is a few kilobytes; what the original letter adds behind it is not needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox as the company stated it."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folder: str


class Reader:
    """An open mailbox."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def unseen(self, limit: int) -> list[int]:
        """The numbers of messages that nobody has seen, oldest first."""
        found: list[int] = self._client.search(["UNSEEN", "UNDELETED"])
        return sorted(found)[:limit]

    def beginning(self, number: int) -> bytes:
        """At most `LARGEST` bytes of a message; reading does not make it seen. Empty when it is gone."""
        key = f"BODY.PEEK[]<0.{LARGEST}>"
        for parts in self._client.fetch([number], [key]).values():
            for name, value in parts.items():
                if name.startswith(b"BODY["):
                    return bytes(value or b"")
        return b""

    def seen(self, number: int) -> None:
        """Say that this message was read; it stays where it is."""
        self._client.add_flags([number], [b"\\Seen"], silent=True)


@contextmanager
def opened(mailbox: Mailbox, outside: Outside) -> Iterator[Reader]:
    """The mailbox, open. Raises OutsideError, also when the connection ends while it is read."""
    place = f"{mailbox.host}, port {mailbox.port},"
    client: IMAPClient | None = None
    try:
        client = _Guarded(mailbox, outside)
        if mailbox.security is Security.STARTTLS:
            client.starttls(outside.tls)
        client.login(mailbox.user, mailbox.password)
        client.select_folder(mailbox.folder)
        yield Reader(client)
    except OutsideError:
        raise
    except exceptions.LoginError as error:
        told = f"{place} does not accept user and password: {error}"
        raise ServerTrouble(told, is_temporary=False) from None
    except ssl.SSLCertVerificationError as error:
        raise NotTrusted(f"{mailbox.host} did not prove who it is: {error.verify_message}") from None
    except (imaplib.IMAP4.abort, OSError) as error:
        raise NotReached(f"{place} ended the connection or does not speak IMAP: {error}") from None
    except imaplib.IMAP4.error as error:
        raise ServerTrouble(f"{place} does not work with us: {error}", is_temporary=False) from None
    finally:
        if client is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                client.shutdown()


class _Guarded(IMAPClient):  # type: ignore[misc]  # the library has no types
    """The library's client over a connection to a checked address."""

    def __init__(self, mailbox: Mailbox, outside: Outside) -> None:
        self._door = outside
        is_tls = mailbox.security is Security.TLS
        super().__init__(mailbox.host, mailbox.port, ssl=is_tls, ssl_context=outside.tls, timeout=SECONDS)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        door, is_tls = self._door, self.ssl

        class Pinned(imaplib.IMAP4):
            def _create_socket(self, timeout: float | None) -> socket.socket:
                connection = door.connected(self.host, self.port)
                if is_tls:
                    connection = door.secured(connection, self.host)
                connection.settimeout(SECONDS)
                return connection

        return Pinned(self.host, self.port)
