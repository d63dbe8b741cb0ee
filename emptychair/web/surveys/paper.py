"""One page of a survey as it lies before a respondent: texts in their language, answers put in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emptychair.listen.surveys.answer import NONE, Answer, Answers
from emptychair.listen.surveys.definition import MEGABYTE, Definition, Question, QuestionKind, Text
from emptychair.listen.surveys.filling import LONGEST_OTHER, Objection
from emptychair.listen.surveys.languages import is_right_to_left, own_name, said
from emptychair.listen.surveys.logic import page_before, pages, path
from emptychair.listen.surveys.order import shown
from emptychair.listen.surveys.piping import filled, values
from emptychair.listen.surveys.sniffing import endings
from emptychair.web.surveys.phrases import objection_in_words, phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice or row in the respondent's words."""

    id: str
    text: str
    is_other: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One question on the page. `hint` says what is expected, `objection` what is wrong with the answer.

    One that is not asked at the moment is on the page and hidden, so that it can appear without a new page.
    """

    id: str
    kind: str
    text: str
    help: str
    hint: str
    low: str
    high: str
    numbers: tuple[int, ...]
    options: tuple[Option, ...]
    rows: tuple[Option, ...]
    is_required: bool
    is_asked: bool
    is_long: bool
    longest: int
    longest_other: int
    format: str
    places: int
    answer: Answer
    objection: str
    most_files: int
    most_bytes: int
    accept: str

    @property
    def described_by(self) -> str:
        """The ids of what is written about it below its text."""
        said_of = (("e", self.objection), ("h", self.help), ("t", self.hint))
        return " ".join(f"{letter}-{self.id}" for letter, text in said_of if text)

    def place_of(self, choice: str) -> int | None:
        """The place that a choice was given in a ranking, from 1; None without one."""
        return self.answer.choices.index(choice) + 1 if choice in self.answer.choices else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page: `number` of `count`, from 0. `intro` stands on the first one only."""

    language: str
    is_right_to_left: bool
    languages: Mapping[str, str]
    title: str
    intro: str
    thanks: str
    screened: str
    accent: str
    shows_progress: bool
    number: int
    count: int
    has_back: bool
    is_last: bool
    questions: tuple[Asking, ...]
    say: Mapping[str, str]
    has_objections: bool

    @property
    def takes_files(self) -> bool:
        """Whether files can be attached on this page."""
        return any(one.kind == QuestionKind.FILE.value for one in self.questions)


def sheet(
    definition: Definition,
    *,
    page: int,
    language: str,
    answers: Answers,
    hidden: Mapping[str, str],
    seed: str,
    objections: Mapping[str, Objection] | None = None,
) -> Sheet:
    """The page as it is shown; beyond the last one it has no questions."""
    walked, laid = path(definition, answers, hidden), pages(definition)
    write = _writer(definition, answers, hidden, language)
    ids = laid[page] if 0 <= page < len(laid) else ()
    asked = set(walked.questions)
    wrong = objections or {}
    found = [
        _asking(question, write, seed, answers.get(question.id, NONE), question.id in asked, wrong, language)
        for question in definition.questions
        if question.id in ids
    ]
    return Sheet(
        language=language,
        is_right_to_left=is_right_to_left(language),
        languages={tag: own_name(tag) for tag in definition.languages},
        title=write(definition.title),
        intro=write(definition.intro),
        thanks=write(definition.thanks),
        screened=write(definition.screened),
        accent=definition.accent.value,
        shows_progress=definition.shows_progress and len(laid) > 1,
        number=page,
        count=len(laid),
        has_back=page_before(definition, walked, page) is not None,
        is_last=page >= len(laid) - 1,
        questions=tuple(found),
        say=phrases(language),
        has_objections=bool(wrong),
    )


def _writer(
    definition: Definition, answers: Answers, hidden: Mapping[str, str], language: str
) -> Callable[[Text], str]:
    value = values(definition, answers, hidden, language)
    return lambda text: filled(said(text, language, definition.language), value)


def _asking(
    question: Question,
    write: Callable[[Text], str],
    seed: str,
    answer: Answer,
    is_asked: bool,
    objections: Mapping[str, Objection],
    language: str,
) -> Asking:
    say = phrases(language)
    objection = objections.get(question.id)
    low, high = question.ends
    choices = [
        Option(id=one.id, text=write(one.text), is_other=one.is_other) for one in shown(question, seed)
    ]
    rows = shown(question, seed, question.rows) if question.rows else ()
    return Asking(
        id=question.id,
        kind=_drawn_as(question),
        text=write(question.text),
        help=write(question.help),
        hint=_hint(question, say),
        low=write(question.low),
        high=write(question.high),
        numbers=tuple(range(low, high + 1)),
        options=tuple(choices),
        rows=tuple(Option(id=one.id, text=write(one.text)) for one in rows),
        is_required=question.is_required,
        is_asked=is_asked,
        is_long=question.is_long,
        longest=question.longest,
        longest_other=LONGEST_OTHER,
        format=question.format.value,
        places=question.most or len(question.choices),
        answer=answer,
        objection=objection_in_words(objection, say) if objection else "",
        most_files=question.most_files if question.kind is QuestionKind.FILE else 0,
        most_bytes=question.most_bytes if question.kind is QuestionKind.FILE else 0,
        accept=endings(question.types),
    )


def _drawn_as(question: Question) -> str:
    kinds = (QuestionKind.NPS, QuestionKind.ENPS, QuestionKind.CSAT, QuestionKind.CES, QuestionKind.SCALE)
    return "number" if question.kind in kinds else question.kind.value


def _hint(question: Question, say: Mapping[str, str]) -> str:
    if question.kind is QuestionKind.FILE:
        return _of_files(question, say)
    if question.kind is QuestionKind.RANKING:
        return say["rank_most"] % {"n": question.most} if question.most else say["rank_all"]
    if question.kind is QuestionKind.MULTIPLE and question.most is not None:
        return say["choose_most"] % {"n": question.most}
    if question.kind is QuestionKind.MULTIPLE and (question.least or 0) > 1:
        return say["choose_least"] % {"n": question.least}
    return ""


def _of_files(question: Question, say: Mapping[str, str]) -> str:
    size = question.most_bytes // MEGABYTE
    name = "file_hint" if question.most_files == 1 else "files_hint"
    told = say[name] % {"n": size, "count": question.most_files}
    types = ", ".join(say[f"type_{one.value}"] for one in question.types)
    return f"{told} {say['file_types'] % {'types': types}}" if types else told
