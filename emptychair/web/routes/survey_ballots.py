"""Links that answer an anonymous survey once: given out as a list, and known to nobody afterwards."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import ballots, sealed_answers
from emptychair.desk.responses import Mark
from emptychair.desk.surveys import Survey
from emptychair.listen.surveys.asking import is_anonymous
from emptychair.listen.surveys.mixing import LEAST
from emptychair.web import shell
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.surveys.forms import whole_number
from emptychair.web.surveys.told import address_of, rights, survey_of, write_down
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

MOST = 2_000


@router.post("/surveys/{id}/ballots")
def issue(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Make `count` links that answer once each. They are told here and kept nowhere."""
    survey, wanted = _anonymous(request, id, "count"), wanted_form(request)
    count = whole_number(fields, "count")
    if not LEAST <= count <= MOST:
        raise refused({"count": f"Expected {LEAST} to {MOST:,} links at once: fewer would be a small group."})
    with parts_of(request).desk.begin() as tx:
        tokens = ballots.issue(tx, id, count)
        write_down(tx, request, "issue_links", id, count=str(count))
    links = [f"{address_of(request, survey)}?to={token}" for token in tokens]
    if wanted is Form.CSV:
        return as_csv(f"links-{survey.slug}", ("link",), [(link,) for link in links])
    if wanted is Form.JSON:
        return as_json({"links": links}, HTTPStatus.CREATED.value)
    return shell.page(request, "surveys/ballots.html", survey=survey, links=links, **rights(request))


@router.post("/surveys/{id}/marks")
def count_after_all(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Let all anonymous answers with this `mark` count; one alone cannot be told apart."""
    _anonymous(request, id, "mark")
    if fields.text("mark") not in set(Mark):
        raise refused({"mark": f"Expected one of {', '.join(Mark)}."})
    with parts_of(request).desk.begin() as tx:
        count = sealed_answers.unmark(tx, id, Mark(fields.text("mark")))
        write_down(tx, request, "let_count", id, mark=fields.text("mark"), count=str(count))
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/surveys/{id}", 303)
    return as_json({"counted": count})


def _anonymous(request: Request, survey_id: str, field: str) -> Survey:
    survey = survey_of(request, survey_id)
    if not is_anonymous(survey):
        raise refused({field: "Only surveys of employees are anonymous."})
    return survey
