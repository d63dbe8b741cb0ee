"""The order in which choices are shown: as written, or shuffled anew for every respondent."""

from collections.abc import Sequence
from hashlib import blake2b

from emptychair.listen.surveys.definition import Choice, Question


def shown(question: Question, seed: str, choices: Sequence[Choice] | None = None) -> tuple[Choice, ...]:
    """The choices (or rows) in the order of this respondent, the same each time the page is opened.

    "Other" and "none of these" stay at the end.
    """
    given = question.choices if choices is None else choices
    if not question.is_shuffled:
        return tuple(given)
    last = [choice for choice in given if choice.is_other or choice.is_alone]
    mixed = sorted(
        (choice for choice in given if choice not in last), key=lambda one: _place(seed, question, one)
    )
    return (*mixed, *last)


def _place(seed: str, question: Question, choice: Choice) -> bytes:
    return blake2b(f"{seed} {question.id} {choice.id}".encode(), digest_size=8).digest()
