"""Samples: people drawn at random from those who could be asked, invited by mail or by links of their own."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import draws, invitations, reminders, settings
from emptychair.desk.draws import Draw
from emptychair.desk.mail_settings import MAIL_SERVER
from emptychair.desk.surveys import Survey
from emptychair.domain.signal import Audience
from emptychair.listen.surveys import reminding
from emptychair.listen.surveys.drawing import LINKS, MAIL, draw, sketch
from emptychair.listen.surveys.frames import Frame, UnknownField
from emptychair.listen.surveys.inviting import link_of
from emptychair.listen.surveys.reminding import Plan, plan_of
from emptychair.listen.surveys.sampling import Method
from emptychair.web import said, shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.surveys.drawn import Funnel, funnel_of
from emptychair.web.surveys.forms import whole_number
from emptychair.web.surveys.told import rights, survey_of, write_down
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

MOST_DRAWN, MOST_LISTED, MOST_RATES = 100_000, 20_000, 50


@router.get("/surveys/{id}/draws")
def every(request: Request, id: str, done: str = "") -> Response:  # noqa: A002
    """Every sample that was drawn for the survey, and how far those who were drawn have come."""
    survey = survey_of(request, id)
    with parts_of(request).desk.read() as tx:
        found = [(one, _funnel(tx, one)) for one in draws.of_survey(tx, id)]
    if wanted_form(request) is not Form.HTML:
        return as_json({"draws": [_as_data(one, funnel) for one, funnel in found]})
    return _page(request, survey, found, done=done)


@router.post("/surveys/{id}/draws")
def create(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Draw a sample and invite it; with `do=count` only say how many there are and would be drawn."""
    survey, parts = survey_of(request, id), parts_of(request)
    if survey.audience is not Audience.CUSTOMER:
        raise refused({"frame": "Nobody is drawn by name to answer anonymously: give out single-use links."})
    now = parts.clock()
    frame, method = _frame(fields, now), _method(fields)
    try:
        strata = sketch(parts.ledger, survey, frame, method, "count", now)
    except UnknownField as problem:
        raise refused({"field": f"{str(problem).capitalize()}."}) from None
    framed, drawn = sum(one.framed for one in strata), sum(len(one.drawn) for one in strata)
    if fields.text("do") == "count":
        counted = {"framed": framed, "drawn": drawn, "strata": [one.as_data() for one in strata]}
        if wanted_form(request) is not Form.HTML:
            return as_json(counted)
        return _page(request, survey, _drawn(request, id), typed=fields.values, counted=counted)
    if survey.version == 0:
        raise Problem(HTTPStatus.CONFLICT, "Open the survey first: a draft cannot be answered.")
    if not drawn or drawn > MOST_DRAWN:
        raise refused(
            {"size": f"{framed:,} people are in the frame; 1 to {MOST_DRAWN:,} can be drawn at once."}
        )
    deliver = LINKS if fields.text("deliver") == LINKS else MAIL
    plan = _plan(fields) if deliver == MAIL else Plan()
    made = draw(
        parts.desk,
        parts.ledger,
        survey,
        frame,
        method,
        deliver=deliver,
        by=visitor_of(request).name,
        now=now,
        also=plan.as_data(),
    )
    with parts.desk.begin() as tx:
        write_down(tx, request, "draw_sample", id, draw=made.id, drawn=str(made.drawn))
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/surveys/{id}/draws?done=drawn", 303)
    return as_json(_as_data(made, Funnel()), HTTPStatus.CREATED.value)


@router.get("/surveys/{id}/draws/{draw}/links")
def links(request: Request, id: str, draw: str) -> Response:  # noqa: A002
    """The personal link of everybody who was drawn to be given one; giving them out counts as sent."""
    survey, parts = survey_of(request, id), parts_of(request)
    now = parts.clock()
    with parts.desk.begin() as tx:
        found = draws.find(tx, draw)
        if found is None or found.survey_id != id or found.method.get("deliver") != LINKS:
            raise not_found("This survey has no such sample with links.")
        rows = []
        for one in invitations.of_draw(tx, draw):
            rows.append(
                (one.person, one.stratum, one.probability, link_of(tx, survey, one.id, parts.base_url, now))
            )
            invitations.sent(tx, one.id, now)
        write_down(tx, request, "give_out_links", id, draw=draw)
    head = ("person", "stratum", "probability", "link")
    if wanted_form(request) is Form.JSON:
        return as_json({"links": [dict(zip(head, row, strict=True)) for row in rows]})
    return as_csv(f"links-{survey.slug}", head, rows)


@router.post("/surveys/{id}/draws/{draw}/reminders")
def remind(request: Request, id: str, draw: str, fields: SentFields) -> Response:  # noqa: A002
    """Remind those who have not answered so many `reminders` times (0: no more), each after `remind_days`."""
    survey_of(request, id)
    parts, by, plan = parts_of(request), visitor_of(request).name, _plan(fields)
    with parts.desk.begin() as tx:
        found = draws.find(tx, draw)
        if found is None or found.survey_id != id or found.method.get("deliver") != MAIL:
            raise not_found("This survey has no such sample that is invited by mail.")
        reminding.change(tx, found, plan, by=by, now=parts.clock())
        write_down(tx, request, "change_reminders", id, draw=draw, reminders=str(plan.times))
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/surveys/{id}/draws?done=reminders", 303)
    return as_json(plan.as_data())


def _plan(fields: Fields) -> Plan:
    times = whole_number(fields, "reminders") if fields.text("reminders") else 0
    days = whole_number(fields, "remind_days") if fields.text("remind_days") else reminding.USUAL_DAYS
    if times > reminding.MOST:
        raise refused({"reminders": f"People are reminded at most {reminding.MOST} times."})
    if not 1 <= days <= reminding.MOST_DAYS:
        raise refused({"remind_days": f"Expected 1 to {reminding.MOST_DAYS} days."})
    return Plan(times=times, days=days)


def _frame(fields: Fields, now: datetime) -> Frame:
    people = tuple(dict.fromkeys(line.strip() for line in fields.values.get("people", "").splitlines()))
    people = tuple(one for one in people if one)
    if len(people) > MOST_LISTED or any(len(one) > 200 for one in people):
        raise refused({"people": f"At most {MOST_LISTED:,} ids of at most 200 characters, one a line."})
    days = whole_number(fields, "since_days") if fields.text("since_days") else 0
    if days > 36_500:
        raise refused({"since_days": "Expected at most 36,500 days."})
    values = tuple(one.strip() for one in fields.text("values").split(",") if one.strip())
    if fields.text("field") and not values:
        raise refused({"values": "Say which values of the field are meant, divided by commas."})
    since = now - timedelta(days=days) if days else None
    return Frame(
        since=since,
        did=fields.text("did")[:200],
        field=fields.text("field")[:100],
        values=values,
        people=people,
    )


def _method(fields: Fields) -> Method:
    by = fields.text("by")[:100]
    if not by:
        return Method(size=whole_number(fields, "size"))
    return Method(by=by, rates=_rates(fields.values.get("rates", "")))


def _rates(text: str) -> dict[str, float]:
    """Shares of strata, one a line: `pro = 50`; `* = 10` are all others."""
    found: dict[str, float] = {}
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        name, sign, share = line.rpartition("=")
        try:
            rate = float(share.replace(",", ".").replace("%", "")) / 100
        except ValueError:
            rate = -1.0
        if not sign or not 0 <= rate <= 1 or number > MOST_RATES:
            raise refused({"rates": f"Line {number}: expected a value and its share in %, such as pro = 50."})
        found["" if name.strip() == "*" else name.strip()] = rate
    if not found:
        raise refused({"rates": "Say which share of each is drawn, such as pro = 50; * = 10 are all others."})
    return found


def _drawn(request: Request, survey_id: str) -> list[tuple[Draw, Funnel]]:
    with parts_of(request).desk.read() as tx:
        return [(one, _funnel(tx, one)) for one in draws.of_survey(tx, survey_id)]


def _funnel(tx: Connection, one: Draw) -> Funnel:
    return funnel_of(one, invitations.funnel(tx, one.id), reminders.funnel(tx, one.id))


def _as_data(one: Draw, funnel: Funnel) -> dict[str, Any]:
    return {
        "id": one.id,
        "frame": one.frame,
        "method": one.method,
        "seed": one.seed,
        "as_of": one.as_of,
        "framed": one.framed,
        "drawn": one.drawn,
        "strata": one.strata,
        "created_at": one.created_at,
        "funnel": funnel,
    }


def _has_mail(request: Request) -> bool:
    """Whether letters can be sent at all; until then they wait."""
    with parts_of(request).desk.read() as tx:
        return bool(settings.get(tx, MAIL_SERVER))


def _page(request: Request, survey: Survey, found: list[tuple[Draw, Funnel]], **more: Any) -> Response:
    return shell.page(
        request,
        "surveys/draws.html",
        survey=survey,
        found=found,
        fields=sorted(parts_of(request).ledger.promoted),
        has_mail=_has_mail(request),
        why_not=said.WHY_NOT | said.NOT_SENT,
        plan_of=plan_of,
        **{"done": "", "typed": {}, "counted": None, **more},
        **rights(request),
    )
