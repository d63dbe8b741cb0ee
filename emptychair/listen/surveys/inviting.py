"""Invitations sent: a letter with the first question in it, put into the outbox once, and followed."""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from emptychair.channels.email.blocks import Block, Button, Choices, Heading, Letter, Prose
from emptychair.channels.email.letters import put
from emptychair.desk import invitations, outbox, secrets, settings, surveys
from emptychair.desk.desk import Desk
from emptychair.desk.invitations import Invitation, Sending
from emptychair.desk.outbox import State
from emptychair.desk.settings import COMPANY_NAME
from emptychair.desk.surveys import Survey
from emptychair.domain.contact import Channel, Contact, Purpose, What
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board.people import Reach, reach_of
from emptychair.listen.surveys.asking import Door, door, version_of
from emptychair.listen.surveys.definition import NUMBERS, Definition
from emptychair.listen.surveys.languages import is_right_to_left, said
from emptychair.listen.surveys.piping import filled, values
from emptychair.listen.surveys.signals import INVITED, met

SIGNING = "surveys.links"
BATCH = 200
CLOSED, NO_ADDRESS = "closed", "no_address"
_DEAD = {State.FAILED: "failed", State.UNCERTAIN: "uncertain"}


def is_any_waiting(desk: Desk) -> bool:
    """Whether there is an invitation to be written or to be followed."""
    with desk.read() as tx:
        return bool(invitations.waiting(tx, limit=1) or invitations.under_way(tx, limit=1))


def send_waiting(desk: Desk, ledger: Ledger, base_url: str, now: datetime) -> int:
    """Write the letters of invitations that wait, and follow those that were written; how many of both.

    Whether somebody may be contacted is asked when the letter is sent, in the one place where it is.
    """
    with desk.read() as tx:
        waiting = invitations.waiting(tx, limit=BATCH)
    reached = reach_of(ledger, [one.person for one in waiting if one.person])
    for invitation in waiting:
        with desk.begin() as tx:
            _write(tx, invitation, reached, base_url, now)
    return len(waiting) + follow(desk, ledger, now)


def follow(desk: Desk, ledger: Ledger, now: datetime) -> int:
    """Note which letters were sent, or will not be, and why; who was invited is told to the ledger once."""
    with desk.read() as tx:
        found = [(one, outbox.find_by_key(tx, _key(one))) for one in invitations.under_way(tx, limit=BATCH)]
    done = 0
    for invitation, message in found:
        if message is None or message.state in (State.WAITING, State.SENDING):
            continue
        done += 1
        if message.state is State.SENT:
            sent_at = message.ended_at or now
            _tell(desk, ledger, invitation, sent_at)
            with desk.begin() as tx:
                invitations.sent(tx, invitation.id, sent_at)
            continue
        reason = message.reason.value if message.reason else _DEAD.get(message.state, message.state.value)
        with desk.begin() as tx:
            invitations.not_sent(tx, invitation.id, reason)
    return done


def token_of(tx: Connection, invitation_id: str, now: datetime) -> str:
    """The secret of a personal link: 256 bits, made of the desk's own key, so that it need not be kept."""
    key = secrets.own_key(tx, SIGNING, now).text
    signed = hmac.new(key.encode(), f"invitation {invitation_id}".encode(), sha256).digest()
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def link_of(tx: Connection, survey: Survey, invitation_id: str, base_url: str, now: datetime) -> str:
    """The personal link of an invitation, which works from now on."""
    token = token_of(tx, invitation_id, now)
    invitations.link(tx, invitation_id, token)
    return f"{base_url}/s/{survey.slug}?to={token}"


def letter_of(survey: Survey, definition: Definition, sender: str, link: str) -> Letter:
    """The invitation as it is mailed: a first question that asks for a number can be answered in it."""
    own = definition.language
    value = values(definition, {}, {}, own)

    def words(text: Mapping[str, str]) -> str:
        return filled(said(text, own, own), value)

    first = definition.questions[0]
    blocks: list[Block] = []
    if words(definition.intro):
        blocks.append(Prose(words(definition.intro)))
    blocks.append(Heading(words(first.text)))
    if first.kind in NUMBERS:
        low, high = first.ends
        options = [(str(number), f"{link}&score={number}") for number in range(low, high + 1)]
        blocks.append(Choices(options, words(first.low), words(first.high)))
    else:
        blocks.append(Button(words(definition.title), link))
    return Letter(
        title=words(definition.title),
        preview=words(first.text),
        sender=sender or survey.name,
        blocks=blocks,
        language=own,
        direction="rtl" if is_right_to_left(own) else "ltr",
    )


def _write(
    tx: Connection, invitation: Invitation, reached: Mapping[str, Reach], base_url: str, now: datetime
) -> None:
    survey = surveys.find(tx, invitation.survey_id)
    asked = None if survey is None else version_of(tx, survey, survey.version)
    if survey is None or asked is None or door(survey, now) is Door.CLOSED:
        invitations.not_sent(tx, invitation.id, CLOSED)
        return
    if door(survey, now) is not Door.OPEN:
        return  # paused: it waits
    who = reached.get(invitation.person or "")
    if who is None or who.address is None or invitation.person is None:
        invitations.not_sent(tx, invitation.id, NO_ADDRESS)
        return
    if not invitations.hand_over(tx, invitation.id):
        return  # another process was faster
    link = link_of(tx, survey, invitation.id, base_url, now)
    letter = letter_of(survey, asked.definition, settings.get(tx, COMPANY_NAME), link)
    contact = Contact(
        people=(invitation.person,),
        audience=survey.audience,
        address=who.address,
        channel=Channel.EMAIL,
        purpose=Purpose.SURVEYS,
        what=What.SURVEY_INVITATION,
        thing=invitation.id,
        zone=who.zone,
    )
    put(
        tx,
        letter,
        contact,
        dedupe_key=_key(invitation),
        base_url=base_url,
        due_at=now,
        by=invitation.by,
        now=now,
        expires_at=survey.closes_at,
    )


def _tell(desk: Desk, ledger: Ledger, invitation: Invitation, at: datetime) -> None:
    with desk.read() as tx:
        survey = surveys.find(tx, invitation.survey_id)
    if survey is not None and invitation.sending is Sending.HANDED_OVER:
        told = met(
            survey,
            invitation.id,
            INVITED,
            person=invitation.person,
            at=at,
            channel="email",
            invitation=invitation.id,
            probability=invitation.probability,
        )
        ledger.append([told])


def _key(invitation: Invitation) -> str:
    return f"survey invitation {invitation.id}"
