"""A message as bytes for a mail server: headers that nobody can break out of, text and HTML."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_PRINTABLE = re.compile(r"[!-;=?-~]{1,900}")  # what may stand between < and > on one line of a header
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]{0,60}")
_BODY = Charset("utf-8")
_BODY.body_encoding = QP


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message to one address.

    `unsubscribe` is the address of its one-click, None for a service message; `reply_to` is None where
    answers go to the sender.
    """

    message_id: str
    sender: str
    sender_name: str
    to: str
    reply_to: str | None
    subject: str
    text: str
    html: str
    unsubscribe: str | None
    now: datetime


def packed(mail: Mail) -> bytes:
    """The message, lines ended as SMTP wants them, in ASCII but for an address that is not.

    The headers are written here and not by the library: its new policy loses blanks of long subjects that
    are not ASCII and folds long addresses of pages into encoded words; its old one knows no addresses beyond
    ASCII.
    """
    head = {
        "From": f"{_named(mail.sender_name)}<{_address(mail.sender)}>",
        "To": f"<{_address(mail.to)}>",
        "Reply-To": f"<{_address(mail.reply_to)}>" if mail.reply_to else "",
        "Subject": _worded(mail.subject, "Subject"),
        "Date": format_datetime(mail.now),
        "Message-ID": f"<{_address(mail.message_id)}>",
        # RFC 3834: machines that answer for people who are away do not answer machines.
        "Auto-Submitted": "auto-generated",
        **_unsubscribing(mail.unsubscribe),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    body = MIMEMultipart("alternative")
    body.attach(_part(mail.text, "plain"))
    body.attach(_part(mail.html, "html"))
    return lines.encode() + body.as_bytes(policy=compat32.clone(linesep="\r\n"))


def message_id(own_id: str, sender: str) -> str:
    """The Message-ID of one of ours, without its brackets."""
    return f"{own_id}@{sender.rpartition('@')[2]}"


def own_id(message_id: str) -> str:
    """The id of ours in a Message-ID; whether there is such a message is another question.

    >>> own_id("<msg_0123456789abcdef@example.com>")
    'msg_0123456789abcdef'
    """
    return message_id.strip().strip("<>").partition("@")[0]


def one_line(text: str) -> str:
    r"""The text for a header: what would end it becomes a blank.

    >>> one_line("Hello\r\nBcc: eve@example.com")
    'Hello Bcc: eve@example.com'
    """
    return _CONTROLS.sub(" ", text).strip()


def _unsubscribing(url: str | None) -> dict[str, str]:
    """RFC 2369; and RFC 8058, whose one click is for https alone."""
    if url is None:
        return {}
    if not _PRINTABLE.fullmatch(url):
        raise ValueError(f"an address that cannot stand in a header: {url[:80]!r}")
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https://") else {}
    return {"List-Unsubscribe": f"<{url}>", **one_click}


def _part(text: str, subtype: str) -> MIMEText:
    # Ends of lines of any kind are one kind inside a letter.
    part = MIMEText("", subtype, "us-ascii")
    del part["MIME-Version"], part["Content-Transfer-Encoding"], part["Content-Type"]
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part.set_payload(text.replace("\r\n", "\n").replace("\r", "\n"), _BODY)
    return part


def _named(name: str) -> str:
    name = one_line(name)
    if not name:
        return ""
    return f'"{name}" ' if _PLAIN_NAME.fullmatch(name) and "=?" not in name else f"{_encoded(name, 'From')} "


def _worded(text: str, header: str) -> str:
    text = one_line(text)
    # What looks like an encoded word would be read as one.
    is_plain = text.isascii() and "=?" not in text and all(len(word) < 200 for word in text.split(" "))
    if not is_plain:
        return _encoded(text, header)
    return Header(text, "us-ascii", header_name=header).encode(linesep="\r\n")


def _encoded(text: str, header: str) -> str:
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _address(address: str) -> str:
    if re.search(r"[\s<>\x00-\x1f\x7f]", address):
        raise ValueError("an address with a blank, a bracket or the end of a line in it")
    return address
