"""What the company decided about its mail: who it comes from, and which servers carry it."""

import re
from enum import StrEnum
from typing import Any

from emptychair.desk.addresses import fit
from emptychair.desk.columns import whole
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.settings import Setting

# Names of secrets of the desk.
PASSWORD = "mail.password"  # noqa: S105 - a name
BOUNCE_PASSWORD = "mail.bounce_password"  # noqa: S105 - a name
SIGNING = "mail.signing"


class Security(StrEnum):
    """How the connection to a server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def _refused(expected: str) -> Refused:
    return Refused(Reason.SETTING_IS_NOT_VALID, f"expected {expected}")


def _host(text: str) -> str:
    text = text.strip().rstrip(".").lower()
    if text and not re.fullmatch(r"[a-z0-9.\-:\[\]_]{1,253}", text):
        raise _refused("the name of a mail server such as smtp.example.com, or nothing")
    return text


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text.strip()) or not 0 < int(text) < 65_536:
        raise _refused("a port from 1 to 65535")
    return int(text)


def _security(text: str) -> Security:
    if text.strip().lower() not in set(Security):
        raise _refused(f"one of {', '.join(Security)}")
    return Security(text.strip().lower())


def _address(text: str) -> str:
    if text.strip() and not text.isascii():
        raise _refused("an address in plain letters such as hello@example.com, or nothing")
    return fit(text) if text.strip() else ""


def _line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise _refused("one line of text")
    return whole(text.strip(), 200)


def _label(text: str) -> str:
    text = text.strip().lower()
    if text and not re.fullmatch(r"[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?", text):
        raise _refused("small letters, digits and dashes such as chair, or nothing")
    return text


def _pace(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()) or not 0 < int(text) <= 100_000:
        raise _refused("a whole number from 1 to 100,000")
    return int(text)


def _setting(key: str, about: str, default: Any, parse: Any) -> Setting[Any]:
    return Setting(key=key, about=about, default=default, per_audience=False, parse=parse, text=str)


MAIL_FROM: Setting[str] = _setting("mail_from", "The address that mail comes from.", "", _address)
MAIL_FROM_NAME: Setting[str] = _setting(
    "mail_from_name", "The name beside it; empty: the company's name.", "", _line
)
MAIL_REPLY_TO: Setting[str] = _setting(
    "mail_reply_to", "Where answers go; empty: to the address that mail comes from.", "", _address
)
MAIL_SERVER: Setting[str] = _setting("mail_server", "The server that takes the mail (SMTP).", "", _host)
MAIL_PORT: Setting[int] = _setting(
    "mail_port", "Its port: usually 587 with starttls, 465 with tls.", 587, _port
)
MAIL_SECURITY: Setting[Security] = _setting(
    "mail_security",
    "How the connection is protected: starttls, tls, or none inside the house.",
    Security.STARTTLS,
    _security,
)
MAIL_USER: Setting[str] = _setting("mail_user", "The user there; empty: it asks for none.", "", _line)
MAIL_PACE: Setting[int] = _setting(
    "mail_pace", "At most so many messages a minute go to the addresses of one domain.", 60, _pace
)
MAIL_DKIM_SELECTOR: Setting[str] = _setting(
    "mail_dkim_selector",
    "The name under which the key for signing is published; empty: the mail server signs.",
    "",
    _label,
)
BOUNCE_ADDRESS: Setting[str] = _setting(
    "bounce_address",
    "The mailbox to which undeliverable mail comes back; what stands behind a plus must arrive there too.",
    "",
    _address,
)
BOUNCE_SERVER: Setting[str] = _setting(
    "bounce_server", "The server on which that mailbox is read (IMAP).", "", _host
)
BOUNCE_PORT: Setting[int] = _setting("bounce_port", "Its port: usually 993 with tls.", 993, _port)
BOUNCE_SECURITY: Setting[Security] = _setting(
    "bounce_security", "How the connection is protected: tls, starttls or none.", Security.TLS, _security
)
BOUNCE_USER: Setting[str] = _setting("bounce_user", "The user of the mailbox.", "", _line)
BOUNCE_FOLDER: Setting[str] = _setting("bounce_folder", "The folder that is read.", "INBOX", _line)

SENDING: tuple[Setting[Any], ...] = (
    MAIL_FROM,
    MAIL_FROM_NAME,
    MAIL_REPLY_TO,
    MAIL_SERVER,
    MAIL_PORT,
    MAIL_SECURITY,
    MAIL_USER,
    MAIL_PACE,
    MAIL_DKIM_SELECTOR,
)
RETURNING: tuple[Setting[Any], ...] = (
    BOUNCE_ADDRESS,
    BOUNCE_SERVER,
    BOUNCE_PORT,
    BOUNCE_SECURITY,
    BOUNCE_USER,
    BOUNCE_FOLDER,
)
MAIL_SETTINGS = (*SENDING, *RETURNING)
KEYS = tuple(setting.key for setting in MAIL_SETTINGS)
