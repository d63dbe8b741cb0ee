"""Studies: from a need or a theme to people who are asked, with a guide, an invitation and a time."""

import secrets
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.desk import (
    research_sessions,
    settings,
    studies,
    study_people,
    study_slots,
    surveys,
)
from emptychair.desk.mail_settings import MAIL_SERVER
from emptychair.desk.studies import (
    LONGEST_GUIDE,
    LONGEST_TITLE,
    LONGEST_WELCOME,
    LONGEST_WHERE,
    Course,
    Study,
)
from emptychair.desk.study_people import Participant, Stage
from emptychair.desk.surveys import Survey
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.asking import Door, door
from emptychair.listen.surveys.frames import UnknownField
from emptychair.understand.language.sentences import sentences
from emptychair.understand.research.beginnings import Beginning, beginning
from emptychair.understand.research.choosing import Wish, choose
from emptychair.understand.research.guides import proposed
from emptychair.web import said, shell
from emptychair.web.access import may
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.research import seen
from emptychair.web.research.forms import line
from emptychair.web.routes.research import back, signed
from emptychair.web.surveys.forms import whole_number
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

MOST_ASKED, MOST_DAYS = 200, 3_650
PEOPLE_HEAD = (
    "id", "person", "stratum", "probability", "stage", "sending", "reason", "said_at", "said", "tone",
    "value", "spent",
)  # fmt: skip


@router.get("/voice/research/studies")
def every(request: Request) -> Response:
    """All studies, newest first, and how far their people have come."""
    with parts_of(request).desk.read() as tx:
        found, stages = studies.every(tx), study_people.stages(tx)
    told = [_as_data(one) | {"people": Counter(stages.get(one.id, ()))} for one in found]
    if wanted_form(request) is Form.JSON:
        return as_json({"studies": told})
    if wanted_form(request) is Form.CSV:
        head = ("id", "title", "about", "about_name", "course", "created_at")
        return as_csv("studies", head, [[one[name] for name in head] for one in told])
    return shell.page(
        request,
        "research/studies.html",
        studies=[(one, Counter(stages.get(one.id, ()))) for one in found],
        stages=tuple(Stage),
        **seen.rights(request, Audience.CUSTOMER),
    )


@router.get("/voice/research/studies/new")
def prepare(request: Request, need: str = "", theme: str = "") -> Response:
    """What a study of a `need` or a `theme` (their ids), or of nothing in particular, begins with."""
    with parts_of(request).desk.read() as tx:
        begins = _beginning(tx, need, theme)
    told = {"about": begins.about, "id": begins.id, "name": begins.name, "guide": proposed(begins)}
    if wanted_form(request) is not Form.HTML:
        return as_json(told)
    return shell.page(
        request,
        "research/study_new.html",
        begins=begins,
        fields=sorted(parts_of(request).ledger.promoted),
        **seen.rights(request, Audience.CUSTOMER),
    )


@router.post("/voice/research/studies")
def create(request: Request, fields: SentFields) -> Response:
    """Draw the people of a study: `need` or `theme`, `title`, `size` who spoke of it and `silent` who said
    nothing in the last `days`, in proportion to the values of a field (`by`). Nobody is asked by it.
    """
    parts, now = parts_of(request), parts_of(request).clock()
    with parts.desk.read() as tx:
        begins = _beginning(tx, fields.text("need"), fields.text("theme"))
    wish = _wish(fields)
    title = line(fields, "title", LONGEST_TITLE) or begins.name or "Interviews"
    seed = secrets.token_hex(16)
    try:
        chosen = choose(parts.desk, parts.ledger, begins.themes, wish, seed=seed, now=now)
    except UnknownField as problem:
        raise refused({"by": f"{str(problem).capitalize()}."}) from None
    with parts.desk.begin() as tx:
        made = studies.add(
            tx,
            title=title,
            about=begins.about,
            about_id=begins.id,
            about_name=begins.name[:200],
            themes=begins.themes,
            method=wish.as_data(),
            seed=seed,
            framed=chosen.framed,
            guide=proposed(begins),
            **signed(request),
        )
        study_people.add(tx, made.id, chosen.people, **signed(request))
        seen.write_down(tx, request, "create_study", made.id)
    told = {"id": made.id, "drawn": len(chosen.people), **chosen.framed}
    return back(request, f"/voice/research/studies/{made.id}?done=drawn", told, 201)


@router.get("/voice/research/studies/{id}")
def one(request: Request, id: str) -> Response:  # noqa: A002
    """One study: whom to ask and why, the guide, the invitation, times, and how far everybody has come. CSV
    has the people.
    """
    parts, form = parts_of(request), wanted_form(request)
    with parts.desk.read() as tx:
        study = study_of(tx, id)
        people, slots = study_people.of_study(tx, id), study_slots.of_study(tx, id)
        held = research_sessions.of_study(tx, id)
        open_surveys = [each for each in surveys.open_ones(tx) if may_ask(each, parts.clock())]
        has_mail = bool(settings.get(tx, MAIL_SERVER))
    words = _words(parts.ledger, people)
    rows = [_row(each, words.get(each.id, "")) for each in people]
    if form is Form.CSV:
        return as_csv("study", PEOPLE_HEAD, [[row[name] for name in PEOPLE_HEAD] for row in rows])
    if form is Form.JSON:
        told = [{"id": each.id, "starts_at": each.starts_at, "taken": each.participant_id} for each in slots]
        return as_json({**_as_data(study), "guide": study.guide, "participants": rows, "slots": told})
    return shell.page(
        request,
        "research/study.html",
        study=study,
        people=people,
        words=words,
        slots=slots,
        time_of={each.participant_id: each for each in slots if each.participant_id},
        person_of={each.id: each.person for each in people},
        held=held,
        counts=Counter(each.stage for each in people),
        stages=tuple(Stage),
        surveys=open_surveys,
        has_mail=has_mail,
        why_not=said.WHY_NOT | said.NOT_SENT,
        now=parts.clock(),
        decimal=Decimal,
        day=lambda text: datetime.fromisoformat(text) if text else None,
        may_invite=may(visitor_of(request).who, "POST", "/voice/research/studies/{id}/inviting"),
        **seen.rights(request, Audience.CUSTOMER),
    )


@router.post("/voice/research/studies/{id}")
def change(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Prepare it: `title`, `guide` (one question a line), `welcome` (the words of the invitation), `place`
    (an address or a link), `minutes`; with `course` (`open`, `closed`) people are invited, or no more.
    """
    with parts_of(request).desk.begin() as tx:
        study = study_of(tx, id)
        minutes = whole_number(fields, "minutes") if fields.text("minutes") else study.minutes
        if not 5 <= minutes <= 480:
            raise refused({"minutes": "An interview takes 5 to 480 minutes."})
        studies.change(
            tx,
            study.id,
            title=line(fields, "title", LONGEST_TITLE) or study.title,
            guide=_long(fields, "guide", study.guide, LONGEST_GUIDE),
            welcome=_long(fields, "welcome", study.welcome, LONGEST_WELCOME),
            place=line(fields, "place", LONGEST_WHERE) if "place" in fields.values else study.place,
            minutes=minutes,
        )
        if fields.text("course") in {Course.OPEN.value, Course.CLOSED.value}:
            studies.move(tx, study.id, Course(fields.text("course")))
        seen.write_down(tx, request, "change_study", study.id)
    return back(request, f"/voice/research/studies/{id}?done=saved", {"id": id})


def study_of(tx: Connection, study_id: str) -> Study:
    """The study with this id. Raises 404 without one."""
    found = studies.find(tx, study_id[:40])
    if found is None:
        raise not_found("There is no such study.")
    return found


def _beginning(tx: Connection, need: str, theme: str) -> Beginning:
    found = beginning(tx, need=need, theme=theme)
    if found is None:
        raise not_found("There is no such need, or theme of customers, to begin with.")
    return found


def _wish(fields: Fields) -> Wish:
    size = whole_number(fields, "size") if fields.text("size") else 8
    silent = whole_number(fields, "silent") if fields.text("silent") else 0
    days = whole_number(fields, "days") if fields.text("days") else 90
    if not 1 <= size + silent <= MOST_ASKED:
        raise refused({"size": f"1 to {MOST_ASKED} people are drawn at once."})
    if not 1 <= days <= MOST_DAYS:
        raise refused({"days": f"Expected 1 to {MOST_DAYS:,} days."})
    return Wish(size=size, silent=silent, days=days, by=fields.text("by")[:100])


def _long(fields: Fields, name: str, before: str, most: int) -> str:
    text = fields.values.get(name, before).replace("\r\n", "\n").strip()
    if len(text) > most:
        raise refused({name: f"At most {most:,} letters fit here."})
    return text


def may_ask(survey: Survey, now: datetime) -> bool:
    """Whether customers can be invited to this survey by name now."""
    return survey.audience is Audience.CUSTOMER and survey.version > 0 and door(survey, now) is Door.OPEN


def _words(ledger: Ledger, people: list[Participant]) -> dict[str, str]:
    """The sentence for which each was drawn, read where it stands; none where it is gone."""
    why = {one.id: one.why for one in people if one.why.get("signal")}
    ids = [str(each["signal"]) for each in why.values()]
    days = [datetime.fromisoformat(each["said_at"]).astimezone(UTC) for each in why.values()]
    instants = [day.replace(tzinfo=None) for day in days]  # the ledger's have no zone
    rows = ledger.readings.said(Audience.CUSTOMER.value, ids, instants).to_pylist() if ids else []
    texts = {row["id"]: row["text"] for row in rows}
    found = {}
    for participant_id, each in why.items():
        parts = sentences(texts.get(each["signal"], ""))
        if each["place"] < len(parts):
            found[participant_id] = parts[each["place"]].text
    return found


def _row(one: Participant, words: str) -> dict[str, Any]:
    spent = ", ".join(f"{amount} {currency}".strip() for amount, currency in one.why.get("spent", ()))
    told = {name: one.why.get(name, "") for name in ("said_at", "tone", "value")}
    mine = {name: getattr(one, name, None) for name in PEOPLE_HEAD}
    return mine | told | {"said": words, "spent": spent}


def _as_data(one: Study) -> dict[str, Any]:
    names = (
        "id", "title", "about", "about_id", "about_name", "method", "seed", "as_of", "framed", "course",
        "minutes", "created_at",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names}
