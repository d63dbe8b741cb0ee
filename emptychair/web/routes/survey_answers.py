"""The answers of a survey one by one: words as quotes, marked answers, and decisions about them."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import response_lists, responses, survey_versions
from emptychair.desk.responses import Response as Given
from emptychair.desk.surveys import Survey
from emptychair.listen.surveys import answer as answers_of
from emptychair.listen.surveys.asking import is_anonymous, version_of
from emptychair.listen.surveys.deciding import decide
from emptychair.listen.surveys.definition import Definition, QuestionKind
from emptychair.listen.surveys.mixing import LEAST
from emptychair.listen.surveys.piping import words
from emptychair.listen.surveys.reading import from_data
from emptychair.understand.quotes import quotes
from emptychair.web import said, shell
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.surveys import groups
from emptychair.web.surveys.told import rights, survey_of, write_down
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 1_000_000
QUOTE_HEAD = ("id", "occurred_at", "person", "question", "score", "text")
HEAD = (
    "id", "ended_at", "progress", "left_out", "mark", "delivery", "language", "version", "person",
    "invitation", "probability",
)  # fmt: skip


@router.get("/surveys/{id}/quotes")
def said_words(request: Request, id: str, q: str = "", page: int = 1) -> Response:  # noqa: A002
    """What respondents wrote, newest first; only where `q` stands in it, if given."""
    survey, wanted = survey_of(request, id), wanted_form(request)
    page = min(max(page, 1), 20_000)
    is_page = wanted is Form.HTML
    skipped, limit = (PAGE * (page - 1), PAGE + 1) if is_page else (0, MOST)
    if is_anonymous(survey):
        found = groups.speakable(parts_of(request).ledger, survey, q)[skipped : skipped + limit]
    else:
        found = quotes(parts_of(request).ledger, id, search=q, skipped=skipped, limit=limit)
    if wanted is Form.JSON:
        return as_json({"quotes": found})
    if wanted is Form.CSV:
        rows = [(one.id, one.occurred_at, one.person, one.name, one.score, one.text) for one in found]
        return as_csv(f"quotes-{survey.slug}", QUOTE_HEAD, rows)
    return shell.page(
        request,
        "surveys/quotes.html",
        survey=survey,
        found=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        q=q,
        least=LEAST if is_anonymous(survey) else 0,
        **rights(request),
    )


@router.get("/surveys/{id}/responses")
def every(request: Request, id: str, marked: str = "", after: str = "", done: str = "") -> Response:  # noqa: A002
    """Every answer that has ended, newest first; with `marked=1` those that are left out alone."""
    survey, parts, wanted = survey_of(request, id), parts_of(request), wanted_form(request)
    if is_anonymous(survey):
        raise Problem(
            HTTPStatus.CONFLICT, "Answers of employees are not shown one by one: they are anonymous."
        )
    limit = PAGE + 1 if wanted is Form.HTML else MOST
    with parts.desk.read() as tx:
        found = response_lists.page(
            tx, id, is_set_aside=True if marked else None, after=after or None, limit=limit
        )
        versions = {one.version: from_data(one.definition) for one in survey_versions.every(tx, id)}
    if wanted is Form.CSV:
        columns = _columns(versions)
        head = (*HEAD, *columns)
        return as_csv(f"answers-{survey.slug}", head, (_row(one, versions, columns) for one in found))
    if wanted is Form.JSON:
        return as_json({"responses": [_as_data(one) for one in found]})
    return shell.page(
        request,
        "surveys/responses.html",
        survey=survey,
        found=[(one, list(_in_words(one, versions))) for one in found[:PAGE]],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        marked=bool(marked),
        words=said.RESPONSE_STATES,
        mark_words=said.MARKS,
        done=done,
        **rights(request),
    )


@router.post("/surveys/{id}/responses/{response}/decision")
def settle(request: Request, id: str, response: str, fields: SentFields) -> Response:  # noqa: A002
    """Leave an answer out of every score (`leave_out=1`), or let it count after all (`leave_out=0`)."""
    survey, parts = survey_of(request, id), parts_of(request)
    if fields.text("leave_out") not in ("0", "1"):
        raise refused({"leave_out": "Expected 1 to leave the answer out, or 0 to let it count."})
    leave_out = fields.text("leave_out") == "1"
    given = _given(request, survey, response)
    with parts.desk.read() as tx:
        asked = version_of(tx, survey, given.version)
    if asked is None or given.ended_at is None:
        raise Problem(HTTPStatus.CONFLICT, "This answer has not ended yet.")
    by = visitor_of(request).name
    if decide(parts.desk, parts.ledger, asked, given.id, leave_out=leave_out, by=by, now=parts.clock()):
        with parts.desk.begin() as tx:
            write_down(tx, request, "leave_out" if leave_out else "let_count", given.id, survey=id)
    if wanted_form(request) is Form.HTML:
        done = "left_out" if leave_out else "counted"
        return RedirectResponse(f"/surveys/{id}/responses?marked=1&done={done}", 303)
    return as_json(_as_data(_given(request, survey, response)))


def _given(request: Request, survey: Survey, response_id: str) -> Given:
    with parts_of(request).desk.read() as tx:
        given = responses.find(tx, response_id)
    if given is None or given.survey_id != survey.id:
        raise not_found("This survey has no such answer.")
    return given


def _as_data(one: Given) -> dict[str, Any]:
    return {
        "id": one.id,
        "ended_at": one.ended_at,
        "progress": one.progress,
        "left_out": one.is_set_aside,
        "mark": one.mark,
        "delivery": one.delivery,
        "language": one.language,
        "version": one.version,
        "person": one.person,
        "invitation": one.invitation_id,
        "probability": one.probability,
        "hidden": one.hidden,
        "answers": one.answers,
    }


def _columns(versions: dict[int, Definition]) -> tuple[str, ...]:
    """Hidden fields and questions of all versions, in the order in which they came."""
    hidden = [f"hidden.{one.name}" for _, made in sorted(versions.items()) for one in made.hidden]
    asked = [one.id for _, made in sorted(versions.items()) for one in made.questions]
    return tuple(dict.fromkeys([*hidden, *asked]))


def _row(one: Given, versions: dict[int, Definition], columns: tuple[str, ...]) -> list[Any]:
    told = _as_data(one)
    answers = dict(_in_words_by_id(one, versions))
    known = {f"hidden.{name}": value for name, value in one.hidden.items()} | answers
    return [*(told[name] for name in HEAD), *(known.get(name, "") for name in columns)]


def _in_words(one: Given, versions: dict[int, Definition]) -> Iterator[tuple[str, str]]:
    """Each question that was answered, with the answer in words."""
    definition = versions.get(one.version)
    for name, text in _in_words_by_id(one, versions):
        question = definition.question(name) if definition else None
        own = definition.language if definition else ""
        yield (question.text.get(own, name) if question else name), text


def _in_words_by_id(one: Given, versions: dict[int, Definition]) -> Iterator[tuple[str, str]]:
    definition = versions.get(one.version)
    if definition is None:
        return
    for name, answer in answers_of.from_data(one.answers).items():
        question = definition.question(name)
        if question is None:
            continue
        if question.kind is QuestionKind.MATRIX:
            cells = [f"{row.text.get(definition.language, row.id)}: {answer.cells[row.id]}"
                     for row in question.rows if row.id in answer.cells]  # fmt: skip
            yield name, "; ".join(cells)
        elif question.kind is QuestionKind.TEXT:
            yield name, answer.text
        elif question.kind is QuestionKind.FILE:
            yield name, "; ".join(file.name for file in answer.files)
        elif question.kind is QuestionKind.RANKING:
            chosen = [question.choice(choice) for choice in answer.choices]
            own = definition.language
            yield name, " > ".join(found.text.get(own, found.id) for found in chosen if found)
        else:
            yield name, words(definition, question, answer, definition.language)
