"""What somebody answered to one question, and how it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that was sent: `id` is how it is kept, `name` what its sender calls it, `type` what it holds."""

    id: str
    name: str
    size: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: a number, choices (in their order where they were ranked), cells by row, words, or files.

    `other` are the words beside a choice that asks for them.
    """

    number: int | None = None
    choices: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    other: str = ""
    files: tuple[Attached, ...] = ()

    @property
    def is_given(self) -> bool:
        """Whether anything was answered at all."""
        return self.number is not None or bool(self.choices or self.cells or self.text or self.files)


Answers = Mapping[str, Answer]
NONE = Answer()


def as_data(answers: Answers) -> dict[str, dict[str, Any]]:
    """The answers that were given, by question, as plain values.

    >>> as_data({"q1": Answer(number=9), "q2": Answer()})
    {'q1': {'number': 9}}
    """
    return {name: _members(answer) for name, answer in answers.items() if answer.is_given}


def from_data(data: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers again. Raises msgspec.ValidationError for what `as_data` never wrote."""
    return msgspec.convert(dict(data), dict[str, Answer])


def _members(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member in fields(answer):
        value = getattr(answer, member.name)
        if value is not None and value not in ("", (), {}):
            found[member.name] = (
                [msgspec.to_builtins(one) for one in value] if isinstance(value, tuple) else value
            )
    return found
