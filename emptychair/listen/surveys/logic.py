"""Which questions a respondent is asked: conditions, jumps and pages, decided by the answers so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from emptychair.listen.surveys.answer import NONE, Answer, Answers
from emptychair.listen.surveys.definition import (
    END,
    NUMBERS,
    SCREEN_OUT,
    Condition,
    Definition,
    Look,
    Operator,
    Question,
    QuestionKind,
)
from emptychair.listen.surveys.filling import missing

Hidden = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The questions that are asked, in order; `is_screened_out` when the last jump led out."""

    questions: tuple[str, ...]
    is_screened_out: bool = False


@dataclass(slots=True)
class _Walk:
    """Where a walk through the survey is: only answers to questions that were asked count."""

    definition: Definition
    hidden: Hidden
    asked: dict[str, Answer] = field(default_factory=dict)


def path(definition: Definition, answers: Answers, hidden: Hidden) -> Path:
    """The questions that these answers lead through. O(questions + looks), and it always ends.

    Jumps lead forward only (`checking` sees to it, and a jump back is not taken here), so a question is met
    once. An answer to a question that is not asked does not count for any condition.
    """
    walk = _Walk(definition, hidden)
    place, questions = 0, definition.questions
    places = {question.id: number for number, question in enumerate(questions)}
    while place < len(questions):
        question = questions[place]
        place += 1
        if not holds(walk, question.show_if):
            continue
        walk.asked[question.id] = answers.get(question.id, NONE)
        to = next((jump.to for jump in question.then if holds(walk, jump.when)), None)
        if to == SCREEN_OUT:
            return Path(questions=tuple(walk.asked), is_screened_out=True)
        place = len(questions) if to == END else max(place, places.get(to or "", place))
    return Path(questions=tuple(walk.asked))


def holds(walk: "_Walk", condition: Condition) -> bool:
    """Whether a condition holds; the empty one always does."""
    return not condition or any(all(_seen(walk, look) for look in group) for group in condition)


def met(definition: Definition, answers: Answers, hidden: Hidden, condition: Condition) -> bool:
    """Whether a condition holds at the end of these answers, of which only those on their path count."""
    on_path = path(definition, answers, hidden).questions
    return holds(_Walk(definition, hidden, {name: answers.get(name, NONE) for name in on_path}), condition)


def _seen(walk: _Walk, look: Look) -> bool:
    question_id, _, row = look.of.partition(".")
    question = walk.definition.question(question_id)
    if question is None:
        return is_so(look, _of_hidden(walk.hidden.get(look.of, "")))
    return is_so(look, value_of(question, walk.asked.get(question_id, NONE), row))


def value_of(question: Question, answer: Answer, row: str = "") -> tuple[str, ...]:
    """What looks see of an answer: numbers and ids as texts, "…" for words; nothing where none was given.

    Of a ranking it is what came first, of a matrix the cell of the `row`.
    """
    if question.kind in NUMBERS:
        return () if answer.number is None else (str(answer.number),)
    if question.kind is QuestionKind.RANKING:
        return answer.choices[:1]
    if question.kind is QuestionKind.MATRIX and row:
        return (answer.cells[row],) if row in answer.cells else ()
    return answer.choices or (("…",) if answer.is_given else ())


def is_so(look: Look, values: tuple[str, ...]) -> bool:
    """Whether a look finds what it looks for among the values of an answer."""
    match look.op:
        case Operator.ANSWERED:
            return bool(values)
        case Operator.NOT_ANSWERED:
            return not values
        case Operator.IS:
            return any(value in look.values for value in values)
        case Operator.IS_NOT:
            return not any(value in look.values for value in values)
        case Operator.AT_LEAST | Operator.AT_MOST:
            return any(_is_beyond(look, value) for value in values)


def _is_beyond(look: Look, value: str) -> bool:
    number, limit = _number(value), _number(look.values[0] if look.values else "")
    if number is None or limit is None:
        return False
    return number >= limit if look.op is Operator.AT_LEAST else number <= limit


def _number(text: str) -> int | None:
    try:
        return int(text) if len(text) <= 18 else None
    except ValueError:
        return None


def _of_hidden(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def pages(definition: Definition) -> tuple[tuple[str, ...], ...]:
    """The ids of the questions of each page, in order."""
    found: list[list[str]] = []
    for question in definition.questions:
        if found and question.is_with_previous:
            found[-1].append(question.id)
        else:
            found.append([question.id])
    return tuple(tuple(page) for page in found)


def page_after(definition: Definition, walked: Path, page: int) -> int | None:
    """The first page behind `page` (-1: the first of all) on which something is asked; None at the end."""
    asked = set(walked.questions)
    return next(
        (n for n, ids in enumerate(pages(definition)) if n > page and not asked.isdisjoint(ids)), None
    )


def page_before(definition: Definition, walked: Path, page: int) -> int | None:
    """The last page before `page` on which something is asked; None at the beginning."""
    asked = set(walked.questions)
    found = [n for n, ids in enumerate(pages(definition)) if n < page and not asked.isdisjoint(ids)]
    return found[-1] if found else None


def kept(definition: Definition, answers: Answers, hidden: Hidden) -> dict[str, Answer]:
    """The answers to questions that are asked at all: what was answered on a way that was left is dropped."""
    on_path = path(definition, answers, hidden).questions
    return {name: answers[name] for name in on_path if name in answers and answers[name].is_given}


def unanswered(definition: Definition, answers: Answers, hidden: Hidden) -> tuple[str, ...]:
    """The questions that must be answered, are asked, and are not answered."""
    on_path = set(path(definition, answers, hidden).questions)
    return tuple(
        question.id
        for question in definition.questions
        if question.id in on_path and missing(question, answers.get(question.id, NONE)) is not None
    )
