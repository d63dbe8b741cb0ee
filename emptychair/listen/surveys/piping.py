"""Answers and hidden fields in later texts: plain words put in the place of a mark, never a template."""

import re
from collections.abc import Callable, Mapping

from emptychair.listen.surveys.answer import NONE, Answer, Answers
from emptychair.listen.surveys.definition import NUMBERS, Definition, Question, QuestionKind
from emptychair.listen.surveys.languages import said

# {name}, or {name|what to say when there is nothing}; every other brace is a brace.
MARK = re.compile(r"\{([a-z][a-z0-9_]{0,31})(?:\|([^{}|]{0,200}))?\}")
LONGEST = 300


def marks(text: str) -> tuple[str, ...]:
    """The names that a text puts something in for.

    >>> marks("Why {q1}, {name|friend}? {not a name}")
    ('q1', 'name')
    """
    return tuple(found[1] for found in MARK.finditer(text))


def filled(text: str, value: Callable[[str], str | None]) -> str:
    """The text with every mark replaced once by the value of its name; what is put in is not read again.

    A name of which nothing is known (None) stays as it is written; one without a value is what its mark says.

    >>> filled("You said {q1}, {name|friend}.", {"q1": "{name}", "name": ""}.get)
    'You said {name}, friend.'
    """

    def put(found: re.Match[str]) -> str:
        known = value(found[1])
        return found[0] if known is None else (known or found[2] or "")

    return MARK.sub(put, text)


def values(
    definition: Definition, answers: Answers, hidden: Mapping[str, str], language: str
) -> Callable[[str], str | None]:
    """What each name stands for, in the words that the respondent reads; None for unknown names."""

    def value(name: str) -> str | None:
        question = definition.question(name)
        if question is not None:
            return words(definition, question, answers.get(name, NONE), language)
        if definition.hidden_field(name) is not None:
            return hidden.get(name, "")
        return None

    return value


def words(definition: Definition, question: Question, answer: Answer, language: str) -> str:
    """An answer in words of at most 300 characters, on one line; nothing for files and where none was given.

    Of a ranking it is what came first; a matrix has no words.
    """
    if question.kind in NUMBERS:
        found = "" if answer.number is None else str(answer.number)
    elif answer.choices:
        chosen = answer.choices[:1] if question.kind is QuestionKind.RANKING else answer.choices
        names = [_name(definition, question, one, answer, language) for one in chosen]
        found = ", ".join(name for name in names if name)
    else:
        found = answer.text
    found = " ".join(found.split())
    return found if len(found) <= LONGEST else found[: LONGEST - 1] + "…"


def _name(definition: Definition, question: Question, choice_id: str, answer: Answer, language: str) -> str:
    choice = question.choice(choice_id)
    if choice is None:
        return ""
    if choice.is_other and answer.other:
        return answer.other
    return said(choice.text, language, definition.language)
