"""The builder: a survey edited question by question, undone step by step, and seen as respondents see it."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import survey_versions
from emptychair.desk.surveys import Survey
from emptychair.listen.surveys import drafting, editing
from emptychair.listen.surveys.definition import (
    Accent,
    Definition,
    FileKind,
    Format,
    Operator,
    QuestionKind,
)
from emptychair.listen.surveys.editing import Stale, draft_of
from emptychair.listen.surveys.languages import own_name
from emptychair.listen.surveys.reading import NotADefinition, as_data, read
from emptychair.web import said, shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_json, plain
from emptychair.web.surveys import conditions, forms
from emptychair.web.surveys.previewing import preview
from emptychair.web.surveys.told import rights, survey_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

OFFERED = tuple(kind for kind in QuestionKind if kind is not QuestionKind.ENPS)
SURVEY = "survey"


@router.get("/surveys/{id}/edit")
def show(request: Request, id: str, question: str = "", lang: str = "", done: str = "") -> Response:  # noqa: A002
    """The draft: its questions, the one (or the survey around them) that is edited, and its preview."""
    survey = survey_of(request, id)
    if wanted_form(request) is not Form.HTML:
        return as_json({"revision": survey.revision, "definition": as_data(draft_of(survey))})
    return _builder(request, survey, question, lang, done)


@router.post("/surveys/{id}/draft")
def change_survey(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Change texts and looks of the survey; `lang` is the language that the texts are in."""
    survey = survey_of(request, id)
    language = _language(draft_of(survey), fields.text("lang"))
    return _edited(
        request, id, lambda one: forms.survey_changed(one, fields, language), "the survey", SURVEY, language
    )


@router.post("/surveys/{id}/languages")
def change_languages(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Add the language `tag`, or take it away (`do=remove`) with all words in it."""
    tag, is_removal = fields.text("tag"), fields.text("do") == "remove"
    change = forms.language_removed if is_removal else forms.language_added
    what = f"language {tag} removed" if is_removal else f"language {tag} added"
    language = "" if is_removal else tag
    return _edited(request, id, lambda one: change(one, tag), what, SURVEY, language)


@router.post("/surveys/{id}/quotas")
def change_quotas(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Add a quota of `most` answers (for which `when` holds), or remove the one called `quota`."""
    gone = fields.text("quota")
    if gone:
        return _edited(request, id, lambda one: forms.without_quota(one, gone), "a quota removed", SURVEY)
    most = forms.whole_number(fields, "most")
    return _edited(request, id, lambda one: forms.with_quota(one, fields, most), "a quota added", SURVEY)


@router.post("/surveys/{id}/definition")
def replace_all(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Replace the draft by another `definition` (JSON as text); 409 when `revision` is not the newest."""
    survey_of(request, id)
    try:
        definition = read(fields.values.get("definition", ""))
    except NotADefinition as problem:
        raise refused({"definition": str(problem)}) from None
    revision = forms.whole_number(fields, "revision") if fields.text("revision") else None
    return _edited(request, id, lambda one: definition, "all of it replaced", SURVEY, revision=revision)


@router.post("/surveys/{id}/questions")
def add(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """One question more, of this `kind`, `behind` another or at the end."""
    survey = survey_of(request, id)
    if fields.text("kind") not in set(OFFERED):
        raise refused({"kind": f"Expected one of {', '.join(OFFERED)}."})
    question = drafting.new_question(draft_of(survey), QuestionKind(fields.text("kind")))
    behind = fields.text("behind")
    return _edited(
        request, id, lambda one: drafting.added(one, question, behind=behind), "a question added", question.id
    )


@router.post("/surveys/{id}/questions/{question}")
def change(request: Request, id: str, question: str, fields: SentFields) -> Response:  # noqa: A002
    """Change what is sent of a question; `lang` is the language that the texts are in."""
    draft = draft_of(survey_of(request, id))
    language = _language(draft, fields.text("lang"))
    if _is_part(request):
        # Half-typed choices are not added while somebody types: the form would not show that they were.
        fields = Fields({name: value for name, value in fields.values.items() if not name.endswith("_more")})

    def changed(one: Definition) -> Definition:
        return drafting.changed(
            one, question, lambda found: forms.question_changed(one, found, fields, language)
        )

    return _edited(request, id, changed, _named(draft, question, "changed"), question, language)


@router.post("/surveys/{id}/questions/{question}/moving")
def move(request: Request, id: str, question: str, fields: SentFields) -> Response:  # noqa: A002
    """Move a question `up` or `down` by one place."""
    draft = draft_of(survey_of(request, id))
    step = -1 if fields.text("to") == "up" else 1
    return _edited(
        request,
        id,
        lambda one: drafting.moved(one, question, step),
        _named(draft, question, "moved"),
        question,
    )


@router.post("/surveys/{id}/questions/{question}/copying")
def copy(request: Request, id: str, question: str) -> Response:  # noqa: A002
    """The same question once more, behind it."""
    draft = draft_of(survey_of(request, id))
    return _edited(
        request, id, lambda one: drafting.copied(one, question), _named(draft, question, "copied"), question
    )


@router.post("/surveys/{id}/questions/{question}/removal")
def remove(request: Request, id: str, question: str) -> Response:  # noqa: A002
    """The survey without this question; the builder can undo it."""
    draft = draft_of(survey_of(request, id))
    return _edited(
        request, id, lambda one: drafting.removed(one, question), _named(draft, question, "removed"), ""
    )


@router.post("/surveys/{id}/undoing")
def undo(request: Request, id: str) -> Response:  # noqa: A002
    """Undo the last change of the draft."""
    survey_of(request, id)
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        editing.undo(tx, id, parts.clock())
    return _answer(request, survey_of(request, id), "", "", "undone")


def _edited(
    request: Request,
    survey_id: str,
    change: Callable[[Definition], Definition],
    what: str,
    question: str,
    language: str = "",
    *,
    revision: int | None = None,
) -> Response:
    parts = parts_of(request)
    by, now = visitor_of(request).name, parts.clock()
    try:
        with parts.desk.begin() as tx:
            survey = editing.edit(tx, survey_id, change, what, revision=revision, by=by, now=now)
    except Stale:
        told = "Somebody else has changed this survey since you opened it; nothing was done. Load it again."
        raise Problem(HTTPStatus.CONFLICT, told) from None
    except Problem as problem:
        if not _is_part(request):
            raise
        return _builder(request, survey_of(request, survey_id), question, language, "", problem.detail)
    return _answer(request, survey, question, language, "")


def _answer(request: Request, survey: Survey, question: str, language: str, done: str) -> Response:
    """The builder again; only what stands beside the form for htmx, so that nobody loses their place."""
    if wanted_form(request) is not Form.HTML:
        return as_json({"revision": survey.revision, "definition": as_data(draft_of(survey))})
    if _is_part(request):
        return _builder(request, survey, question, language, done)
    query = f"question={quote(question)}&lang={quote(language)}&done={done}"
    return RedirectResponse(f"/surveys/{survey.id}/edit?{query}", 303)


def _is_part(request: Request) -> bool:
    """Whether a form that saves by itself has sent this: what stands beside it is answered."""
    return request.headers.get("hx-request") == "true"


def _builder(
    request: Request, survey: Survey, question: str, lang: str, done: str, trouble: str = ""
) -> Response:
    draft = draft_of(survey)
    with parts_of(request).desk.read() as tx:
        last, is_published = survey_versions.last_edit(tx, survey.id), editing.is_published(tx, survey)
    chosen = draft.question(question)
    if chosen is None and question != SURVEY and draft.questions:
        chosen = draft.questions[0]
    return shell.page(
        request,
        "surveys/beside.html" if _is_part(request) else "surveys/edit.html",
        survey=survey,
        draft=draft,
        chosen=chosen,
        tongue=_language(draft, lang),
        faults=editing.faults_of(survey),
        last=last,
        is_published=is_published,
        done=done,
        trouble=trouble,
        definition=_json(draft),
        **_offered(draft, chosen.id if chosen else ""),
        **preview(
            draft, chosen.id if chosen else "", _language(draft, lang), f"/surveys/{survey.id}/preview"
        ),
        **rights(request),
    )


def _offered(draft: Definition, chosen: str) -> dict[str, Any]:
    """What the forms of the builder offer to choose from."""
    place = next((n for n, one in enumerate(draft.questions) if one.id == chosen), len(draft.questions))
    question = draft.question(chosen)
    return {
        "kinds": OFFERED,
        "kind_names": said.QUESTION_KINDS,
        "operators": {one.value: said.OPERATORS[one.value] for one in Operator},
        "formats": {one.value: said.FORMATS[one.value] for one in Format},
        "file_types": {one.value: said.FILE_TYPES[one.value] for one in FileKind},
        "accents": {one.value: said.ACCENTS[one.value] for one in Accent},
        "looks": conditions.sources(draft, place),
        "looks_behind": conditions.sources(draft, min(place + 1, len(draft.questions))),
        "looks_all": conditions.sources(draft, len(draft.questions)),
        "targets": conditions.targets(draft, place),
        "completions": conditions.words_offered(draft),
        "condition": conditions.shown(draft, question.show_if if question else ()),
        "jumps": [(jump.to, conditions.shown(draft, jump.when)) for jump in question.then]
        if question
        else [],
        "in_words": lambda condition: conditions.in_words(draft, condition),
        "own_name": own_name,
    }


def _language(draft: Definition, wished: str) -> str:
    return wished if wished in draft.languages else draft.language


def _named(draft: Definition, question_id: str, deed: str) -> str:
    place = next((n for n, one in enumerate(draft.questions, 1) if one.id == question_id), None)
    if place is None:
        raise not_found("This survey has no such question.")
    return f"question {place} {deed}"


def _json(draft: Definition) -> str:
    return json.dumps(plain(as_data(draft)), ensure_ascii=False, indent=2)
