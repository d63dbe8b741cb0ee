"""A mailbox such as feedback@: raw mails are kept first, then read in a limited process, then told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct

from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.reasons import Fault, Refusal, Unheard, Unwanted
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asked import BACK, begins_at, host_name, port_number
from emptychair.listen.sources.imap import STARTTLS, TLS, Mail, Mailbox, opened
from emptychair.listen.sources.limited import TooHard
from emptychair.listen.sources.rawmails import keep
from emptychair.listen.sources.system import Ask, Errand, Fetched, System, Want

# Reading one may take as long as the limited process allows: so few end before the source is given up.
AT_ONCE = 10
MOST_BYTES = 30 << 20
# A Date that is far from the day on which the mail arrived is a wrong clock, or a lie.
_BELIEVED = timedelta(days=30)


def step(errand: Errand) -> Fetched:
    """The next mails, oldest first. The mailbox is looked at only: nothing in it is marked or moved."""
    cursor = errand.cursor
    with opened(
        errand.means.outside,
        host=errand.setting("host"),
        port=int(errand.setting("port", "993")),
        security=errand.setting("security", TLS),
        user=errand.setting("user"),
        password=errand.secrets["password"],
        folder=errand.setting("folder", "INBOX"),
    ) as box:
        # Numbers of another validity are those of other mails; what comes twice is known by its content.
        behind = int(cursor.get("uid", 0)) if cursor.get("validity") == box.validity else 0
        begins = begins_at(errand.setting("back", "30"), errand.now)
        uids = box.uids(behind, begins.date() if begins is not None and not behind else None)
        mails, last = _read(box, uids[:AT_ONCE])
    items = [item for mail in mails if (item := _item(errand, mail)) is not None]
    going_on = {"validity": box.validity, "uid": last or max(behind, *uids, 0)}
    return Fetched(items=items, cursor=going_on, is_more=bool(uids) and last < uids[-1])


def _read(box: Mailbox, uids: list[int]) -> tuple[list[Mail], int]:
    """Some of these mails, and the number of the last one that was looked at."""
    if not uids:
        return [], 0
    sizes = box.sizes(uids)
    mails, total, last = list[Mail](), 0, 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if mails and total + size > MOST_BYTES:
            break
        mail = box.mail(uid, size)
        last, total = uid, total + size
        if mail is not None:
            mails.append(mail)
    return mails, last


def _item(errand: Errand, mail: Mail) -> bytes | None:
    """What is told of a mail: what it says, or why that cannot be read."""
    told: dict[str, Any] = {"uid": mail.uid, "size": mail.size}
    told["arrived_at"] = None if mail.arrived_at is None else mail.arrived_at.astimezone(UTC).isoformat()
    if mail.raw is None:
        return msgspec.json.encode(told | {"trouble": "it is longer than 25 MB"})
    if not errand.is_trial:
        told["file"] = keep(errand.means.home, errand.source, mail.raw, errand.now)
    try:
        read = errand.means.limited.read("mail", mail.raw)
    except TooHard as reason:
        return msgspec.json.encode(told | {"trouble": str(reason)})
    return msgspec.json.encode(told | {"mail": Raw(read)})


class _Read(Struct):
    digest: str
    sender: str = msgspec.field(default="", name="from")
    from_name: str = ""
    reply_to: list[str] = []
    to: list[str] = []
    subject: str = ""
    at: str | None = None
    message_id: str = ""
    references: list[str] = []
    text: str = ""
    automatic: str = ""
    attachments: list[Any] = []


class _Item(Struct):
    uid: int
    arrived_at: str | None = None
    file: str | None = None
    trouble: str | None = None
    mail: _Read | None = None


_ITEMS = msgspec.json.Decoder(_Item)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """A mail. Raises Unheard and Unwanted."""
    try:
        item = _ITEMS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    mail = item.mail
    if mail is None:
        raise Unheard(Fault.QUARANTINED, "mail", f"a mail that can be read: {item.trouble}")
    if mail.automatic and batch.terms.settings.get("automatic") != "yes":
        raise Unwanted(Refusal.AUTOMATIC)
    sender = _sender(mail, batch)
    posts.leave_out(batch, mail.sender, sender)
    is_reply = bool(mail.references)
    subject = "" if is_reply else mail.subject
    text = mail.text if mail.text.startswith(subject) else f"{subject}\n\n{mail.text}"
    return posts.said(
        batch,
        system="mail",
        # Not the Message-ID: who knows it could send something else under it first.
        key=mail.digest,
        name="reply" if is_reply else "mail",
        text=text if text.strip() else mail.subject,
        at=_written_at(mail, item, batch),
        person=fields.person(sender.lower() or None, "from"),
        channel="email",
        client="IMAP",
        properties={
            "subject": mail.subject,
            "author": mail.from_name,
            "to": mail.to,
            "message_id": mail.message_id,
            "references": mail.references,
            "attachments": mail.attachments,
            "automatic": mail.automatic,
            "file": item.file,
        },
    )


def _sender(mail: _Read, batch: Batch) -> str:
    """Who wrote it; of what a form of the company's own sent, who is to be answered."""
    if mail.sender.lower() in batch.terms.names("forms") and mail.reply_to:
        return mail.reply_to[0]
    return mail.sender


def _written_at(mail: _Read, item: _Item, batch: Batch) -> datetime | None:
    arrived = instant(item.arrived_at, "arrived_at") or batch.received_at
    written = instant(mail.at, "date")
    if written is None or abs(arrived - written) > _BELIEVED:
        return arrived
    return min(written, arrived)


SYSTEM = System(
    key="mailbox",
    door=Door.MAIL,
    step=step,
    every=timedelta(minutes=5),
    asks=(
        Ask(name="host", is_needed=True, check=host_name),
        Ask(name="security", want=Want.CHOICE, choices=(TLS, STARTTLS), default=TLS),
        Ask(name="port", default="993", check=port_number),
        Ask(name="user", is_needed=True),
        Ask(name="password", want=Want.SECRET, is_needed=True),
        Ask(name="folder", default="INBOX"),
        Ask(name="back", want=Want.CHOICE, choices=BACK, default="30"),
        Ask(name="leave_out", want=Want.LINES, moves=False),
        Ask(name="forms", want=Want.LINES, moves=False),
        Ask(name="automatic", want=Want.CHECK, moves=False),
    ),
)
