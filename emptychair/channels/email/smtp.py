"""One connection to the company's mail server, and what became of each message given to it."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from emptychair.channels.outside import NotReached, NotTrusted, Outside, OutsideError, TooSlow
from emptychair.desk.mail_settings import Security

T = TypeVar("T")

COMMAND_SECONDS = 30.0
# RFC 5321, 4.5.3.2.6, says ten minutes for the answer to the end of the data; who waits shorter sends twice.
# Here nothing is sent twice, so what is longer is uncertain.
DATA_SECONDS = 60.0
WITHOUT_RIGHTS = frozenset({530, 534, 535, 538})  # RFC 4954: user and password are wanted, or others


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server as the company stated it; `user` is empty where it asks for none."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    hello: str


class ServerTrouble(OutsideError):
    """The mail server was reached and does not work with us; no message was given to it."""

    def __init__(self, text: str, *, is_temporary: bool) -> None:
        super().__init__(text)
        self.is_temporary = is_temporary


class Verdict(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    NOT_NOW = "not_now"
    NEVER = "never"
    UNKNOWN = "unknown"
    NOT_GIVEN = "not_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message, and the words of the server.

    NOT_NOW and NEVER: it was refused, and did certainly not arrive. UNKNOWN: it was handed over and the
    answer did not come. NOT_GIVEN: nothing happened, since the giver thought better of it.
    """

    verdict: Verdict
    reply: str


class Line:
    """A connection to a mail server, for one thread. Opening raises OutsideError."""

    def __init__(self, server: Server, outside: Outside) -> None:
        self._server = server
        self._outside = outside
        self._loop = asyncio.Runner()
        self._smtp: SMTP | None = None

    def __enter__(self) -> "Line":
        """The open connection."""
        try:
            self._open()
        except BaseException:
            self._loop.close()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        """Say good-bye, as far as somebody listens."""
        smtp = self._smtp
        if smtp is not None:
            transport = smtp.transport
            with suppress(SMTPException, OSError, asyncio.CancelledError):
                self._run(smtp.quit(timeout=5))
            self._drop(smtp, transport)
        self._loop.close()

    def _drop(self, smtp: SMTP, transport: asyncio.BaseTransport | None) -> None:
        smtp.close()
        # Not closed but dropped: through TLS the other side would be waited for.
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        for _ in range(3):  # what was dropped is let go in the next turns of the loop
            self._run(asyncio.sleep(0))

    @property
    def is_open(self) -> bool:
        """Whether another message can be given to it."""
        return self._smtp is not None and self._smtp.is_connected

    def give(
        self, return_path: str, to: str, message: bytes, about_to_hand_over: Callable[[], bool]
    ) -> Outcome:
        """Give it one message for one address.

        `about_to_hand_over` is called when the server has accepted sender and address, and the message leaves
        next; when it says False nothing is sent. Raises `ServerTrouble` when nothing was given because the
        server does not work with us, whatever the message.
        """
        smtp = self._smtp
        if smtp is None:
            raise RuntimeError("the connection is not open")
        try:
            self._run(self._addressed(smtp, return_path, to))
        except SMTPResponseException as error:
            self._forget(smtp)
            return _refused(_not_our_fault(error))
        except (SMTPException, OSError) as error:
            smtp.close()
            raise ServerTrouble(f"the mail server ended the connection: {error}", is_temporary=True) from None
        if not about_to_hand_over():
            self._forget(smtp)
            return Outcome(verdict=Verdict.NOT_GIVEN, reply="")
        return self._hand_over(smtp, message)

    def _hand_over(self, smtp: SMTP, message: bytes) -> Outcome:
        try:
            answer = self._run(smtp.data(message, timeout=DATA_SECONDS))
        except SMTPDataError as error:
            self._forget(smtp)
            if error.code >= 400:
                return _refused(error)
            return Outcome(verdict=Verdict.UNKNOWN, reply=f"{error.code} {error.message}")
        except (SMTPException, OSError) as error:
            smtp.close()
            return Outcome(verdict=Verdict.UNKNOWN, reply=str(error))
        return Outcome(verdict=Verdict.TAKEN, reply=f"{answer.code} {answer.message}")

    async def _addressed(self, smtp: SMTP, return_path: str, to: str) -> None:
        needs_utf8 = not to.isascii()
        if needs_utf8 and not smtp.supports_extension("smtputf8"):
            raise SMTPRecipientRefused(553, "5.6.7 the mail server takes no addresses beyond ASCII", to)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_utf8 else []
        encoding = "utf-8" if needs_utf8 else "ascii"
        await smtp.mail(return_path, options=options, encoding=encoding)
        await smtp.rcpt(to, encoding=encoding)

    def _forget(self, smtp: SMTP) -> None:
        """Make the connection fit for the next message."""
        try:
            self._run(smtp.rset())
        except (SMTPException, OSError):
            smtp.close()

    def _open(self) -> None:
        server = self._server
        connection = self._outside.connected(server.host, server.port)
        connection.setblocking(False)
        smtp = SMTP(
            hostname=server.host,
            sock=connection,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=self._outside.tls,
            username=server.user or None,
            password=server.password or None,
            local_hostname=server.hello,
            timeout=COMMAND_SECONDS,
        )
        try:
            self._run(smtp.connect())
            self._run(self._greeted(smtp))
        except BaseException as error:
            self._drop(smtp, smtp.transport)
            connection.close()
            raise _trouble(server, error) from None
        self._smtp = smtp

    async def _greeted(self, smtp: SMTP) -> None:
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(work)


def _not_our_fault(error: SMTPResponseException) -> SMTPResponseException:
    """The refusal of one message; raises `ServerTrouble` when every message would be refused like it."""
    told = f"{error.code} {error.message}"
    is_general = isinstance(error, SMTPSenderRefused) or error.code in WITHOUT_RIGHTS
    if is_general or error.code == 421 or (error.code >= 500 and "relay" in error.message.lower()):
        is_temporary = error.code < 500
        raise ServerTrouble(f"the mail server takes nothing from us: {told}", is_temporary=is_temporary)
    return error


def _refused(error: SMTPResponseException) -> Outcome:
    # What is no answer of SMTP at all is no refusal for good.
    verdict = Verdict.NEVER if 500 <= error.code < 600 else Verdict.NOT_NOW
    return Outcome(verdict=verdict, reply=f"{error.code} {error.message}")


def _trouble(server: Server, error: BaseException) -> BaseException:
    """Why there is no connection, in words for a person; errors of ours stay as they are."""
    place = f"{server.host}, port {server.port},"
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotTrusted(f"{server.host} did not prove who it is: {error.verify_message}")
    if isinstance(error, SMTPAuthenticationError):
        is_temporary = error.code < 500
        told = f"{place} does not accept user and password: {error.code} {error.message}"
        return ServerTrouble(told, is_temporary=is_temporary)
    if isinstance(error, SMTPTimeoutError):
        return TooSlow(f"{place} did not answer in time")
    if isinstance(error, SMTPServerDisconnected | SMTPConnectError):
        return NotReached(f"{place} ended the connection; does it expect another kind of security?")
    if isinstance(error, SMTPResponseException):
        told = f"{place} does not work with us: {error.code} {error.message}"
        return ServerTrouble(told, is_temporary=error.code < 500)
    if isinstance(error, SMTPException):
        return ServerTrouble(f"{place} cannot be used: {error}", is_temporary=False)
    if isinstance(error, OSError):
        return NotReached(f"{place} does not speak as a mail server should: {error.strerror or error}")
    return error
