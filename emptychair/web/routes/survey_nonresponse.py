"""Who of a sample did not answer: by any field of the person, and as a list for who may see people."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response

from emptychair.desk import draws, invitation_lists
from emptychair.desk.draws import Draw
from emptychair.desk.invitation_lists import Place
from emptychair.desk.surveys import Survey
from emptychair.measure.choices import decided
from emptychair.understand.fields import UnknownFieldError, field, values_of_people
from emptychair.web import said, shell
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.scorecard.asked import field_names
from emptychair.web.surveys import nonresponse
from emptychair.web.surveys.nonresponse import HEAD, Stage
from emptychair.web.surveys.told import rights, survey_of
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE = 50
PEOPLE_HEAD = (
    "person", "stage", "reason", "value", "stratum", "probability", "sent_at", "seen_at", "saved_at",
)  # fmt: skip


@router.get("/surveys/{id}/draws/{draw}")
def split(request: Request, id: str, draw: str, by: str = "") -> Response:  # noqa: A002
    """How many of a sample answered, split `by` a field of the person as known when they were drawn."""
    survey, one, places = _drawn(request, id, draw)
    values = _values(request, survey, one, by, places)
    with parts_of(request).desk.read() as tx:
        minimum_n = decided(tx).minimum_n
    total, found = nonresponse.groups(places, values, minimum_n)
    found = found if by else []
    wanted = wanted_form(request)
    if wanted is Form.CSV:
        return as_csv(f"who-answered-{survey.slug}", HEAD, map(nonresponse.as_row, found or [total]))
    if wanted is Form.JSON:
        return as_json({"draw": one.id, "by": by, "minimum_n": minimum_n, "total": total, "groups": found})
    return shell.page(
        request,
        "surveys/who_answered.html",
        survey=survey,
        draw=one,
        by=by,
        fields=_fields(request, one),
        total=total,
        groups=found,
        minimum_n=minimum_n,
        **rights(request),
    )


@router.get("/surveys/{id}/draws/{draw}/people")
def people(
    request: Request,
    id: str,  # noqa: A002
    draw: str,
    stage: str = "",
    by: str = "",
    value: str = "",
    page: int = 1,
) -> Response:
    """Those who got it and have not answered to the end, or stand at a `stage`; of one `value` of `by`."""
    survey, one, places = _drawn(request, id, draw)
    if stage and stage not in set(Stage):
        raise refused({"stage": f"Expected one of {', '.join(Stage)}, or nothing: who has not answered."})
    values = _values(request, survey, one, by, places)
    found = nonresponse.chosen(places, values, Stage(stage) if stage else None, value if by else "")
    wanted = wanted_form(request)
    if wanted is not Form.HTML:
        rows = [
            (place.person, at, place.reason, own, place.stratum, place.probability, place.sent_at,
             place.seen_at, place.saved_at)
            for place, at, own in found
        ]  # fmt: skip
        if wanted is Form.CSV:
            return as_csv(f"did-not-answer-{survey.slug}", PEOPLE_HEAD, rows)
        return as_json({"people": [dict(zip(PEOPLE_HEAD, row, strict=True)) for row in rows]})
    page = min(max(page, 1), 1 + len(found) // PAGE)
    return shell.page(
        request,
        "surveys/did_not_answer.html",
        survey=survey,
        draw=one,
        found=found[PAGE * (page - 1) : PAGE * page],
        count=len(found),
        page=page,
        more=len(found) > PAGE * page,
        stage=stage,
        by=by,
        value=value if by else "",
        kept_query={"stage": stage, "by": by, "value": value if by else ""},
        fields=_fields(request, one),
        stages=said.STAGES,
        why_not=said.WHY_NOT | said.NOT_SENT,
        **rights(request),
    )


def _drawn(request: Request, survey_id: str, draw_id: str) -> tuple[Survey, Draw, list[Place]]:
    survey = survey_of(request, survey_id)
    with parts_of(request).desk.read() as tx:
        one = draws.find(tx, draw_id)
        if one is None or one.survey_id != survey_id:
            raise not_found("This survey has no such sample.")
        return survey, one, invitation_lists.places(tx, draw_id)


def _fields(request: Request, one: Draw) -> tuple[str, ...]:
    """Every field that the ledger knows, the one that the sample was drawn by first."""
    own = [str(one.method["by"])] if one.method.get("by") else []
    return tuple(dict.fromkeys([*own, *field_names(parts_of(request))]))


def _values(
    request: Request, survey: Survey, one: Draw, by: str, places: Sequence[Place]
) -> Mapping[str, str]:
    """What was known of each person when they were drawn, so answering decides nothing of it. O(rows)."""
    if not by:
        return {}
    if by == one.method.get("by"):
        return {place.person: place.stratum for place in places}
    ledger = parts_of(request).ledger
    try:
        found = field(ledger, by)
    except UnknownFieldError as problem:
        raise refused({"by": str(problem)}) from None
    rows = ledger.ask(values_of_people(found, survey.audience, one.as_of, one.as_of)).to_pylist()
    return {str(row["person"]): str(row["value"]) for row in rows}
