"""What is done with those who were drawn: they are asked, they choose a time, they say no, they are heard."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.desk import studies, study_people, study_slots, surveys
from emptychair.desk.studies import Course, Study
from emptychair.desk.study_people import Participant, Stage
from emptychair.desk.study_slots import Slot
from emptychair.listen.surveys.drawing import MAIL, draw
from emptychair.listen.surveys.frames import Frame
from emptychair.listen.surveys.sampling import Method
from emptychair.understand.research.appointments import as_calendar
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.research import seen
from emptychair.web.routes.research import back
from emptychair.web.routes.studies import may_ask, study_of
from emptychair.web.visitor import visitor_of

router = APIRouter()

MOST_SLOTS = 100


@router.post("/voice/research/studies/{id}/inviting")
def invite(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Ask everybody who was drawn and has not been asked: by a letter with times to choose from, or by an
    open `survey` (its id). Nobody is asked twice; consents and limits hold when a letter is sent.
    """
    survey_id = fields.text("survey")
    with parts_of(request).desk.begin() as tx:
        study = study_of(tx, id)
        if study.course is Course.CLOSED:
            raise Problem(HTTPStatus.CONFLICT, "The study is closed. Open it first.")
        drawn = [one for one in study_people.of_study(tx, id) if one.stage is Stage.DRAWN and one.person]
        asked = (
            _ask_by_survey(tx, request, drawn, survey_id) if survey_id else _ask(tx, request, study, drawn)
        )
        studies.move(tx, study.id, Course.OPEN)
        seen.write_down(tx, request, "invite_to_interview", study.id)
    if survey_id and asked:
        _draw(request, survey_id, [one.person for one in asked if one.person])
    return back(request, f"/voice/research/studies/{id}?done=invited", {"invited": len(asked)})


@router.post("/voice/research/studies/{id}/people/{participant}")
def move(request: Request, id: str, participant: str, fields: SentFields) -> Response:  # noqa: A002
    """Write down how far somebody has come (`stage`: `asked`, `agreed`, `held`, `no`), or the time that they
    chose (`slot`, an id).
    """
    now = parts_of(request).clock()
    with parts_of(request).desk.begin() as tx:
        study = study_of(tx, id)
        one = study_people.find(tx, participant[:40])
        if one is None or one.study_id != study.id:
            raise not_found("Nobody of this study is called so.")
        if fields.text("slot"):
            if not study_slots.take(tx, fields.text("slot")[:40], study.id, one.id, now):
                raise Problem(HTTPStatus.CONFLICT, "This time is taken, or over.")
            study_people.move(tx, one.id, Stage.AGREED, now)
        elif fields.text("stage") in {*Stage} - {Stage.DRAWN}:
            stage = Stage(fields.text("stage"))
            study_people.move(tx, one.id, stage, now)
            if stage is Stage.NO:
                study_slots.leave(tx, one.id, now)
        else:
            raise refused({"stage": "This is one of asked, agreed, held, no."})
        seen.write_down(tx, request, "move_participant", one.id)
    return back(request, f"/voice/research/studies/{id}?done=moved", {"id": participant})


@router.post("/voice/research/studies/{id}/slots")
def offer(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Offer times (`starts`: one a line, in UTC, as 2026-12-01 14:00); each is for one interview."""
    now = parts_of(request).clock()
    starts = _starts(fields, now)
    with parts_of(request).desk.begin() as tx:
        study = study_of(tx, id)
        added = study_slots.add(tx, study.id, starts, now)
        if len(study_slots.of_study(tx, study.id)) > MOST_SLOTS:
            raise refused({"starts": f"A study has at most {MOST_SLOTS} times."})
        seen.write_down(tx, request, "offer_slots", study.id)
    return back(request, f"/voice/research/studies/{id}?done=offered", {"added": added})


@router.post("/voice/research/studies/{id}/slots/{slot}/removal")
def withdraw(request: Request, id: str, slot: str) -> Response:  # noqa: A002
    """Offer a time no more. 409 when somebody has taken it."""
    with parts_of(request).desk.begin() as tx:
        study = study_of(tx, id)
        found = study_slots.find(tx, slot[:40])
        if found is None or found.study_id != study.id:
            raise not_found("This study has no such time.")
        if not study_slots.withdraw(tx, found.id, study.id):
            raise Problem(HTTPStatus.CONFLICT, "Somebody has taken this time: talk to them first.")
    return back(request, f"/voice/research/studies/{id}?done=saved", {"id": slot})


@router.get("/voice/research/studies/{id}/slots/{slot}/calendar")
def calendar(request: Request, id: str, slot: str) -> Response:  # noqa: A002
    """The appointment as an iCalendar file, for who asks: with the guide, and the participant by their id."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        study = study_of(tx, id)
        found = study_slots.find(tx, slot[:40])
        one = (
            None if found is None or not found.participant_id else study_people.find(tx, found.participant_id)
        )
    if found is None or found.study_id != study.id or one is None:
        raise not_found("Nobody has taken this time.")
    summary = f"{study.title}: {one.person or 'interview'}"
    return calendar_file(parts, study, found, summary=summary, description=study.guide)


def calendar_file(parts: Parts, study: Study, slot: Slot, *, summary: str, description: str) -> Response:
    """An appointment as a file for a calendar."""
    raw = as_calendar(
        slot_id=slot.id,
        sequence=slot.sequence,
        starts_at=slot.starts_at,
        minutes=study.minutes,
        changed_at=slot.changed_at,
        summary=summary,
        place=study.place,
        description=description,
        base_url=parts.base_url,
    )
    headers = {"Content-Disposition": 'attachment; filename="interview.ics"'}
    return Response(raw, media_type="text/calendar; charset=utf-8; method=PUBLISH", headers=headers)


def _ask(tx: Connection, request: Request, study: Study, drawn: list[Participant]) -> list[Participant]:
    now = parts_of(request).clock()
    if not any(
        slot.starts_at > now for slot in study_slots.of_study(tx, study.id) if not slot.participant_id
    ):
        raise refused({"starts": "Offer times to choose from first."})
    return [one for one in drawn if study_people.ask(tx, one.id, now)]


def _ask_by_survey(
    tx: Connection, request: Request, drawn: list[Participant], survey_id: str
) -> list[Participant]:
    """Those who are asked by the survey. Written down first: who dies in between has asked nobody twice."""
    survey = surveys.find(tx, survey_id[:40])
    if survey is None or survey.deleted_at is not None or not may_ask(survey, parts_of(request).clock()):
        raise refused({"survey": "Choose a survey of customers that is open."})
    return [
        one for one in drawn if study_people.ask_elsewhere(tx, one.id, "survey", parts_of(request).clock())
    ]


def _draw(request: Request, survey_id: str, people: list[str]) -> None:
    parts = parts_of(request)
    with parts.desk.read() as tx:
        survey = surveys.find(tx, survey_id)
    if survey is not None:
        draw(
            parts.desk,
            parts.ledger,
            survey,
            Frame(people=tuple(people)),
            Method(size=len(people)),
            deliver=MAIL,
            by=visitor_of(request).name,
            now=parts.clock(),
        )


def _starts(fields: Fields, now: datetime) -> list[datetime]:
    found: list[datetime] = []
    for number, text in enumerate(filter(None, map(str.strip, fields.text("starts").splitlines())), 1):
        try:
            at: Any = datetime.fromisoformat(text)
        except ValueError:
            at = None
        at = None if at is None else at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if at is None or not now < at or at.year > 2200:
            raise refused(
                {"starts": f"Line {number}: expected a time to come such as 2026-12-01 14:00, in UTC."}
            )
        found.append(at)
    if not 0 < len(found) <= MOST_SLOTS:
        raise refused({"starts": f"Write 1 to {MOST_SLOTS} times, one a line."})
    return found
