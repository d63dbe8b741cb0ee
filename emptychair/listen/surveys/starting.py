"""Surveys to begin with: questions in words that are tried, with the source of those that are a standard."""

from collections.abc import Callable, Mapping

from emptychair.domain.signal import Audience
from emptychair.listen.surveys import starting_employees
from emptychair.listen.surveys.definition import (
    Definition,
    HiddenField,
    Look,
    Operator,
    Question,
    QuestionKind,
)
from emptychair.listen.surveys.outlines import Start, ask, choices, survey, when, why


def starts(audience: Audience) -> tuple[Start, ...]:
    """Those to be offered for an audience, the empty one last."""
    return tuple(one for one in STARTS.values() if one.audience is audience)


def _recommend() -> Question:
    ends = {"low": "Not at all likely", "high": "Extremely likely"}
    text = "How likely are you to recommend us to a friend or colleague?"
    return ask("nps", QuestionKind.NPS, text, is_required=True, **ends)


def _relationship() -> Definition:
    return survey(
        "How are we doing?",
        _recommend(),
        why("nps", "What is the main reason for your score?", is_with_previous=False),
        ask(
            "better",
            QuestionKind.TEXT,
            "What is the one thing we should do better?",
            is_long=True,
            show_if=when("nps", Operator.AT_MOST, "8"),
        ),
    )


def _purchase() -> Definition:
    return survey(
        "About your order",
        ask(
            "csat",
            QuestionKind.CSAT,
            "Overall, how satisfied are you with your order?",
            low="Very dissatisfied",
            high="Very satisfied",
            is_required=True,
        ),
        why("csat", "What went well, and what did not?"),
        ask(
            "almost",
            QuestionKind.TEXT,
            "Was there anything that almost kept you from ordering?",
            is_long=True,
        ),
        hidden=(HiddenField(name="order"),),
    )


def _support() -> Definition:
    return survey(
        "About the help you got",
        ask(
            "ces",
            QuestionKind.CES,
            "The company made it easy for me to handle my issue.",
            low="Strongly disagree",
            high="Strongly agree",
            is_required=True,
        ),
        ask(
            "solved",
            QuestionKind.SINGLE,
            "Is your issue solved?",
            choices=choices("Yes", "Partly", "No"),
            is_with_previous=True,
        ),
        why("ces", "What made it easy or hard?"),
        hidden=(HiddenField(name="ticket"), HiddenField(name="agent")),
    )


def _onboarding() -> Definition:
    return survey(
        "Your first days with us",
        ask("job", QuestionKind.TEXT, "What were you hoping to get done when you joined?", is_long=True),
        ask(
            "ces",
            QuestionKind.CES,
            "The company made it easy for me to get started.",
            low="Strongly disagree",
            high="Strongly agree",
            is_required=True,
        ),
        why("ces", "What was hard or missing?"),
        ask(
            "reached",
            QuestionKind.SINGLE,
            "Have you got it done?",
            choices=choices("Yes", "Not yet, but I see how", "No"),
        ),
    )


def _leaving_page() -> Definition:
    return survey(
        "Before you go",
        ask(
            "came_for",
            QuestionKind.SINGLE,
            "What did you come here for today?",
            choices=choices("To look around", "To compare", "To buy", "To get help", other="Something else"),
            is_required=True,
        ),
        ask("found", QuestionKind.SINGLE, "Did you find it?", choices=choices("Yes", "Partly", "No")),
        ask(
            "missing",
            QuestionKind.TEXT,
            "What was missing or unclear?",
            is_long=True,
            show_if=((Look(of="found", op=Operator.IS, values=("c2", "c3")),),),
        ),
    )


def _cancellation() -> Definition:
    return survey(
        "Sorry to see you go",
        ask(
            "reason",
            QuestionKind.SINGLE,
            "What is the main reason for leaving?",
            choices=choices(
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
        ask("story", QuestionKind.TEXT, "What happened, in your own words?", is_long=True),
        ask(
            "which",
            QuestionKind.TEXT,
            "What do you use instead?",
            show_if=when("reason", Operator.IS, "c5"),
        ),
        ask(
            "back",
            QuestionKind.SINGLE,
            "Could we win you back one day?",
            choices=choices("Yes", "Perhaps", "No"),
        ),
        thanks="Thank you for telling us. We wish you well.",
    )


def _fit() -> Definition:
    return survey(
        "How much do you need us?",
        ask(
            "miss",
            QuestionKind.SINGLE,
            "How would you feel if you could no longer use it?",
            choices=choices("Very disappointed", "Somewhat disappointed", "Not disappointed"),
            is_required=True,
        ),
        ask("who", QuestionKind.TEXT, "What kind of people would benefit most from it?", is_long=True),
        ask("benefit", QuestionKind.TEXT, "What is the main benefit you get from it?", is_long=True),
        ask("improve", QuestionKind.TEXT, "How can we improve it for you?", is_long=True),
    )


def _blank() -> Definition:
    return survey("A few questions")


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
        *starting_employees.STARTS,
    )
}
