"""The page behind the link of an invitation to an interview: choose a time, another one, or say no."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.desk import contacts, settings, studies, study_people, study_slots
from emptychair.desk.settings import COMPANY_NAME
from emptychair.desk.studies import Course, Study
from emptychair.desk.study_people import Participant, Stage
from emptychair.listen.board.people import reach_of
from emptychair.understand.research.inviting import confirm
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_json
from emptychair.web.routes.study_people import calendar_file
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

NO_LINK = "This link leads nowhere, or the interviews are over. Take it from the mail as it is, whole."


@router.get("/interviews/{token}")
def ask(request: Request, token: str) -> Response:
    """What it is about, and times to choose from. Looking at it changes nothing: mail programs look too."""
    with parts_of(request).desk.read() as tx:
        one, study = _invited(tx, token)
        return _page(request, tx, one, study, "")


@router.post("/interviews/{token}")
def choose(request: Request, token: str, fields: SentFields) -> Response:
    """Choose a time (`slot`, an id), or say no (`answer` is `no`); either can be changed while it is open."""
    parts = parts_of(request)
    now = parts.clock()
    with parts.desk.read() as tx:
        one, _ = _invited(tx, token)
    reach = reach_of(parts.ledger, [str(one.person)])[str(one.person)]
    with parts.desk.begin() as tx:
        one, study = _invited(tx, token)
        told = ""
        if fields.text("answer") == Stage.NO.value:
            study_slots.leave(tx, one.id, now)
            study_people.move(tx, one.id, Stage.NO, now)
            told = "no"
        elif fields.text("slot"):
            told = "taken"
            if study_slots.take(tx, fields.text("slot")[:40], study.id, one.id, now):
                study_people.move(tx, one.id, Stage.AGREED, now)
                slot, told = study_slots.of_participant(tx, one.id), "agreed"
                if slot is not None:
                    confirm(tx, study, one, slot, reach, parts.base_url, now)
        one, study = _invited(tx, token)
        return _page(request, tx, one, study, told)


@router.get("/interviews/{token}/calendar")
def calendar(request: Request, token: str) -> Response:
    """Their appointment as an iCalendar file. 404 when they have none."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        one, study = _invited(tx, token)
        slot = study_slots.of_participant(tx, one.id)
        company = settings.get(tx, COMPANY_NAME)
    if slot is None:
        raise not_found("You have not chosen a time.")
    summary = f"Interview with {company}" if company else "Interview"
    return calendar_file(
        parts, study, slot, summary=summary, description=f"{parts.base_url}/interviews/{token}"
    )


def _invited(tx: Connection, token: str) -> tuple[Participant, Study]:
    """Who has the link, and what they are asked for. Raises 404 for a link of nobody or a closed study."""
    one = study_people.find_by_token(tx, token[:100])
    study = None if one is None else studies.find(tx, one.study_id)
    if one is None or study is None or study.course is Course.CLOSED:
        raise not_found(NO_LINK)
    return one, study


def _page(request: Request, tx: Connection, one: Participant, study: Study, told: str) -> Response:
    parts, now = parts_of(request), parts_of(request).clock()
    zone = contacts.zone_of(tx, one.why.get("zone"))
    mine = study_slots.of_participant(tx, one.id)
    free = [
        slot
        for slot in study_slots.of_study(tx, study.id)
        if slot.starts_at > now and not slot.participant_id
    ]
    told_data: dict[str, Any] = {
        "stage": one.stage,
        "minutes": study.minutes,
        "place": study.place,
        "welcome": study.welcome,
        "time": None if mine is None else mine.starts_at,
        "slots": [{"id": slot.id, "starts_at": slot.starts_at} for slot in free],
        "told": told,
    }
    if wanted_form(request) is not Form.HTML:
        return as_json(told_data)
    return parts.pages.page(
        request,
        "research/appointment.html",
        company=settings.get(tx, COMPANY_NAME),
        study=study,
        stage=one.stage.value,
        mine=mine,
        free=[(slot.id, slot.starts_at.astimezone(zone)) for slot in free],
        zone=zone.key,
        local=lambda slot: slot.starts_at.astimezone(zone),
        told=told,
        calendar=f"/interviews/{request.path_params['token']}/calendar",
    )
