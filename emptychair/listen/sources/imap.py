"""A mailbox over IMAP, read and never changed: through the one door, bounded in time and size."""

import imaplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from emptychair.channels.outside import Outside, OutsideError
from emptychair.channels.outside.watch import Watch
from emptychair.listen.sources.system import SourceTrouble

TLS, STARTTLS = "tls", "starttls"
SECONDS = 120.0
MOST = 25 << 20


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it lies there; `raw` is None for one that is longer than what is taken."""

    uid: int
    arrived_at: datetime | None
    size: int
    raw: bytes | None


class Mailbox:
    """An open folder of an account. Raises SourceTrouble and OutsideError."""

    def __init__(self, client: IMAPClient, folder: str) -> None:
        self._client = client
        try:
            told = client.select_folder(folder, readonly=True)
        except IMAPClientError as problem:
            raise SourceTrouble(f"The mailbox has no folder “{folder}”: {_words(problem)}.") from None
        self.validity = int(told[b"UIDVALIDITY"])

    def uids(self, behind: int, since: date | None) -> list[int]:
        """The mails behind this one, oldest first; those that arrived since that day where one is given."""
        asked: list[Any] = ["UID", f"{behind + 1}:*"] + (["SINCE", since] if since is not None else [])
        # `n:*` always has the last mail in it (RFC 9051, 9).
        return sorted(uid for uid in self._client.search(asked) if uid > behind)

    def sizes(self, uids: list[int]) -> dict[int, int]:
        """How long these mails are, in bytes."""
        found = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(told[b"RFC822.SIZE"]) for uid, told in found.items() if b"RFC822.SIZE" in told}

    def mail(self, uid: int, size: int) -> Mail | None:
        """The mail; None when somebody deleted it meanwhile."""
        what = ["INTERNALDATE"] if size > MOST else ["INTERNALDATE", "BODY.PEEK[]"]
        told = self._client.fetch([uid], what).get(uid)
        if told is None:
            return None
        arrived = told.get(b"INTERNALDATE")
        at = arrived if isinstance(arrived, datetime) and arrived.tzinfo is not None else None
        return Mail(uid=uid, arrived_at=at, size=size, raw=told.get(b"BODY[]"))


@contextmanager
def opened(
    outside: Outside, *, host: str, port: int, security: str, user: str, password: str, folder: str
) -> Iterator[Mailbox]:
    """The folder, until the end of the block. Raises SourceTrouble and OutsideError."""
    with Watch(SECONDS) as watch:
        try:
            client = _Guarded(outside, host, port, security, watch)
            try:
                if security == STARTTLS:
                    client.starttls(outside.tls)
                _sign_in(client, user, password)
                yield Mailbox(client, folder)
            finally:
                with suppress(IMAPClientError, imaplib.IMAP4.error, OSError):
                    client.logout()
        except (IMAPClientError, imaplib.IMAP4.error, OSError) as problem:
            if watch.is_over:
                told = f"{host} took longer than {SECONDS:.0f} seconds to give its mails."
                raise SourceTrouble(told, is_temporary=True) from None
            raise SourceTrouble(
                f"The mail server {host} gave up: {_words(problem)}.", is_temporary=True
            ) from None


def _sign_in(client: IMAPClient, user: str, password: str) -> None:
    try:
        client.login(user, password)
    except LoginError as problem:
        text = _words(problem)
        # RFC 5530: it is the server that cannot look now.
        is_temporary = any(code in text.upper() for code in ("[UNAVAILABLE]", "[LIMIT]", "[INUSE]"))
        told = f"The mail server does not let {user} in: {text}."
        hint = "" if is_temporary else " Give the name and the password anew; some want an app password."
        raise SourceTrouble(told + hint, is_temporary=is_temporary) from None


class _Guarded(IMAPClient):  # type: ignore[misc]  # it has no types
    """A client on a connection that the one door made."""

    def __init__(self, outside: Outside, host: str, port: int, security: str, watch: Watch) -> None:
        self._door, self._security, self._watch = outside, security, watch
        super().__init__(host, port, ssl=security == TLS, timeout=30)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802  # the name in imapclient
        connection: socket.socket = self._door.connected(self.host, self.port)
        try:
            self._watch.over(connection)
            if self._security == TLS:
                connection = self._door.secured(connection, self.host)
            connection.settimeout(30)
            return _Bounded(self.host, connection)
        except (OutsideError, OSError, imaplib.IMAP4.error):
            connection.close()
            raise


class _Bounded(imaplib.IMAP4):
    """The protocol on a given connection; a server that announces too much is not believed."""

    def __init__(self, host: str, connection: socket.socket) -> None:
        self._given = connection
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._given

    def read(self, size: int) -> bytes:
        """So many bytes of what was announced."""
        if size > MOST + 4096:
            raise self.abort(f"it announced {size:,} bytes")
        return super().read(size)


def _words(problem: Exception) -> str:
    text = " ".join(str(problem).removeprefix("b'").removesuffix("'").split())
    return (text or type(problem).__name__)[:200].rstrip(".")
