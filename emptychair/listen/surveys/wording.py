"""Whether the texts of a survey are there, in its languages, and put in only what is known by then."""

from collections.abc import Iterator

from emptychair.listen.surveys.definition import Definition, Question, QuestionKind, Text
from emptychair.listen.surveys.fault import Fault, here
from emptychair.listen.surveys.piping import marks

LONGEST = 2_000


def faults(definition: Definition) -> Iterator[Fault]:
    """Every fault of texts and of the marks in them."""
    if not definition.title.get(definition.language, "").strip():
        yield here("the survey needs a title")
    for name in ("title", "intro", "thanks", "screened"):
        text: Text = getattr(definition, name)
        known = len(definition.questions) if name in ("thanks", "screened") else 0
        yield from _text(definition, text, name, -1, known)
    for number, question in enumerate(definition.questions):
        if not question.text.get(definition.language, "").strip():
            yield here("there is no text", number)
        for where, text in _texts(question):
            yield from _text(definition, text, where, number, number)
        for noun, choices in (("choice", question.choices), ("row", question.rows)):
            for place, choice in enumerate(choices, 1):
                if not choice.text.get(definition.language, "").strip():
                    yield here(f"{noun} {place}: there is no text", number)
        yield from _untranslated(definition, question, number)


def _texts(question: Question) -> Iterator[tuple[str, Text]]:
    for name in ("text", "help", "low", "high"):
        yield name, getattr(question, name)
    for noun, choices in (("choice", question.choices), ("row", question.rows)):
        for place, choice in enumerate(choices, 1):
            yield f"{noun} {place}", choice.text


def _text(definition: Definition, text: Text, where: str, number: int, known: int) -> Iterator[Fault]:
    """Faults of one text, in which the first `known` questions may be put in."""
    for tag, words in text.items():
        if tag not in definition.languages:
            yield here(f"{where}: there are words in {tag!r}, which is not among the languages", number)
        if len(words) > LONGEST:
            yield here(f"{where}: at most {LONGEST:,} characters", number)
        if "\0" in words or not _is_unicode(words):
            yield here(f"{where}: there is a character in it that no text can hold", number)
        for name in marks(words):
            problem = _mark(definition, name, known)
            if problem:
                yield here(f"{where}: {problem}", number, is_grave=False)


def _mark(definition: Definition, name: str, known: int) -> str:
    question = definition.question(name)
    if question is None:
        if definition.hidden_field(name) is None:
            return f"{{{name}}} is no question and no hidden field, so it is shown as it is written"
        return ""
    if question.kind in (QuestionKind.MATRIX, QuestionKind.FILE):
        return f"{{{name}}} has no words that could stand here"
    if definition.questions.index(question) >= known:
        return f"{{{name}}} is not answered yet where this is read"
    return ""


def _untranslated(definition: Definition, question: Question, number: int) -> Iterator[Fault]:
    others = [tag for tag in definition.languages if tag != definition.language]
    lacking = [
        tag
        for tag in others
        if any(text and not text.get(tag) for _, text in _texts(question)) and tag.partition("-")[0] == tag
    ]
    if lacking:
        told = ", ".join(lacking)
        yield here(
            f"not every text is there in {told}; it is shown in {definition.language}", number, is_grave=False
        )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
