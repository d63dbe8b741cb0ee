"""A draft as respondents will see it, with its logic running, and nothing kept of what is tried."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from emptychair.listen.surveys.answer import NONE, Answer, Attached, as_data, from_data
from emptychair.listen.surveys.definition import Definition
from emptychair.listen.surveys.logic import page_after, page_before, pages, path
from emptychair.web.fields import Fields
from emptychair.web.surveys.filled import filled, lacking
from emptychair.web.surveys.paper import sheet

LONGEST = 100_000
_SOME = Attached(id="preview", name="…", size=0, type="")


def preview(draft: Definition, question: str, language: str, action: str) -> dict[str, Any]:
    """The page of a draft on which a question stands, for the template `asked/sheet.html`."""
    laid = pages(draft)
    page = next((number for number, ids in enumerate(laid) if question in ids), 0)
    return _shown(draft, page, language, {}, action, is_over=False)


def previewed(draft: Definition, fields: Fields, action: str) -> dict[str, Any]:
    """The page after the one that was sent, as a respondent would get it."""
    language = fields.text("speak") or fields.text("lang")
    language = language if language in draft.languages else draft.language
    answers = _kept(fields.values.get("kept", ""))
    page = min(int(fields.text("page")), 10_000) if fields.text("page").isdecimal() else 0
    sent = filled(draft, page, fields)
    answers |= {**sent.answers, **_files(draft, fields)}
    walked = path(draft, answers, {})
    go = fields.text("go")
    if fields.text("speak"):
        return _shown(draft, page, language, answers, action, is_over=False)
    if go == "back":
        before = page_before(draft, walked, page)
        number = page if before is None else before
        return _shown(draft, number, language, answers, action, is_over=False)
    asked = set(walked.questions)
    wrong = {name: one for name, one in sent.objections.items() if name in asked}
    wrong = lacking(draft, page, answers, {}) | wrong
    after = page_after(draft, walked, page)
    if wrong or after is not None:
        number = page if wrong or after is None else after
        return _shown(draft, number, language, answers, action, is_over=False, objections=wrong)
    return _shown(
        draft, page, language, answers, action, is_over=True, is_screened_out=walked.is_screened_out
    )


def _shown(
    draft: Definition,
    page: int,
    language: str,
    answers: Mapping[str, Answer],
    action: str,
    *,
    is_over: bool,
    is_screened_out: bool = False,
    objections: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    number = len(draft.questions) if is_over else page
    paper = sheet(
        draft,
        page=number,
        language=language,
        answers=answers,
        hidden={},
        seed="preview",
        objections=objections,
    )
    carried = {"page": str(page), "lang": language, "kept": json.dumps(as_data(answers))}
    return {
        "sheet": paper,
        "action": action,
        "carried": carried,
        "saving": "",
        "seeing": "",
        "is_chosen": False,
        "trap": "",
        "is_over": is_over,
        "is_screened_out": is_screened_out,
    }


def _files(draft: Definition, fields: Fields) -> dict[str, Answer]:
    """That files were chosen, for the logic: in a preview none are sent, and only their place is known."""
    found = {}
    for question in draft.file_questions:
        if fields.text(f"f.{question.id}"):
            found[question.id] = Answer(files=(_SOME,))
        elif fields.text(f"r.{question.id}.{_SOME.id}"):
            found[question.id] = NONE
    return found


def _kept(text: str) -> dict[str, Answer]:
    """The answers that the page carried along; none where they cannot be read."""
    try:
        return from_data(json.loads(text[:LONGEST])) if text else {}
    except (ValueError, TypeError, RecursionError, msgspec.ValidationError):
        return {}
