"""What comes back: an address that bounces is stopped, and one whose reader complained is unsubscribed."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from emptychair.channels.email.mailbox import Mailbox, opened
from emptychair.channels.email.mime import own_id
from emptychair.channels.email.reports import Kind, Report, understood
from emptychair.channels.email.sending import Post
from emptychair.channels.email.verp import returned
from emptychair.channels.outside import OutsideError
from emptychair.desk import consents, lines, outbox, posting, secrets, settings, stops
from emptychair.desk.lines import IMAP
from emptychair.desk.mail_settings import (
    BOUNCE_FOLDER,
    BOUNCE_PASSWORD,
    BOUNCE_PORT,
    BOUNCE_SECURITY,
    BOUNCE_SERVER,
    BOUNCE_USER,
    SIGNING,
)
from emptychair.desk.outbox import Message
from emptychair.desk.stops import Cause
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Purpose

log = logging.getLogger("emptychair.mail")
BATCH = 200
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """How many messages were read, and how many of them were reports about mail of ours."""

    read: int
    ours: int


def is_read(post: Post) -> bool:
    """Whether the mailbox is set up and may be read now."""
    with post.desk.read() as tx:
        return mailbox(tx) is not None and lines.is_open(tx, IMAP, post.clock())


def read_returns(post: Post) -> Returned:
    """Read what came back.

    A message is marked as seen after what it says is written down: a process that is killed reads it again,
    which changes nothing.
    """
    with post.desk.read() as tx:
        box, key = mailbox(tx), secrets.told(tx, SIGNING)
    if box is None or key is None:
        return Returned(read=0, ours=0)
    read = ours = 0
    try:
        with opened(box, post.outside) as reader:
            for number in reader.unseen(BATCH):
                report = understood(reader.beginning(number))
                with post.desk.begin() as tx:
                    ours += report is not None and heard(tx, report, key.text, post.clock())
                reader.seen(number)
                read += 1
    except OutsideError as trouble:
        _line_failed(post, trouble)
        return Returned(read=read, ours=ours)
    with post.desk.begin() as tx:
        lines.worked(tx, IMAP, post.clock())
    return Returned(read=read, ours=ours)


def heard(tx: Connection, report: Report, key: str, now: datetime) -> bool:
    """Do what a report asks for; False when it is about no message of ours."""
    message = _about(tx, report, key)
    if message is None:
        return False
    if report.kind is Kind.COMPLAINT:
        _complained(tx, message, report, now)
        return True
    posting.bounced(tx, message.id, report.told, now)
    if report.kind is Kind.NOBODY:
        told = f"{message.id} came back: {report.told}"
        stops.stop(tx, message.address, Cause.BOUNCED, evidence=told, by="system", now=now)
    return True


def mailbox(tx: Connection) -> Mailbox | None:
    """The mailbox to which undeliverable mail comes back; None while it is not set up."""
    password = secrets.told(tx, BOUNCE_PASSWORD)
    host, user = settings.get(tx, BOUNCE_SERVER), settings.get(tx, BOUNCE_USER)
    if not host or not user or password is None:
        return None
    return Mailbox(
        host=host,
        port=settings.get(tx, BOUNCE_PORT),
        security=settings.get(tx, BOUNCE_SECURITY),
        user=user,
        password=password.text,
        folder=settings.get(tx, BOUNCE_FOLDER) or "INBOX",
    )


def _about(tx: Connection, report: Report, key: str) -> Message | None:
    return next((message for one in _named(report, key) if (message := outbox.find(tx, one))), None)


def _named(report: Report, key: str) -> Iterator[str]:
    """Ids that the report names: by signed return paths first, which nobody can make up."""
    for path in report.returned_to:
        found = returned(key, path)
        if found is not None:
            yield found
    yield from (own_id(one)[:40] for one in report.message_ids)


def _complained(tx: Connection, message: Message, report: Report, now: datetime) -> None:
    """Nothing more of what was not asked for, for whatever purpose."""
    told = f"a complaint about {message.id}: {report.told}"
    stops.stop(tx, message.address, Cause.COMPLAINED, evidence=told, by="system", now=now)
    if message.person is not None:
        for purpose in Purpose:
            consents.record(
                tx,
                [message.person],
                message.audience,
                purpose,
                Standing.WITHDRAWN,
                evidence=told,
                by="system",
                now=now,
            )


def _line_failed(post: Post, trouble: OutsideError) -> None:
    now = post.clock()
    with post.desk.begin() as tx:
        failures = lines.state(tx, IMAP).failures
        pause = min(timedelta(minutes=2 ** min(failures, 10)), LONGEST_PAUSE)
        lines.failed(tx, IMAP, str(trouble), now, now + pause if trouble.is_temporary else None)
    log.warning("returned mail cannot be read: %s", trouble)
