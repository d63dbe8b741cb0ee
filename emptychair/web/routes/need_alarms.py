"""One alarm: what it stands on, and what people make of it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import need_alarms
from emptychair.desk.need_alarms import LONGEST_REASON, KeptAlarm, Standing
from emptychair.web import shell
from emptychair.web.fields import SentFields
from emptychair.web.needs import marking, naming, pictures
from emptychair.web.needs.told import alarm_as_data, evidence_of, ground
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.needs import rights
from emptychair.web.routes.requests import write_down
from emptychair.web.routes.voice import pens
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/voice/needs/alarms/{id}")
def one(request: Request, id: str) -> Response:  # noqa: A002
    """One alarm with its course, its figures, and the words and searches behind it; CSV has the course."""
    parts, alarm, wanted = parts_of(request), alarm_of(request, id), wanted_form(request)
    course = pictures.weeks(alarm)
    if wanted is Form.CSV:
        return as_csv("course", ("week", "people", "of"), [[at.date(), n, of] for at, n, of in course])
    found = evidence_of(parts, [ground(alarm, "", parts.clock())])
    if wanted is Form.JSON:
        weeks = [{"week": at.date(), "people": n, "of": of} for at, n, of in course]
        return as_json({**alarm_as_data(alarm), "weeks": weeks, "evidence": found})
    write, words = pens(request)
    name = naming.called(alarm.kind, alarm.key, alarm.name, words)
    title = words.gettext("%(name)s, by week", name=name)
    return shell.page(
        request,
        "voice/need_alarm.html",
        alarm=alarm,
        name=name,
        among=naming.among(alarm.segment, words),
        opening=naming.sentence(alarm, write, words),
        course=pictures.large_course(alarm, title, write, words),
        course_title=title,
        weeks=course,
        found=found,
        marked=[marking.cue(one.text, one.place) for one in found.quotes[:20]],
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.post("/voice/needs/alarms/{id}/standing")
def stand(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Watch it, dismiss it with a `reason`, or look at it as new again (`standing`)."""
    parts, alarm = parts_of(request), alarm_of(request, id)
    name, reason = fields.text("standing"), fields.text("reason")
    if name not in (Standing.WATCHING, Standing.DISMISSED, Standing.NEW):
        raise refused({"standing": "Choose watching, dismissed or new."})
    if name == Standing.DISMISSED and not 0 < len(reason) <= LONGEST_REASON:
        raise refused({"reason": f"Say in 1 to {LONGEST_REASON} letters why it is dismissed."})
    if alarm.standing is Standing.NEED:
        raise refused({"standing": "It became a need: dismiss the card instead."})
    chosen = Standing(name)
    kept = reason if chosen is Standing.DISMISSED else ""
    with parts.desk.begin() as tx:
        by = visitor_of(request).name
        if need_alarms.stand(tx, alarm.id, chosen, by=by, now=parts.clock(), reason=kept):
            write_down(tx, request, f"{chosen.value}_need_alarm", alarm.id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/voice/needs/alarms/{alarm.id}?done={chosen.value}", 303)
    return as_json(alarm_as_data(alarm_of(request, alarm.id)))


def alarm_of(request: Request, alarm_id: str) -> KeptAlarm:
    """The alarm with this id. Raises 404 when there is none."""
    with parts_of(request).desk.read() as tx:
        alarm = need_alarms.find(tx, alarm_id[:40])
    if alarm is None:
        raise not_found("There is no such alarm.")
    return alarm
