"""What a form says about a question: an answer, nothing, or what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from emptychair.listen.surveys.answer import NONE, Answer
from emptychair.listen.surveys.definition import NUMBERS, Choice, Format, Question, QuestionKind

LONGEST_OTHER = 500
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63}){1,8}")


class Why(StrEnum):
    """What is wrong with an answer."""

    REQUIRED = "required"
    NOT_OFFERED = "not_offered"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    ALONE = "alone"
    WHICH_OTHER = "which_other"
    RANKED_TWICE = "ranked_twice"
    ROW_IS_MISSING = "row_is_missing"
    TOO_LONG = "too_long"
    NOT_AN_EMAIL = "not_an_email"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    FILE_TOO_LARGE = "file_too_large"
    FILE_TOO_MANY = "file_too_many"
    FILE_NOT_TAKEN = "file_not_taken"
    FILE_IS_EMPTY = "file_is_empty"
    FILES_TOO_MUCH = "files_too_much"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """An answer that cannot be taken; `limit` belongs to too few, too many and too long, `name` to a file."""

    why: Why
    limit: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was sent for one question: one value, values by choice or row, and the words beside "other"."""

    value: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    other: str = ""


def filled_in(question: Question, given: Given) -> Answer | Objection:
    """The answer, NONE where nothing was said, or the objection. Whether it is required is not looked at.

    Files come another way (`attaching`), and nothing is said of them here.
    """
    if question.kind is QuestionKind.FILE:
        return NONE
    if question.kind in NUMBERS:
        return _number(question, given.value.strip())
    return _BY_KIND[question.kind](question, given)


def missing(question: Question, answer: Answer) -> Objection | None:
    """What keeps an answer from being enough: nothing was said, or not in every row."""
    if not question.is_required:
        return None
    if not answer.is_given:
        return Objection(why=Why.REQUIRED)
    if question.kind is QuestionKind.MATRIX and len(answer.cells) < len(question.rows):
        return Objection(why=Why.ROW_IS_MISSING)
    return None


def _number(question: Question, text: str) -> Answer | Objection:
    if not text:
        return NONE
    low, high = question.ends
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and low <= int(text) <= high):
        return Objection(why=Why.NOT_OFFERED)
    return Answer(number=int(text))


def _single(question: Question, given: Given) -> Answer | Objection:
    choice = question.choice(given.value)
    if not given.value:
        return NONE
    if choice is None:
        return Objection(why=Why.NOT_OFFERED)
    return _with_other([choice], given)


def _multiple(question: Question, given: Given) -> Answer | Objection:
    ids = [name for name, value in given.parts.items() if value]
    chosen = [choice for choice in question.choices if choice.id in ids]
    if len(chosen) < len(ids):
        return Objection(why=Why.NOT_OFFERED)
    if not chosen:
        return NONE
    if any(choice.is_alone for choice in chosen):
        return Objection(why=Why.ALONE) if len(chosen) > 1 else _with_other(chosen, given)
    if question.least is not None and len(chosen) < question.least:
        return Objection(why=Why.TOO_FEW, limit=question.least)
    if question.most is not None and len(chosen) > question.most:
        return Objection(why=Why.TOO_MANY, limit=question.most)
    return _with_other(chosen, given)


def _with_other(chosen: list[Choice], given: Given) -> Answer | Objection:
    ids = tuple(choice.id for choice in chosen)
    if not any(choice.is_other for choice in chosen):
        return Answer(choices=ids)
    words = " ".join(_clean(given.other).split())
    if not words:
        return Objection(why=Why.WHICH_OTHER)
    if len(words) > LONGEST_OTHER:
        return Objection(why=Why.TOO_LONG, limit=LONGEST_OTHER)
    return Answer(choices=ids, other=words)


def _ranking(question: Question, given: Given) -> Answer | Objection:
    ranks = {name: value.strip() for name, value in given.parts.items() if value.strip()}
    if not ranks:
        return NONE
    count = len(question.choices)
    numbers = {
        name: int(text) for name, text in ranks.items() if text.isascii() and text.isdigit() and len(text) < 4
    }
    if len(numbers) < len(ranks) or any(question.choice(name) is None for name in ranks):
        return Objection(why=Why.NOT_OFFERED)
    if any(not 1 <= number <= count for number in numbers.values()):
        return Objection(why=Why.NOT_OFFERED)
    if len(set(numbers.values())) < len(numbers):
        return Objection(why=Why.RANKED_TWICE)
    wanted = question.most or count
    if len(numbers) > wanted:
        return Objection(why=Why.TOO_MANY, limit=wanted)
    if len(numbers) < wanted:
        return Objection(why=Why.TOO_FEW, limit=wanted)
    return Answer(choices=tuple(sorted(numbers, key=lambda name: numbers[name])))


def _matrix(question: Question, given: Given) -> Answer | Objection:
    rows = {row.id for row in question.rows}
    cells = {row: value for row, value in given.parts.items() if value}
    if not rows.issuperset(cells) or any(question.choice(value) is None for value in cells.values()):
        return Objection(why=Why.NOT_OFFERED)
    return Answer(cells={row.id: cells[row.id] for row in question.rows if row.id in cells})


def _text(question: Question, given: Given) -> Answer | Objection:
    words = _clean(given.value).strip()
    if not question.is_long:
        words = " ".join(words.split())
    if len(words) > question.longest:
        return Objection(why=Why.TOO_LONG, limit=question.longest)
    return _formatted(words, question.format) if words else NONE


def _formatted(words: str, wanted: Format) -> Answer | Objection:
    match wanted:
        case Format.EMAIL if not (len(words) <= 254 and _EMAIL.fullmatch(words)):
            return Objection(why=Why.NOT_AN_EMAIL)
        case Format.NUMBER if not _is_number(words):
            return Objection(why=Why.NOT_A_NUMBER)
        case Format.DATE if not _is_day(words):
            return Objection(why=Why.NOT_A_DATE)
    return Answer(text=words)


def _is_number(words: str) -> bool:
    try:
        return len(words) <= 40 and Decimal(words.replace(",", ".")).is_finite()
    except InvalidOperation:
        return False


def _is_day(words: str) -> bool:
    try:
        return bool(date.fromisoformat(words))
    except ValueError:
        return False


def _clean(text: str) -> str:
    """The text with lines ended one way, and no character that only machines can see."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(letter for letter in plain if letter == "\n" or letter.isprintable() or ord(letter) > 159)


_BY_KIND: Mapping[QuestionKind, Callable[[Question, Given], Answer | Objection]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.RANKING: _ranking,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.TEXT: _text,
}
