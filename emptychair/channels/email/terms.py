"""The company's mail as it is set up: read from the desk once for every run."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from emptychair.channels.email.dkim import Signer
from emptychair.channels.email.smtp import Server
from emptychair.desk import secrets, settings
from emptychair.desk.mail_settings import (
    BOUNCE_ADDRESS,
    MAIL_DKIM_SELECTOR,
    MAIL_FROM,
    MAIL_FROM_NAME,
    MAIL_PACE,
    MAIL_PORT,
    MAIL_REPLY_TO,
    MAIL_SECURITY,
    MAIL_SERVER,
    MAIL_USER,
    PASSWORD,
    SIGNING,
)
from emptychair.desk.settings import COMPANY_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who mail comes from and which server takes it.

    `bounces` is empty where nobody reads what comes back; `signer` is None where the mail server signs. `key`
    signs return paths.
    """

    server: Server
    sender: str
    sender_name: str
    reply_to: str | None
    bounces: str
    pace: int
    signer: Signer | None
    key: str


def terms(tx: Connection, home: Path, base_url: str) -> Terms | None:
    """The terms in force; None while mail is not set up."""
    sender, host = settings.get(tx, MAIL_FROM), settings.get(tx, MAIL_SERVER)
    key = secrets.told(tx, SIGNING)
    if not sender or not host or key is None:
        return None
    password, selector = secrets.told(tx, PASSWORD), settings.get(tx, MAIL_DKIM_SELECTOR)
    domain = sender.rpartition("@")[2]
    return Terms(
        server=Server(
            host=host,
            port=settings.get(tx, MAIL_PORT),
            security=settings.get(tx, MAIL_SECURITY),
            user=settings.get(tx, MAIL_USER),
            password="" if password is None else password.text,
            hello=urlsplit(base_url).hostname or "localhost",
        ),
        sender=sender,
        sender_name=settings.get(tx, MAIL_FROM_NAME) or settings.get(tx, COMPANY_NAME),
        reply_to=settings.get(tx, MAIL_REPLY_TO) or None,
        bounces=settings.get(tx, BOUNCE_ADDRESS),
        pace=settings.get(tx, MAIL_PACE),
        signer=Signer(domain=domain, selector=selector, key_file=key_file(home)) if selector else None,
        key=key.text,
    )


def key_file(home: Path) -> Path:
    """Where the key for signing lies."""
    return home / "mail" / "dkim.pem"
