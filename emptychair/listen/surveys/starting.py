"""Surveys to begin with: questions in words that are tried, with the source of those that are a standard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emptychair.domain.signal import Audience
from emptychair.listen.surveys.definition import (
    Choice,
    Condition,
    Definition,
    HiddenField,
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


def starts(audience: Audience) -> tuple[Start, ...]:
    """Those to be offered for an audience, the empty one last."""
    return tuple(one for one in STARTS.values() if one.audience is audience)


def _words(text: str) -> Text:
    return {"en": text} if text else {}


def _ask(name: str, kind: QuestionKind, text: str, **more: object) -> Question:
    ends = {"low": _words(str(more.pop("low", ""))), "high": _words(str(more.pop("high", "")))}
    given = {"help": _words(str(more.pop("help", "")))}
    return Question(id=name, kind=kind, text=_words(text), **ends, **given, **more)  # type: ignore[arg-type]


def _choices(*texts: str, other: str = "") -> tuple[Choice, ...]:
    found = [Choice(id=f"c{number}", text=_words(text)) for number, text in enumerate(texts, 1)]
    if other:
        found.append(Choice(id="other", text=_words(other), is_other=True))
    return tuple(found)


def _why(of: str, text: str, **more: object) -> Question:
    """Words that belong to a score: they are kept with it."""
    return _ask(f"{of}_why", QuestionKind.TEXT, text, comment_of=of, is_long=True, **more)


def _when(of: str, op: Operator, value: str) -> Condition:
    return ((Look(of=of, op=op, values=(value,)),),)


def _recommend() -> Question:
    ends = {"low": "Not at all likely", "high": "Extremely likely"}
    text = "How likely are you to recommend us to a friend or colleague?"
    return _ask("nps", QuestionKind.NPS, text, is_required=True, **ends)


def _survey(title: str, *questions: Question, thanks: str = "", **more: object) -> Definition:
    words = thanks or "Thank you. What you said is read by people here."
    return Definition(title=_words(title), questions=questions, thanks=_words(words), **more)  # type: ignore[arg-type]


def _relationship() -> Definition:
    return _survey(
        "How are we doing?",
        _recommend(),
        _why("nps", "What is the main reason for your score?", is_with_previous=False),
        _ask(
            "better",
            QuestionKind.TEXT,
            "What is the one thing we should do better?",
            is_long=True,
            show_if=_when("nps", Operator.AT_MOST, "8"),
        ),
    )


def _purchase() -> Definition:
    return _survey(
        "About your order",
        _ask(
            "csat",
            QuestionKind.CSAT,
            "Overall, how satisfied are you with your order?",
            low="Very dissatisfied",
            high="Very satisfied",
            is_required=True,
        ),
        _why("csat", "What went well, and what did not?"),
        _ask(
            "almost",
            QuestionKind.TEXT,
            "Was there anything that almost kept you from ordering?",
            is_long=True,
        ),
        hidden=(HiddenField(name="order"),),
    )


def _support() -> Definition:
    return _survey(
        "About the help you got",
        _ask(
            "ces",
            QuestionKind.CES,
            "The company made it easy for me to handle my issue.",
            low="Strongly disagree",
            high="Strongly agree",
            is_required=True,
        ),
        _ask(
            "solved",
            QuestionKind.SINGLE,
            "Is your issue solved?",
            choices=_choices("Yes", "Partly", "No"),
            is_with_previous=True,
        ),
        _why("ces", "What made it easy or hard?"),
        hidden=(HiddenField(name="ticket"), HiddenField(name="agent")),
    )


def _onboarding() -> Definition:
    return _survey(
        "Your first days with us",
        _ask("job", QuestionKind.TEXT, "What were you hoping to get done when you joined?", is_long=True),
        _ask(
            "ces",
            QuestionKind.CES,
            "The company made it easy for me to get started.",
            low="Strongly disagree",
            high="Strongly agree",
            is_required=True,
        ),
        _why("ces", "What was hard or missing?"),
        _ask(
            "reached",
            QuestionKind.SINGLE,
            "Have you got it done?",
            choices=_choices("Yes", "Not yet, but I see how", "No"),
        ),
    )


def _leaving_page() -> Definition:
    return _survey(
        "Before you go",
        _ask(
            "came_for",
            QuestionKind.SINGLE,
            "What did you come here for today?",
            choices=_choices("To look around", "To compare", "To buy", "To get help", other="Something else"),
            is_required=True,
        ),
        _ask("found", QuestionKind.SINGLE, "Did you find it?", choices=_choices("Yes", "Partly", "No")),
        _ask(
            "missing",
            QuestionKind.TEXT,
            "What was missing or unclear?",
            is_long=True,
            show_if=((Look(of="found", op=Operator.IS, values=("c2", "c3")),),),
        ),
    )


def _cancellation() -> Definition:
    return _survey(
        "Sorry to see you go",
        _ask(
            "reason",
            QuestionKind.SINGLE,
            "What is the main reason for leaving?",
            choices=_choices(
                "It costs too much",
                "Something I need is missing",
                "It did not work reliably",
                "I was let down by the help I got",
                "I found something else",
                "I do not need it any more",
                other="Something else",
            ),
            is_shuffled=True,
            is_required=True,
        ),
        _ask("story", QuestionKind.TEXT, "What happened, in your own words?", is_long=True),
        _ask(
            "which",
            QuestionKind.TEXT,
            "What do you use instead?",
            show_if=_when("reason", Operator.IS, "c5"),
        ),
        _ask(
            "back",
            QuestionKind.SINGLE,
            "Could we win you back one day?",
            choices=_choices("Yes", "Perhaps", "No"),
        ),
        thanks="Thank you for telling us. We wish you well.",
    )


def _fit() -> Definition:
    return _survey(
        "How much do you need us?",
        _ask(
            "miss",
            QuestionKind.SINGLE,
            "How would you feel if you could no longer use it?",
            choices=_choices("Very disappointed", "Somewhat disappointed", "Not disappointed"),
            is_required=True,
        ),
        _ask("who", QuestionKind.TEXT, "What kind of people would benefit most from it?", is_long=True),
        _ask("benefit", QuestionKind.TEXT, "What is the main benefit you get from it?", is_long=True),
        _ask("improve", QuestionKind.TEXT, "How can we improve it for you?", is_long=True),
    )


def _blank() -> Definition:
    return _survey("A few questions")


def _customers(name: str, title: str, about: str, build: Callable[[], Definition], source: str = "") -> Start:
    return Start(name=name, title=title, about=about, source=source, audience=Audience.CUSTOMER, build=build)


STARTS: Mapping[str, Start] = {
    one.name: one
    for one in (
        _customers(
            "relationship",
            "Relationship NPS",
            "How the relationship as a whole stands, asked a few times a year.",
            _relationship,
            "Reichheld, “The One Number You Need to Grow”, Harvard Business Review, December 2003",
        ),
        _customers(
            "purchase",
            "After a purchase",
            "How the order went, asked when it has arrived.",
            _purchase,
        ),
        _customers(
            "support",
            "After support",
            "How easy it was to get help, asked when a case is closed.",
            _support,
            "Customer Effort Score 2.0: Dixon, Toman, DeLisi, The Effortless Experience, 2013",
        ),
        _customers(
            "onboarding",
            "Onboarding",
            "What people came for, and whether they got there.",
            _onboarding,
        ),
        _customers("exit", "Leaving a page", "Why visitors go without having found it.", _leaving_page),
        _customers(
            "cancellation",
            "Cancellation",
            "Why somebody leaves, asked when they do.",
            _cancellation,
        ),
        _customers(
            "fit",
            "Product-market fit",
            "How many would miss it very much.",
            _fit,
            "The survey of Sean Ellis: 40 % “very disappointed” is the mark he found",
        ),
        _customers("blank", "Empty", "Begin with nothing.", _blank),
    )
}
