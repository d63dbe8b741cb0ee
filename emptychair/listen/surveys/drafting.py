"""Changes of a survey while it is made: questions added, copied, moved, removed, changed."""

from collections.abc import Callable
from dataclasses import replace

from emptychair.listen.surveys.definition import (
    CHOOSING,
    Choice,
    Definition,
    FileKind,
    Question,
    QuestionKind,
    Text,
)

# The words of new questions where a standard has some; others begin empty and are asked for.
_WORDS: dict[QuestionKind, str] = {
    QuestionKind.NPS: "How likely are you to recommend us to a friend or colleague?",
    QuestionKind.ENPS: "How likely are you to recommend working here to a friend or acquaintance?",
    QuestionKind.CSAT: "Overall, how satisfied are you with us?",
    QuestionKind.CES: "The company made it easy for me to handle my issue.",
}
_ENDS: dict[QuestionKind, tuple[str, str]] = {
    QuestionKind.NPS: ("Not at all likely", "Extremely likely"),
    QuestionKind.ENPS: ("Not at all likely", "Extremely likely"),
    QuestionKind.CSAT: ("Very dissatisfied", "Very satisfied"),
    QuestionKind.CES: ("Strongly disagree", "Strongly agree"),
}


def fresh_id(taken: set[str], letter: str = "q") -> str:
    """The first id that is not taken: q1, q2 ...

    >>> fresh_id({"q1", "q3"})
    'q2'
    """
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def new_question(definition: Definition, kind: QuestionKind) -> Question:
    """A question of a kind under an id of its own, with the words of the standard where there is one."""
    taken = {question.id for question in definition.questions} | {one.name for one in definition.hidden}
    own = definition.language

    def words(text: str) -> Text:
        return {own: text} if text else {}

    low, high = _ENDS.get(kind, ("", ""))
    is_choosing = kind in CHOOSING
    return Question(
        id=fresh_id(taken),
        kind=kind,
        text=words(_WORDS.get(kind, "")),
        low=words(low),
        high=words(high),
        choices=tuple(Choice(id=f"c{n}", text={}) for n in (1, 2)) if is_choosing else (),
        rows=(Choice(id="r1", text={}),) if kind is QuestionKind.MATRIX else (),
        types=(FileKind.IMAGE, FileKind.PDF) if kind is QuestionKind.FILE else (),
        is_long=kind is QuestionKind.TEXT,
    )


def added(definition: Definition, question: Question, *, behind: str = "") -> Definition:
    """The survey with one question more, behind another or at the end."""
    ids = [one.id for one in definition.questions]
    place = ids.index(behind) + 1 if behind in ids else len(ids)
    return _with(definition, [*definition.questions[:place], question, *definition.questions[place:]])


def copied(definition: Definition, question_id: str) -> Definition:
    """The survey with the same question once more behind it, without its jumps."""
    question = definition.question(question_id)
    if question is None:
        return definition
    fresh = replace(question, id=new_question(definition, question.kind).id, then=(), comment_of="")
    return added(definition, fresh, behind=question_id)


def removed(definition: Definition, question_id: str) -> Definition:
    """The survey without a question; what looks at it stays, and is told as a fault."""
    left = [question for question in definition.questions if question.id != question_id]
    return _first_alone(_with(definition, left))


def moved(definition: Definition, question_id: str, by: int) -> Definition:
    """The survey with a question so many places further down (up, where negative)."""
    questions = list(definition.questions)
    place = next((n for n, question in enumerate(questions) if question.id == question_id), None)
    if place is None:
        return definition
    question = questions.pop(place)
    questions.insert(max(0, min(len(questions), place + by)), question)
    return _first_alone(_with(definition, questions))


def changed(definition: Definition, question_id: str, change: Callable[[Question], Question]) -> Definition:
    """The survey with one question changed."""
    return _with(
        definition,
        [change(question) if question.id == question_id else question for question in definition.questions],
    )


def with_language(definition: Definition, tag: str) -> Definition:
    """The survey in one language more."""
    if tag in definition.languages:
        return definition
    return replace(definition, languages=(*definition.languages, tag))


def without_language(definition: Definition, tag: str) -> Definition:
    """The survey without a language and all words in it; its own language stays."""
    if tag == definition.language or tag not in definition.languages:
        return definition

    def cut(text: Text) -> Text:
        return {name: words for name, words in text.items() if name != tag}

    def cut_all(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        return tuple(replace(choice, text=cut(choice.text)) for choice in choices)

    questions = tuple(
        replace(
            one,
            text=cut(one.text),
            help=cut(one.help),
            low=cut(one.low),
            high=cut(one.high),
            choices=cut_all(one.choices),
            rows=cut_all(one.rows),
        )
        for one in definition.questions
    )
    return replace(
        definition,
        questions=questions,
        languages=tuple(name for name in definition.languages if name != tag),
        title=cut(definition.title),
        intro=cut(definition.intro),
        thanks=cut(definition.thanks),
        screened=cut(definition.screened),
    )


def _with(definition: Definition, questions: list[Question]) -> Definition:
    return replace(definition, questions=tuple(questions))


def _first_alone(definition: Definition) -> Definition:
    """The first question begins a page, whichever it is."""
    if definition.questions and definition.questions[0].is_with_previous:
        first = replace(definition.questions[0], is_with_previous=False)
        return _with(definition, [first, *definition.questions[1:]])
    return definition
