"""A desk whose mail is set up on a real Postfix and Dovecot, and a clock that tests move."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emptychair.channels.email.blocks import Letter, Prose
from emptychair.channels.email.letters import put
from emptychair.channels.email.sending import Post
from emptychair.channels.outside import Outside, networks
from emptychair.desk import mail_settings, outbox, secrets, settings
from emptychair.desk.desk import Desk
from emptychair.desk.mail_settings import Security
from emptychair.desk.outbox import Message
from emptychair.desk.settings import WEEKLY_CONTACTS
from emptychair.domain.contact import Channel, Contact, Purpose, What
from emptychair.domain.signal import Audience
from tests.mail_server import DOMAIN, PASSWORD, USER, MailServer, private_mail

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
BASE = "https://chair.example.com"


@dataclass
class Clock:
    """A clock that stands still until it is told to move."""

    now: datetime = field(default=NOON)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServer]:
    with private_mail() as found:
        yield found


@pytest.fixture
def server(servers: MailServer) -> MailServer:
    servers.settle()
    servers.empty()
    return servers


@pytest.fixture
def clock() -> Clock:
    return Clock()


def door(server: MailServer, clock: Callable[[], datetime]) -> Outside:
    """The guarded door, which trusts the authority of the tests."""
    tls = ssl.create_default_context()
    server.authority.configure_trust(tls)
    return Outside(clock=clock, allowed=networks("127.0.0.0/8"), tls=tls)


def set_up(desk: Desk, server: MailServer, **changes: Any) -> None:
    """Mail as the page of settings would set it up."""
    values: dict[str, Any] = {
        "mail_from": f"hello@{DOMAIN}",
        "mail_from_name": "Pourwell",
        "mail_server": "127.0.0.1",
        "mail_port": server.smtp_port,
        "mail_security": Security.STARTTLS,
        "bounce_address": f"bounces@{DOMAIN}",
        "bounce_server": "127.0.0.1",
        "bounce_port": server.imap_port,
        "bounce_security": Security.STARTTLS,
        "bounce_user": USER,
    } | changes
    with desk.begin() as tx:
        for setting in mail_settings.MAIL_SETTINGS:
            if setting.key in values:
                settings.change(tx, setting, values[setting.key], by="cli", now=NOON)
        secrets.keep(tx, mail_settings.BOUNCE_PASSWORD, PASSWORD, by="cli", now=NOON)
        secrets.own_key(tx, mail_settings.SIGNING, NOON)
        settings.change(tx, WEEKLY_CONTACTS, 5, audience=Audience.CUSTOMER, by="cli", now=NOON)


@pytest.fixture
def post(tmp_path: Path, server: MailServer, clock: Clock) -> Iterator[Post]:
    desk = Desk.open(tmp_path / "desk.sqlite3")
    set_up(desk, server)
    outside = door(server, clock)
    yield Post(desk=desk, outside=outside, home=tmp_path, base_url=BASE, clock=clock)
    outside.close()
    desk.close()


def write(
    post: Post,
    person: str = "ada",
    *,
    key: str = "",
    purpose: Purpose | None = Purpose.UPDATES,
    zone: str | None = None,
    address: str | None = None,
) -> Message:
    """A letter to somebody in the outbox, due now."""
    letter = Letter(
        title=f"News for {person}",
        preview="",
        sender="Pourwell",
        blocks=[Prose(f"Hello {person}, grüß dich")],
    )
    contact = Contact(
        people=(person,),
        audience=Audience.CUSTOMER,
        address=address or f"{person}@{DOMAIN}",
        channel=Channel.EMAIL,
        purpose=purpose,
        what=What.MAIL,
        thing="pst_1",
        zone=zone,
    )
    now = post.clock()
    with post.desk.begin() as tx:
        message = put(
            tx, letter, contact, dedupe_key=key or person, base_url=BASE, due_at=now, by="cli", now=now
        )
    assert message is not None
    return message


def read(post: Post, message: Message) -> Message:
    """The message as it stands now."""
    with post.desk.read() as tx:
        found = outbox.find(tx, message.id)
    assert found is not None
    return found
