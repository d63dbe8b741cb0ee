"""Whether the logic of a survey can be followed: what it looks at, and where it leads."""

from collections.abc import Iterator, Mapping

from emptychair.listen.surveys.definition import (
    CHOOSING,
    END,
    NUMBERS,
    SCREEN_OUT,
    Condition,
    Definition,
    HiddenField,
    Look,
    Operator,
    Question,
    QuestionKind,
)
from emptychair.listen.surveys.fault import Fault, here

MOST_LOOKS = 50
_ANY_ANSWER = frozenset({Operator.ANSWERED, Operator.NOT_ANSWERED})
_CHOICES = _ANY_ANSWER | {Operator.IS, Operator.IS_NOT}
_ALL = frozenset(Operator)


def faults(definition: Definition) -> Iterator[Fault]:
    """Every fault of conditions and jumps."""
    places = {question.id: number for number, question in enumerate(definition.questions)}
    for number, question in enumerate(definition.questions):
        yield from _condition(definition, question.show_if, "show if", number, before=number)
        yield from _jumps(definition, question, number, places)
    ids = [quota.id for quota in definition.quotas]
    for number, quota in enumerate(definition.quotas, 1):
        where = f"quota {number}"
        if not 1 <= quota.most <= 10_000_000:
            yield here(f"{where}: at least 1 answer, at most 10,000,000")
        if ids.count(quota.id) > 1 or not quota.id:
            yield here(f"{where}: the id {quota.id!r} is used twice, or empty")
        yield from _condition(definition, quota.when, where, -1, before=len(definition.questions))


def _jumps(
    definition: Definition, question: Question, number: int, places: Mapping[str, int]
) -> Iterator[Fault]:
    is_over = False
    for count, jump in enumerate(question.then, 1):
        where = f"jump {count}"
        if jump.to not in (END, SCREEN_OUT) and jump.to not in places:
            yield here(f"{where}: there is no question {jump.to!r}", number)
        elif places.get(jump.to, len(places)) <= number:
            yield here(f"{where}: it leads back to question {places[jump.to] + 1}, in a circle", number)
        if is_over:
            yield here(f"{where}: the one before it is always taken, so this one never is", number)
        is_over = is_over or not jump.when
        yield from _condition(definition, jump.when, where, number, before=number + 1)


def _condition(
    definition: Definition, condition: Condition, where: str, number: int, *, before: int
) -> Iterator[Fault]:
    """Faults of one condition that may look at questions `before` a place."""
    known = {question.id: question for question in definition.questions[:before]}
    if sum(map(len, condition)) > MOST_LOOKS or not all(condition):
        yield here(f"{where}: a condition has 1 to {MOST_LOOKS} looks in each of its parts", number)
    for look in (look for group in condition for look in group):
        hidden = definition.hidden_field(look.of)
        question = known.get(look.of.partition(".")[0])
        if hidden is not None:
            problem = _at_hidden(hidden, look)
        elif question is not None:
            problem = _at_question(question, look)
        elif definition.question(look.of.partition(".")[0]) is not None:
            problem = f"{look.of!r} is asked later, so its answer is not known yet"
        else:
            problem = f"there is no question and no hidden field {look.of!r}"
        if problem:
            yield here(f"{where}: {problem}", number)


def _at_hidden(hidden: HiddenField, look: Look) -> str:
    if problem := _of_values(look):
        return problem
    if hidden.values and look.op in (Operator.IS, Operator.IS_NOT):
        unknown = [value for value in look.values if value not in hidden.values]
        return f"{hidden.name} is never {unknown[0]!r}" if unknown else ""
    return ""


def _at_question(question: Question, look: Look) -> str:
    row = look.of.partition(".")[2]
    if row and (question.kind is not QuestionKind.MATRIX or row not in {one.id for one in question.rows}):
        return f"there is no row {row!r} in {question.id}"
    if look.op not in _operators(question, row):
        return f"{question.id} cannot be looked at by {look.op.value!r}"
    if problem := _of_values(look):
        return problem
    if question.kind in NUMBERS and look.op not in _ANY_ANSWER:
        low, high = question.ends
        wrong = [value for value in look.values if not _is_within(value, low, high)]
        return f"{question.id} is a whole number from {low} to {high}, never {wrong[0]!r}" if wrong else ""
    if look.op in (Operator.IS, Operator.IS_NOT):
        unknown = [value for value in look.values if question.choice(value) is None]
        return f"there is no choice {unknown[0]!r} in {question.id}" if unknown else ""
    return ""


def _operators(question: Question, row: str) -> frozenset[Operator]:
    if question.kind in NUMBERS:
        return _ALL
    if question.kind in CHOOSING and (row or question.kind is not QuestionKind.MATRIX):
        return _CHOICES
    return _ANY_ANSWER


def _of_values(look: Look) -> str:
    if look.op in _ANY_ANSWER:
        return f"{look.op.value!r} takes no value" if look.values else ""
    if look.op in (Operator.AT_LEAST, Operator.AT_MOST):
        is_one = len(look.values) == 1 and _is_within(look.values[0], -(10**9), 10**9)
        return "" if is_one else f"{look.op.value!r} takes one whole number"
    return "" if look.values else f"{look.op.value!r} needs a value to compare with"


def _is_within(text: str, low: int, high: int) -> bool:
    plain = text.removeprefix("-")
    return plain.isascii() and plain.isdigit() and len(plain) <= 12 and low <= int(text) <= high
