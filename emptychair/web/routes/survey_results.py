"""What came of a survey: scores with intervals, each question, and where answers stand."""

from collections.abc import Mapping
from datetime import UTC, timedelta

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.desk import answer_files, response_counts, response_lists
from emptychair.desk.answer_files import AnswerFile
from emptychair.desk.surveys import Survey
from emptychair.domain.period import Period
from emptychair.listen.surveys.answer import from_data
from emptychair.listen.surveys.asking import is_anonymous, version_of
from emptychair.listen.surveys.definition import Definition
from emptychair.listen.surveys.editing import draft_of
from emptychair.listen.surveys.mixing import LEAST
from emptychair.listen.surveys.tallying import Tally, tallies
from emptychair.measure import surveys as measuring
from emptychair.measure.choices import decided
from emptychair.measure.export import as_object
from emptychair.understand.fields import Field, UnknownFieldError, field
from emptychair.web import said, shell
from emptychair.web.formats import Formats
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_csv, as_json, locale_of
from emptychair.web.scorecard.panels import segment_grid
from emptychair.web.scorecard.words import Pen
from emptychair.web.surveys import groups, results
from emptychair.web.surveys.told import as_data, rights, survey_of
from emptychair.web.texts import texts
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

HEAD = ("question", "text", "kind", "answer", "answer_text", "count", "share", "low", "high", "n")
NEWEST_FILES = 5
OWN_FIELDS = ("language", "delivery")


@router.get("/surveys/{id}")
def show(request: Request, id: str, by: str = "", done: str = "") -> Response:  # noqa: A002
    """The scores of a survey (split `by` a field), its questions with answers, and where answers stand."""
    survey, parts = survey_of(request, id), parts_of(request)
    if by and is_anonymous(survey):
        raise refused({"by": "Answers of employees are not split: a small group would show who it is."})
    with parts.desk.read() as tx:
        newest = version_of(tx, survey, survey.version)
        definition = draft_of(survey) if newest is None else newest.definition
        minimum_n = decided(tx).minimum_n
        counted, stand, marked, found = _counts(request, tx, survey, definition)
        file_counts = answer_files.counts(tx, id)
        files = _files(request, tx, id, definition)
    scores = measuring.scores(
        parts.ledger,
        id,
        survey.audience,
        measuring.asked_scores(one.kind.value for one in definition.questions),
        _period(request, survey),
        minimum_n,
        _field(request, by),
    )
    questions = results.answered(found, definition.language, counted, minimum_n)
    if is_anonymous(survey):
        questions = results.guarded(questions, LEAST)
        scores = groups.without_small_months(scores)
    wanted = wanted_form(request)
    if wanted is Form.CSV:
        return as_csv(f"survey-{survey.slug}", HEAD, results.as_rows(questions))
    if wanted is Form.JSON:
        told = {"scores": [as_object(one) for one in scores.metrics], "questions": questions}
        told |= {"segments": [as_object(one, with_segment=True) for one in scores.segments]}
        told |= {"standings": stand, "marks": marked, "files": file_counts}
        return as_json(as_data(request, survey, stand["completed"]) | told)
    locale = locale_of(request)
    pen = Pen(Formats(locale), texts(locale.language))
    return shell.page(
        request,
        "surveys/one.html",
        survey=survey,
        metrics=scores.metrics,
        sentence=results.sentence(scores.metrics, counted, pen),
        lines=[line for one in scores.trends if (line := results.line(one, pen)) is not None],
        segments=segment_grid(scores.segments, by, pen) if by else None,
        by=by,
        fields=_fields(request, definition),
        questions=questions,
        file_counts=file_counts,
        files=files,
        standings=stand,
        marks=marked,
        is_anonymous=is_anonymous(survey),
        least=LEAST,
        counted=counted,
        pen=pen,
        kind_names=said.QUESTION_KINDS,
        words=said.ANONYMOUS_STATES if is_anonymous(survey) else said.RESPONSE_STATES,
        mark_words=said.MARKS,
        done=done,
        **rights(request),
    )


def _files(
    request: Request, tx: Connection, survey_id: str, definition: Definition
) -> dict[str, list[AnswerFile]]:
    """The newest files of each question, for who may see answers."""
    if not rights(request)["may_see_answers"]:
        return {}
    return {
        one.id: answer_files.page(tx, survey_id, question=one.id, is_counted=True, limit=NEWEST_FILES)
        for one in definition.file_questions
    }


def _counts(
    request: Request, tx: Connection, survey: Survey, definition: Definition
) -> tuple[int, dict[str, int], Mapping[str, int], list[Tally]]:
    """How many answers count, where answers stand, why some are left out, and what was answered."""
    if is_anonymous(survey):
        ledger = parts_of(request).ledger
        counted = groups.counts(ledger, [survey]).get(survey.id, 0)
        found = groups.tallied(ledger, survey, definition)
        return counted, groups.standings(tx, survey, counted), groups.marks(tx, survey), found
    counts = response_counts.standings(tx, survey.id)
    stand = results.standings(counts)
    answers = (from_data(one.answers) for one in response_lists.counted(tx, survey.id))
    found = tallies(definition, answers)
    return stand["completed"] + stand["given_up"], stand, results.marks(counts), found


def _period(request: Request, survey: Survey) -> Period:
    """From the day on which the survey was made (anonymous answers tell no more than theirs) to now."""
    start = survey.created_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(start, parts_of(request).clock() + timedelta(microseconds=1))


def _fields(request: Request, definition: Definition) -> tuple[str, ...]:
    """The fields by which the scores can be split: what the survey knows, and what is known of people."""
    own = [one.name for one in definition.hidden]
    return tuple(dict.fromkeys([*own, *OWN_FIELDS, "channel", *sorted(parts_of(request).ledger.promoted)]))


def _field(request: Request, by: str) -> Field | None:
    if not by:
        return None
    try:
        return field(parts_of(request).ledger, by)
    except UnknownFieldError as problem:
        raise refused({"by": str(problem)}) from None
