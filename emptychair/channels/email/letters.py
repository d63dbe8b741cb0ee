"""Letters put into the outbox: rendered, with the links by which their reader chooses, once for each key."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from emptychair.channels.email.blocks import Letter, as_html, as_text
from emptychair.channels.email.links import preferences_url, unsubscribe_url
from emptychair.desk import outbox, recipients, secrets
from emptychair.desk.addresses import is_address
from emptychair.desk.mail_settings import SIGNING
from emptychair.desk.outbox import Draft, Message
from emptychair.domain.contact import Contact

UNSUBSCRIBE, PREFERENCES = "Unsubscribe", "Choose what you get"


def put(
    tx: Connection,
    letter: Letter,
    contact: Contact,
    *,
    dedupe_key: str,
    base_url: str,
    due_at: datetime,
    by: str,
    now: datetime,
    expires_at: datetime | None = None,
    touch_id: str | None = None,
    labels: tuple[str, str] = (UNSUBSCRIBE, PREFERENCES),
) -> Message | None:
    """The message that waits from now on; None when one of this key was written before, ever.

    Its subject is the letter's title. A letter with a purpose ends with two links of its reader, called
    `labels`: unsubscribe, and the page of choices. `touch_id` is a contact that was claimed for it already;
    without one it is claimed when the letter is sent.
    """
    unsubscribe = None
    if contact.purpose is not None and contact.address and is_address(contact.address):
        key = secrets.own_key(tx, SIGNING, now).text
        person = contact.people[0] if contact.people else None
        reader = recipients.at(tx, contact.audience, person, contact.address, now)
        unsubscribe = unsubscribe_url(base_url, key, reader.id, contact.purpose)
        own = zip(labels, (unsubscribe, preferences_url(base_url, key, reader.id)), strict=True)
        letter = replace(letter, links=(*letter.links, *own))
    draft = Draft(
        dedupe_key=dedupe_key,
        contact=contact,
        subject=letter.title,
        html=as_html(letter),
        text=as_text(letter),
        unsubscribe=unsubscribe,
        due_at=due_at,
        expires_at=expires_at,
        touch_id=touch_id,
    )
    return outbox.write(tx, draft, by=by, now=now)
