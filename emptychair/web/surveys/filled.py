"""What a form says about the questions of a page, as answers and objections."""

from collections.abc import Mapping
from dataclasses import dataclass

from emptychair.listen.surveys.answer import NONE, Answer, Answers
from emptychair.listen.surveys.definition import Definition, Question, QuestionKind
from emptychair.listen.surveys.filling import Given, Objection, filled_in, missing
from emptychair.listen.surveys.logic import pages, path
from emptychair.web.fields import Fields

_OFF = frozenset({"", "false", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The answers of a page, and what is wrong by question; wrong ones are not among the answers."""

    answers: Mapping[str, Answer]
    objections: Mapping[str, Objection]

    @property
    def is_anything_given(self) -> bool:
        """Whether there is at least one answer."""
        return any(answer.is_given for answer in self.answers.values())


def filled(definition: Definition, page: int, fields: Fields) -> Filled:
    """What `a.QUESTION`, `a.QUESTION.PART` and `o.QUESTION` say about the questions of this page."""
    sent, others = fields.under("a"), fields.under("o")
    answers: dict[str, Answer] = {}
    objections: dict[str, Objection] = {}
    laid = pages(definition)
    for question_id in laid[page] if 0 <= page < len(laid) else ():
        question = definition.question(question_id)
        if question is None or question.kind is QuestionKind.FILE:  # files come another way
            continue
        found = filled_in(question, _given(question, sent, others.get(question_id, ""), fields))
        if isinstance(found, Objection):
            objections[question_id] = found
        else:
            answers[question_id] = found
    return Filled(answers=answers, objections=objections)


def _given(question: Question, sent: Mapping[str, str], other: str, fields: Fields) -> Given:
    """What was sent for one question; who wrote words beside "other" has chosen it."""
    start = f"{question.id}."
    parts = {name[len(start) :]: value for name, value in sent.items() if name.startswith(start)}
    # Words are taken with their blanks: they are the respondent's.
    value = fields.values.get(f"a.{question.id}", "")
    beside = next((choice.id for choice in question.choices if choice.is_other), "") if other else ""
    if question.kind is QuestionKind.MULTIPLE:
        parts = {name: value for name, value in parts.items() if value not in _OFF}
        parts |= {beside: "1"} if beside else {}
    elif question.kind is QuestionKind.SINGLE:
        value = value or beside
    return Given(value=value, parts=parts, other=other)


def lacking(
    definition: Definition, page: int, answers: Answers, hidden: Mapping[str, str]
) -> dict[str, Objection]:
    """What must be answered on this page, is asked, and is not answered."""
    asked, found = set(path(definition, answers, hidden).questions), {}
    laid = pages(definition)
    for question_id in laid[page] if 0 <= page < len(laid) else ():
        question = definition.question(question_id)
        if question is not None and question_id in asked:
            objection = missing(question, answers.get(question_id, NONE))
            if objection is not None:
                found[question_id] = objection
    return found
