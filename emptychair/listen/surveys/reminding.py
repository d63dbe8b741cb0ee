"""Reminders by mail: one or two letters more to who has not answered, each at most once for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from emptychair.channels.email.blocks import Prose
from emptychair.channels.email.letters import put
from emptychair.desk import draws, reminders, responses, settings, surveys
from emptychair.desk.desk import Desk
from emptychair.desk.draws import Draw
from emptychair.desk.invitations import Invitation
from emptychair.desk.responses import ENDED
from emptychair.desk.settings import COMPANY_NAME
from emptychair.desk.surveys import Survey
from emptychair.domain.contact import Channel, Contact, Purpose, What
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board.people import Reach, reach_of
from emptychair.listen.surveys.asking import Door, door, version_of
from emptychair.listen.surveys.drawing import MAIL
from emptychair.listen.surveys.inviting import letter_of, link_of

MOST, USUAL_DAYS, MOST_DAYS = 2, 7, 90
# What stands before the question, where the language of the survey has it.
_AGAIN = {
    "en": "You may have missed this. If you have a minute, we would still like to hear from you.",
    "de": "Vielleicht ist es untergegangen. Wenn Sie eine Minute haben, hören wir immer noch gern von Ihnen.",
    "fr": "Cela vous a peut-être échappé. Si vous avez une minute, votre avis nous intéresse toujours.",
    "es": "Quizá se le haya pasado. Si tiene un minuto, todavía nos gustaría conocer su opinión.",
    "ar": "ربما فاتتك هذه الرسالة. إن كانت لديك دقيقة، فما زال يهمنا أن نسمع منك.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How people of a draw are reminded: so many `times` (0: never), each `days` after the letter before."""

    times: int = 0
    days: int = USUAL_DAYS

    def as_data(self) -> dict[str, Any]:
        """The plan as plain values, to be kept with the draw."""
        return {"reminders": self.times, "remind_days": self.days}


def plan_of(draw: Draw) -> Plan:
    """How people of this draw are reminded; links that somebody else gives out are reminded of by nobody."""
    if draw.method.get("deliver") != MAIL or draw.stopped_at is not None:
        return Plan()
    method: Mapping[str, Any] = draw.method
    return Plan(times=int(method.get("reminders", 0)), days=int(method.get("remind_days", USUAL_DAYS)))


def change(tx: Connection, draw: Draw, plan: Plan, *, by: str, now: datetime) -> None:
    """Remind so from now on; without reminders those that wait are not sent."""
    draws.change_method(tx, draw.id, {**draw.method, **plan.as_data()})
    if not plan.times:
        reminders.call_off_of_draw(tx, draw.id, by=by, now=now)


def remind(desk: Desk, ledger: Ledger, base_url: str, now: datetime) -> int:
    """Write the reminders that are due, and call off those that are in vain; how many of both.

    Safe to call again, at once, and to be killed anywhere: the outbox takes each reminder once. Whether
    somebody may be contacted is decided when it is sent, in the one place where it is.
    """
    with desk.begin() as tx:
        done = reminders.call_off_in_vain(tx, now)
    with desk.read() as tx:
        found = [
            (one, nth)
            for survey in surveys.open_ones(tx)
            if door(survey, now) is Door.OPEN
            for draw in draws.of_survey(tx, survey.id)
            for plan in (plan_of(draw),)
            for nth in range(1, plan.times + 1)
            for one in reminders.due(tx, draw.id, nth, now - timedelta(days=plan.days))
        ]
    reached = reach_of(ledger, [one.person for one, _ in found if one.person]) if found else {}
    for invitation, nth in found:
        with desk.begin() as tx:
            done += _write(tx, invitation, nth, reached, base_url, now)
    return done


def _write(
    tx: Connection,
    invitation: Invitation,
    nth: int,
    reached: Mapping[str, Reach],
    base_url: str,
    now: datetime,
) -> bool:
    """True when the reminder waits in the outbox from now on, and did not before."""
    survey = surveys.find(tx, invitation.survey_id)
    asked = None if survey is None else version_of(tx, survey, survey.version)
    if survey is None or asked is None or door(survey, now) is not Door.OPEN or _has_ended(tx, invitation):
        return False
    link = link_of(tx, survey, invitation.id, base_url, now)
    letter = letter_of(survey, asked.definition, settings.get(tx, COMPANY_NAME), link)
    again = _AGAIN.get(asked.definition.language.partition("-")[0])
    if again:
        letter = replace(letter, blocks=[Prose(again), *letter.blocks])
    message = put(
        tx,
        letter,
        _contact(survey, invitation, reached.get(invitation.person or "")),
        dedupe_key=reminders.key_of(invitation.id, nth),
        base_url=base_url,
        due_at=now,
        by=invitation.by,
        now=now,
        expires_at=survey.closes_at,
    )
    return message is not None


def _has_ended(tx: Connection, invitation: Invitation) -> bool:
    """Whether it is answered; who answers at this moment waits, and then calls the letter off."""
    response = responses.of_invitation(tx, invitation.id)
    held = None if response is None else responses.lock(tx, response.id)
    return held is not None and held.progress in ENDED


def _contact(survey: Survey, invitation: Invitation, who: Reach | None) -> Contact:
    return Contact(
        people=(invitation.person or "",),
        audience=survey.audience,
        address=None if who is None else who.address,
        channel=Channel.EMAIL,
        purpose=Purpose.SURVEYS,
        what=What.SURVEY_REMINDER,
        thing=invitation.id,
        zone=None if who is None else who.zone,
    )
