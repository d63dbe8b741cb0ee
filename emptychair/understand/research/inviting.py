"""Invitations to interviews: one letter each through the outbox, followed, and never a second one."""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from emptychair.channels.email.blocks import Block, Button, Heading, Letter, Prose, Small
from emptychair.channels.email.letters import put
from emptychair.desk import contacts, outbox, secrets, settings, studies, study_people, study_slots
from emptychair.desk.desk import Desk
from emptychair.desk.invitations import Sending
from emptychair.desk.outbox import State
from emptychair.desk.settings import COMPANY_NAME
from emptychair.desk.studies import Course, Study
from emptychair.desk.study_people import Participant
from emptychair.desk.study_slots import Slot
from emptychair.domain.contact import Channel, Contact, What
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board.people import Reach, reach_of
from emptychair.understand.research.choosing import contact_of

SIGNING = "research.links"
BATCH = 200
# The invitation, and a letter for each time that somebody chose; beyond it the page is enough.
MOST_LETTERS = 8
CLOSED, NO_ADDRESS, NO_TIME = "closed", "no_address", "no_time"
_DEAD = {State.FAILED: "failed", State.UNCERTAIN: "uncertain"}


def has_work(desk: Desk) -> bool:
    """Whether there is a letter to be written or to be followed."""
    with desk.read() as tx:
        return bool(study_people.waiting(tx, 1) or study_people.under_way(tx, 1))


def send_waiting(desk: Desk, ledger: Ledger, base_url: str, now: datetime) -> int:
    """Write the letters that wait, and follow those that were written; how many of both.

    Whether somebody may be contacted is asked when the letter is sent, in the one place where it is.
    """
    with desk.read() as tx:
        waiting = study_people.waiting(tx, BATCH)
    reached = reach_of(ledger, [one.person for one in waiting if one.person])
    for one in waiting:
        with desk.begin() as tx:
            _write(tx, one, reached, base_url, now)
    return len(waiting) + _follow(desk, now)


def link_of(tx: Connection, participant_id: str, base_url: str, now: datetime) -> tuple[str, str]:
    """The personal link of a participant and its token, which is computed and not kept."""
    key = secrets.own_key(tx, SIGNING, now).text
    signed = hmac.new(key.encode(), f"interview {participant_id}".encode(), sha256).digest()
    token = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
    return f"{base_url}/interviews/{token}", token


def letter_of(study: Study, company: str, link: str) -> Letter:
    """The invitation: what it is about, how long it takes, and one link to choose a time or to say no."""
    blocks: list[Block] = [
        Heading("May we ask you how it is for you?"),
        Prose(study.welcome or "We would like to hear from you how it is to use what we make."),
        Prose(f"It takes {study.minutes} minutes." + (f" {study.place}" if study.place else "")),
        Button("Choose a time, or say no", link),
        Small("We ask you once. If you do not want to, there is nothing that you have to do."),
    ]
    return Letter(
        title="May we ask you something?",
        preview=f"An interview of {study.minutes} minutes",
        sender=company or "Empty Chair",
        blocks=blocks,
    )


def confirm(
    tx: Connection,
    study: Study,
    participant: Participant,
    slot: Slot,
    reach: Reach,
    base_url: str,
    now: datetime,
) -> None:
    """Write to somebody who chose a time when it is, with a file for their calendar: once a choice."""
    link, _ = link_of(tx, participant.id, base_url, now)
    is_enough = len(outbox.of_thing(tx, participant.id)) >= MOST_LETTERS
    if participant.person is None or reach.address is None or is_enough:
        return
    zone = contacts.zone_of(tx, participant.why.get("zone"))
    when = f"{slot.starts_at.astimezone(zone):%A, %d %B %Y, %H:%M} ({zone.key})"
    letter = Letter(
        title="Thank you: your time is set",
        preview=when,
        sender=settings.get(tx, COMPANY_NAME) or "Empty Chair",
        blocks=[
            Heading(when),
            Prose(f"We look forward to it. It takes {study.minutes} minutes. {study.place}".strip()),
            Button("Into my calendar", f"{link}/calendar"),
            Prose(f"Another time, or not at all: {link}"),
        ],
    )
    # They chose it themselves: the answer is owed, whatever else they want to get.
    contact = Contact(
        people=(participant.person,),
        audience=Audience.CUSTOMER,
        address=reach.address,
        channel=Channel.EMAIL,
        purpose=None,
        what=What.MAIL,
        thing=participant.id,
        zone=reach.zone,
    )
    key = f"interview {participant.id} {slot.id} {slot.sequence}"
    put(tx, letter, contact, dedupe_key=key, base_url=base_url, due_at=now, by="system", now=now)


def _write(
    tx: Connection, one: Participant, reached: Mapping[str, Reach], base_url: str, now: datetime
) -> None:
    study = studies.find(tx, one.study_id)
    if study is None or study.course is Course.CLOSED or one.person is None:
        study_people.settle(tx, one.id, Sending.NOT_SENT, CLOSED, now)
        return
    free = [slot for slot in study_slots.of_study(tx, study.id) if slot.starts_at > now]
    reach = reached.get(one.person)
    if reach is None or reach.address is None or not free:
        study_people.settle(tx, one.id, Sending.NOT_SENT, NO_ADDRESS if free else NO_TIME, now)
        return
    link, token = link_of(tx, one.id, base_url, now)
    if not study_people.handed(tx, one.id, token):
        return  # another process was faster
    put(
        tx,
        letter_of(study, settings.get(tx, COMPANY_NAME), link),
        contact_of(one.person, reach, one.id),
        dedupe_key=_key(one),
        base_url=base_url,
        due_at=now,
        by=one.by,
        now=now,
        expires_at=max(max(slot.starts_at for slot in free), now + timedelta(minutes=1)),
    )


def _follow(desk: Desk, now: datetime) -> int:
    """Note which letters were sent, or will not be, and why."""
    with desk.read() as tx:
        found = [(one, outbox.find_by_key(tx, _key(one))) for one in study_people.under_way(tx, BATCH)]
    done = 0
    for one, message in found:
        if message is None or message.state in (State.WAITING, State.SENDING):
            continue
        done += 1
        sending, reason = Sending.SENT, ""
        if message.state is not State.SENT:
            sending = Sending.NOT_SENT
            reason = message.reason.value if message.reason else _DEAD.get(message.state, message.state.value)
        with desk.begin() as tx:
            study_people.settle(tx, one.id, sending, reason, message.ended_at or now)
    return done


def _key(one: Participant) -> str:
    return f"interview invitation {one.id}"
