"""Surveys of employees to begin with: anonymous, and they say so."""

from collections.abc import Callable

from emptychair.domain.signal import Audience
from emptychair.listen.surveys.definition import Definition, QuestionKind
from emptychair.listen.surveys.outlines import Start, ask, choices, survey, why, words

# What is promised here is kept: docs/decisions/0133-employees-answer-in-groups.md.
_ANONYMOUS = (
    "Your answers are anonymous. They are kept without your name, mixed with those of others, and shown when "
    "at least five colleagues have answered."
)
_NO_NAMES = "Words can give away who wrote them: leave out names and what only you can know."


def _pulse() -> Definition:
    return survey(
        "How is it to work here?",
        ask(
            "enps",
            QuestionKind.ENPS,
            "How likely are you to recommend us as a place to work to a friend or colleague?",
            low="Not at all likely",
            high="Extremely likely",
            is_required=True,
        ),
        why("enps", "What is the main reason for your score?", help=_NO_NAMES),
        ask("change", QuestionKind.TEXT, "What is the one thing we should change?", is_long=True),
        intro=words(_ANONYMOUS),
    )


def _farewell() -> Definition:
    return survey(
        "Before you leave",
        ask(
            "reason",
            QuestionKind.SINGLE,
            "What is the main reason for leaving?",
            choices=choices(
                "The work itself",
                "Pay and benefits",
                "No way to grow",
                "How I was led",
                "The team",
                "Hours or place of work",
                "Something in my own life",
                other="Something else",
            ),
            is_shuffled=True,
            is_required=True,
        ),
        ask(
            "enps",
            QuestionKind.ENPS,
            "How likely are you to recommend us as a place to work?",
            low="Not at all likely",
            high="Extremely likely",
        ),
        why("enps", "What would have made you stay?", help=_NO_NAMES),
        ask(
            "back",
            QuestionKind.SINGLE,
            "Would you come back one day?",
            choices=choices("Yes", "Perhaps", "No"),
        ),
        intro=words(_ANONYMOUS),
        thanks="Thank you for telling us. We wish you well.",
    )


def _blank_anonymous() -> Definition:
    return survey("A few questions", intro=words(_ANONYMOUS))


def _start(name: str, title: str, about: str, build: Callable[[], Definition], source: str = "") -> Start:
    return Start(name=name, title=title, about=about, source=source, audience=Audience.EMPLOYEE, build=build)


STARTS = (
    _start(
        "pulse",
        "eNPS pulse",
        "Whether people would recommend working here, asked a few times a year.",
        _pulse,
        "Reichheld and Markey, The Ultimate Question 2.0, 2011: the question of NPS, asked of employees",
    ),
    _start("farewell", "Employee exit", "Why colleagues leave, asked in their last weeks.", _farewell),
    _start("blank_employees", "Empty, for employees", "Begin with nothing.", _blank_anonymous),
)
