"""What a survey is: its questions, its logic, its texts in every language, and when it is full."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# A text by language tag; the survey's own language is what the others fall back to.
Text = Mapping[str, str]
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# Where a jump may lead besides a question.
END, SCREEN_OUT = "end", "screen_out"
RESERVED = frozenset({END, SCREEN_OUT})


class QuestionKind(StrEnum):
    """How a question is answered; the first four are asked for a score that is known everywhere."""

    NPS = "nps"
    ENPS = "enps"
    CSAT = "csat"
    CES = "ces"
    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    RANKING = "ranking"
    MATRIX = "matrix"
    TEXT = "text"
    FILE = "file"


SCORES = frozenset({QuestionKind.NPS, QuestionKind.ENPS, QuestionKind.CSAT, QuestionKind.CES})
NUMBERS = SCORES | {QuestionKind.SCALE}
CHOOSING = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANKING, QuestionKind.MATRIX})
ENDS: Mapping[QuestionKind, tuple[int, int]] = {
    QuestionKind.NPS: (0, 10),
    QuestionKind.ENPS: (0, 10),
    QuestionKind.CSAT: (1, 5),
    QuestionKind.CES: (1, 7),
}


class FileKind(StrEnum):
    """What a file may be, told by its content and not by its name alone."""

    IMAGE = "image"
    PDF = "pdf"
    DOCUMENT = "document"
    RECORDING = "recording"


MOST_FILES, USUAL_MEGABYTES, MOST_MEGABYTES, MEGABYTE = 5, 10, 25, 1_048_576


class Format(StrEnum):
    """What a text must look like to be taken."""

    ANY = "any"
    EMAIL = "email"
    NUMBER = "number"
    DATE = "date"


class Operator(StrEnum):
    """How an answer, or a hidden field, is looked at."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"


class Full(StrEnum):
    """What happens when a quota is full: this respondent is screened out, or the survey closes."""

    SCREEN_OUT = "screen_out"
    CLOSE = "close"


class Accent(StrEnum):
    """The colour in which a survey is shown."""

    GREEN = "green"
    BLUE = "blue"
    VIOLET = "violet"
    RED = "red"
    ORANGE = "orange"
    GREY = "grey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the question or hidden field `of`; `values` are ids of choices, numbers or texts.

    With several values any of them will do; `at_least` and `at_most` take one number.
    """

    of: str
    op: Operator
    values: tuple[str, ...] = ()


# Any of these, and of each all looks.
Condition = tuple[tuple[Look, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """After the question go `to` a later one, to the end, or out, when the condition holds (none: always)."""

    to: str
    when: Condition = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to choose, or one row of a matrix.

    `is_other` asks for words beside it; `is_alone` excludes every other one ("none of these").
    """

    id: str
    text: Text = field(default_factory=dict)
    is_other: bool = False
    is_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `is_with_previous`: it stands on the same page as the one before.

    `low` and `high` are the words at the ends of a scale. `least` and `most` limit how many choices are
    taken, `longest` the characters of a text. A text with `comment_of` is the comment on that score. Of files
    there are at most `most` (none: one), each of at most so many `megabytes` and of one of the `types` (none:
    any). It is asked when `show_if` holds, and the first of `then` that holds is followed.
    """

    id: str
    kind: QuestionKind
    text: Text = field(default_factory=dict)
    help: Text = field(default_factory=dict)
    is_required: bool = False
    is_with_previous: bool = False
    low: Text = field(default_factory=dict)
    high: Text = field(default_factory=dict)
    lowest: int = 1
    highest: int = 5
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    is_shuffled: bool = False
    least: int | None = None
    most: int | None = None
    is_long: bool = False
    longest: int = 2_000
    format: Format = Format.ANY
    types: tuple[FileKind, ...] = ()
    megabytes: int | None = None
    comment_of: str = ""
    show_if: Condition = ()
    then: tuple[Jump, ...] = ()

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the greatest number that can be answered."""
        return ENDS.get(self.kind, (self.lowest, self.highest))

    @property
    def most_files(self) -> int:
        """How many files are taken."""
        return self.most or 1

    @property
    def most_bytes(self) -> int:
        """How large a file may be."""
        return (self.megabytes or USUAL_MEGABYTES) * MEGABYTE

    def choice(self, choice_id: str) -> Choice | None:
        """The choice with this id, or None."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenField:
    """Something known before the first question: from the address, the invitation or the widget.

    Only fields that are named here are taken; with `values` only these.
    """

    name: str
    values: tuple[str, ...] = ()
    longest: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most so many answers for which the condition holds (none: all answers)."""

    id: str
    name: str
    most: int
    when: Condition = ()
    then: Full = Full.SCREEN_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A survey as it is asked. Who began an answer on one definition ends it on the same.

    An answer that was begun and not ended is given up `give_up_hours` after the last word of it.
    """

    title: Text
    questions: tuple[Question, ...] = ()
    language: str = "en"
    languages: tuple[str, ...] = ("en",)
    intro: Text = field(default_factory=dict)
    thanks: Text = field(default_factory=dict)
    screened: Text = field(default_factory=dict)
    hidden: tuple[HiddenField, ...] = ()
    quotas: tuple[Quota, ...] = ()
    accent: Accent = Accent.GREEN
    shows_progress: bool = True
    give_up_hours: int = 24

    def question(self, question_id: str) -> Question | None:
        """The question with this id, or None."""
        return next((one for one in self.questions if one.id == question_id), None)

    @property
    def file_questions(self) -> tuple[Question, ...]:
        """The questions that are answered with files."""
        return tuple(one for one in self.questions if one.kind is QuestionKind.FILE)

    def hidden_field(self, name: str) -> HiddenField | None:
        """The hidden field of this name, or None."""
        return next((one for one in self.hidden if one.name == name), None)
