"""How a survey comes to people: its address, what can be told with it, and when it closes by itself."""

from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import ballots, settings, sources, surveys, write_keys
from emptychair.desk.settings import TIME_ZONE
from emptychair.desk.surveys import Survey
from emptychair.domain.signal import Audience
from emptychair.listen.surveys.asking import is_anonymous, version_of
from emptychair.listen.surveys.checking import not_in_product
from emptychair.listen.surveys.definition import HiddenField
from emptychair.listen.surveys.editing import draft_of
from emptychair.listen.surveys.fault import Fault
from emptychair.listen.surveys.widget import as_data, faults, from_data
from emptychair.web import shell
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_json
from emptychair.web.routes.surveys import moved_on
from emptychair.web.surveys.showing import widget_sent
from emptychair.web.surveys.told import address_of, rights, survey_of, write_down
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/surveys/{id}/sharing")
def share(request: Request, id: str, done: str = "") -> Response:  # noqa: A002
    """The address of the survey, an example with its hidden fields, and when it closes."""
    survey = survey_of(request, id)
    hidden = draft_of(survey).hidden
    address = address_of(request, survey)
    told = {"address": address, "with_fields": _example(address, hidden)}
    with parts_of(request).desk.read() as tx:
        issued, used = ballots.counts(tx, id)
    widget = from_data(survey.widget)
    if wanted_form(request) is not Form.HTML:
        return as_json(
            {
                **told,
                "closes_at": survey.closes_at,
                "widget": widget,
                "ballots": {"issued": issued, "used": used},
            }
        )
    zone = _zone(request)
    closes = "" if survey.closes_at is None else f"{survey.closes_at.astimezone(zone):%Y-%m-%dT%H:%M}"
    return shell.page(
        request,
        "surveys/sharing.html",
        survey=survey,
        done=done,
        hidden=hidden,
        zone=zone.key,
        closes=closes,
        address=told["address"],
        with_fields=told["with_fields"],
        widget=widget,
        share=f"{100 * widget.share:g}",
        traits="\n".join(f"{one.field} = {', '.join(one.values)}" for one in widget.traits),
        snippets=_snippets(request),
        is_anonymous=is_anonymous(survey),
        issued=issued,
        used=used,
        **rights(request),
    )


@router.post("/surveys/{id}/widget")
def show_inside(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """How it is shown inside the product; 422 says what cannot be so. What is not sent is as usual."""
    survey, parts = survey_of(request, id), parts_of(request)
    if survey.audience is not Audience.CUSTOMER:
        raise refused({"is_on": "Only customers are asked inside the product."})
    widget = widget_sent(fields)
    found = faults(widget)
    if widget.is_on:
        found += _not_in_product(request, survey)
    if found:
        raise refused({f"widget.{number}": fault.told for number, fault in enumerate(found, 1)})
    for trait in widget.traits:
        parts.ledger.promote(trait.field)  # so that it is looked up quickly while a page waits
    with parts.desk.begin() as tx:
        surveys.deliver(tx, id, widget=as_data(widget))
        write_down(tx, request, "change_widget", id, is_on=str(widget.is_on))
    if wanted_form(request) is not Form.HTML:
        return as_json(widget)
    return RedirectResponse(f"/surveys/{id}/sharing?done=saved#widget", 303)


@router.post("/surveys/{id}/address")
def move(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Change the `name`, the `slug` of its address, or `closes_at` (empty: never): what is sent."""
    survey, parts = survey_of(request, id), parts_of(request)
    closes_at = _closing(request, fields.text("closes_at"))
    with parts.desk.begin() as tx:
        if "name" in fields.values:
            surveys.rename(tx, id, fields.text("name"))
        if "slug" in fields.values and fields.text("slug") != survey.slug:
            surveys.move(tx, id, fields.text("slug"))
        if "closes_at" in fields.values:
            surveys.plan_closing(tx, id, closes_at)
        write_down(tx, request, "change_survey", id, fields=", ".join(sorted(fields.values)))
    return moved_on(request, id, f"/surveys/{id}/sharing?done=saved")


def _not_in_product(request: Request, survey: Survey) -> tuple[Fault, ...]:
    """What keeps the survey, as it is asked or as it is edited, from being shown in the product."""
    with parts_of(request).desk.read() as tx:
        newest = version_of(tx, survey, survey.version)
    asked = tuple(not_in_product(draft_of(survey)))
    return asked or (() if newest is None else tuple(not_in_product(newest.definition)))


def _example(address: str, hidden: tuple[HiddenField, ...]) -> str:
    pairs = [f"{one.name}={quote(one.values[0]) if one.values else one.name.upper()}" for one in hidden]
    return f"{address}?{'&'.join(pairs)}" if pairs else address


def _snippets(request: Request) -> list[tuple[str, str]]:
    """For each source of customers the line that shows its visitors the widget."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        known = {one.id: one for one in sources.every(tx) if one.audience is Audience.CUSTOMER}
        keys = write_keys.working(tx)
    line = '<script src="{}/widget.js" data-key="{}" async></script>'
    return [
        (known[key.source_id].name, line.format(parts.base_url, key.key))
        for key in keys
        if key.source_id in known
    ]


def _zone(request: Request) -> ZoneInfo:
    with parts_of(request).desk.read() as tx:
        return ZoneInfo(settings.get(tx, TIME_ZONE))


def _closing(request: Request, text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise refused({"closes_at": "Expected a day and a time, such as 2026-03-31T18:00."}) from None
    return found.replace(tzinfo=_zone(request)) if found.tzinfo is None else found
