"""The preview of a draft: the page that respondents will get, in every language, with nothing kept."""

from typing import Any

from fastapi import APIRouter, Request, Response

from emptychair.listen.surveys.editing import draft_of
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.render import as_json
from emptychair.web.surveys.previewing import preview, previewed
from emptychair.web.surveys.told import survey_of
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/surveys/{id}/preview")
def show(request: Request, id: str, question: str = "", lang: str = "") -> Response:  # noqa: A002
    """The page of the draft on which this question stands, or its first."""
    survey = survey_of(request, id)
    draft = draft_of(survey)
    language = lang if lang in draft.languages else draft.language
    return _answer(request, id, preview(draft, question, language, f"/surveys/{id}/preview"))


@router.post("/surveys/{id}/preview")
def turn(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """The next page, as answers to this one lead to it."""
    survey = survey_of(request, id)
    return _answer(request, id, previewed(draft_of(survey), fields, f"/surveys/{id}/preview"))


def _answer(request: Request, survey_id: str, shown: dict[str, Any]) -> Response:
    if wanted_form(request) is not Form.HTML:
        return as_json({"sheet": shown["sheet"], "is_over": shown["is_over"]})
    is_part = request.headers.get("hx-request") == "true"
    template = "surveys/preview_part.html" if is_part else "surveys/preview_page.html"
    return parts_of(request).pages.page(request, template, survey_id=survey_id, **shown)
