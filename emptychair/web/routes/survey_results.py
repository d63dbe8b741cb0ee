"""What came of a survey."""

from fastapi import APIRouter, Request, Response

from emptychair.desk import response_counts
from emptychair.desk.responses import Progress
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.render import as_json
from emptychair.web.surveys.told import as_data, rights, survey_of
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/surveys/{id}")
def show(request: Request, id: str, done: str = "") -> Response:  # noqa: A002
    """How many answers a survey has, and where they stand."""
    survey = survey_of(request, id)
    with parts_of(request).desk.read() as tx:
        counted = response_counts.standings(tx, id)
    standings = {progress.value: 0 for progress in Progress} | {"marked": 0}
    for one, n in counted.items():
        standings["marked" if one.is_set_aside else one.progress.value] += n
    completed = standings[Progress.COMPLETED.value]
    if wanted_form(request) is not Form.HTML:
        return as_json(as_data(request, survey, completed) | {"standings": standings})
    return shell.page(
        request,
        "surveys/one.html",
        survey=survey,
        standings=list(standings.items()),
        completed=completed,
        done=done,
        **rights(request),
    )
