"""A test mail: whether what is set up works, shown in a mailbox."""

from datetime import datetime

from sqlalchemy import Connection

from emptychair.channels.email.blocks import Heading, Letter, Prose
from emptychair.channels.email.letters import put
from emptychair.desk import settings
from emptychair.desk.ids import new_id
from emptychair.desk.outbox import Message
from emptychair.desk.settings import COMPANY_NAME
from emptychair.domain.contact import Channel, Contact, What
from emptychair.domain.signal import Audience

THING = "test"


def write(tx: Connection, address: str, *, base_url: str, by: str, now: datetime) -> Message | None:
    """Put a test mail to this address into the outbox."""
    letter = Letter(
        title="A test of your mail",
        preview="It works",
        sender=settings.get(tx, COMPANY_NAME) or "Empty Chair",
        blocks=[
            Heading("It works"),
            Prose(
                "Somebody asked for this test under Settings, Mail. Your mail server took it, and it arrived "
                f"here.\n\nThe settings are at {base_url}/settings/mail."
            ),
        ],
    )
    contact = Contact(
        people=(),
        audience=Audience.EMPLOYEE,
        address=address,
        channel=Channel.EMAIL,
        purpose=None,
        what=What.MAIL,
        thing=THING,
    )
    return put(tx, letter, contact, dedupe_key=new_id(THING), base_url=base_url, due_at=now, by=by, now=now)
