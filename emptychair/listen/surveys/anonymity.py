"""What keeps a survey from being anonymous: faults of those that employees answer."""

from collections.abc import Iterator

from emptychair.listen.surveys.definition import Definition, Format, Question, QuestionKind
from emptychair.listen.surveys.fault import Fault, here

# The page carries all answers until the last button is pressed, and has to fit into one form.
MOST_FIELDS, MOST_LETTERS = 400, 20_000


def faults(definition: Definition) -> Iterator[Fault]:
    """Everything by which an answer could be told from others before five of them are there."""
    if definition.hidden:
        yield here("employees answer anonymously: hidden fields are not taken")
    if definition.quotas:
        yield here("employees answer anonymously: a quota would tell one answer by being filled")
    for number, question in enumerate(definition.questions):
        if question.format is Format.EMAIL:
            yield here("employees answer anonymously: an address is not asked for", number)
        if question.kind is QuestionKind.FILE:
            yield here(
                "employees answer anonymously: a file is not asked for, it can name its author", number
            )
    if sum(map(_fields, definition.questions)) > MOST_FIELDS or _letters(definition) > MOST_LETTERS:
        yield here(
            f"employees are asked for at most {MOST_FIELDS} fields and {MOST_LETTERS:,} characters in all:"
            " the page carries what was answered, because nothing is kept before the end"
        )


def _fields(question: Question) -> int:
    if question.kind in (QuestionKind.MULTIPLE, QuestionKind.RANKING):
        return len(question.choices) + 1
    return len(question.rows) or 2


def _letters(definition: Definition) -> int:
    return sum(one.longest for one in definition.questions if one.kind is QuestionKind.TEXT)
