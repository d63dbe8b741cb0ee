"""What surveys to begin with are made of: a title, a definition that is built when wanted, and its parts."""

from collections.abc import Callable
from dataclasses import dataclass

from emptychair.domain.signal import Audience
from emptychair.listen.surveys.definition import (
    Choice,
    Condition,
    Definition,
    Look,
    Operator,
    Question,
    QuestionKind,
    Text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One survey to begin with. `source` says where its wording comes from, where it is a standard one."""

    name: str
    title: str
    about: str
    source: str
    audience: Audience
    build: Callable[[], Definition]


def words(text: str) -> Text:
    """An English text; none where it is empty."""
    return {"en": text} if text else {}


def ask(name: str, kind: QuestionKind, text: str, **more: object) -> Question:
    """A question with English words; what else it has is said by name."""
    ends = {"low": words(str(more.pop("low", ""))), "high": words(str(more.pop("high", "")))}
    given = {"help": words(str(more.pop("help", "")))}
    return Question(id=name, kind=kind, text=words(text), **ends, **given, **more)  # type: ignore[arg-type]


def choices(*texts: str, other: str = "") -> tuple[Choice, ...]:
    """Choices c1, c2 and so on, and one that asks for words."""
    found = [Choice(id=f"c{number}", text=words(text)) for number, text in enumerate(texts, 1)]
    if other:
        found.append(Choice(id="other", text=words(other), is_other=True))
    return tuple(found)


def why(of: str, text: str, **more: object) -> Question:
    """Words that belong to a score: they are kept with it."""
    return ask(f"{of}_why", QuestionKind.TEXT, text, comment_of=of, is_long=True, **more)


def when(of: str, op: Operator, value: str) -> Condition:
    """That one look holds."""
    return ((Look(of=of, op=op, values=(value,)),),)


def survey(title: str, *questions: Question, thanks: str = "", **more: object) -> Definition:
    """A survey with English words."""
    last = thanks or "Thank you. What you said is read by people here."
    return Definition(title=words(title), questions=questions, thanks=words(last), **more)  # type: ignore[arg-type]
