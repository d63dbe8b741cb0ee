"""What the forms of the builder say about a question and about the survey around it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from emptychair.listen.surveys.definition import (
    CHOOSING,
    NAME,
    Accent,
    Choice,
    Definition,
    FileKind,
    Format,
    HiddenField,
    Question,
    QuestionKind,
    Text,
)
from emptychair.listen.surveys.drafting import fresh_id, with_language, without_language
from emptychair.listen.surveys.languages import is_tag
from emptychair.web.fields import Fields
from emptychair.web.problem import refused
from emptychair.web.surveys.conditions import condition_sent, jumps_sent, quota_sent

TEXTS = ("title", "intro", "thanks", "screened")
_ON = frozenset({"1", "on", "true"})


def question_changed(definition: Definition, question: Question, fields: Fields, language: str) -> Question:
    """The question as its form says; what was not sent stays. Texts are those of one language."""
    changed = _plain(question, fields, language) | _logic(definition, question, fields)
    if question.kind in CHOOSING:
        changed["choices"] = choices_sent(question.choices, fields, "c", language)
    if question.kind is QuestionKind.MATRIX:
        changed["rows"] = choices_sent(question.rows, fields, "r", language)
    return replace(question, **changed)


def _plain(question: Question, fields: Fields, language: str) -> dict[str, Any]:
    """Texts, boxes and numbers."""
    texts = [name for name in ("text", "help", "low", "high") if name in fields.values]
    changed: dict[str, Any] = {
        name: written(getattr(question, name), language, fields.text(name)) for name in texts
    }
    # Boxes that are not ticked are not sent: the form says which ones it has.
    for name in fields.text("boxes").split():
        if name in ("is_required", "is_with_previous", "is_shuffled", "is_long"):
            changed[name] = fields.text(name) in _ON
    for name in ("lowest", "highest", "longest"):
        if name in fields.values:
            changed[name] = whole_number(fields, name)
    for name in {"least", "most", "megabytes"} & set(fields.values):
        changed[name] = whole_number(fields, name) if fields.text(name) else None
    if "format" in fields.values:
        changed["format"] = _one_of(fields, "format", Format)
    if "types" in fields.values:
        changed["types"] = tuple(one for one in FileKind if fields.text(f"types.{one.value}") in _ON)
    if "comment_of" in fields.values:
        changed["comment_of"] = fields.text("comment_of")
    return changed


def choices_sent(
    choices: tuple[Choice, ...], fields: Fields, letter: str, language: str
) -> tuple[Choice, ...]:
    """The choices as their form says: texts, marks, order, and new ones, one a line."""
    texts, found = fields.under(letter), []
    for choice in choices:
        text = written(choice.text, language, texts[choice.id]) if choice.id in texts else choice.text
        marks: dict[str, Any] = {}
        if f"{letter}_marks" in fields.values:
            marks = {
                "is_other": fields.text(f"{letter}_other") == choice.id,
                "is_alone": fields.text(f"{letter}_alone.{choice.id}") in _ON,
            }
        found.append(replace(choice, text=text, **marks))
    for line in fields.values.get(f"{letter}_more", "").splitlines():
        if line.strip():
            name = fresh_id({one.id for one in found}, letter)
            found.append(Choice(id=name, text={language: line.strip()}))
    return _moved(tuple(found), fields.text("do"), letter)


def _moved(choices: tuple[Choice, ...], deed: str, letter: str) -> tuple[Choice, ...]:
    """The choices after a button beside one of them: `up.c.ID`, `down.c.ID` or `remove.c.ID`."""
    verb, _, rest = deed.partition(".")
    which, _, name = rest.partition(".")
    place = next((n for n, one in enumerate(choices) if one.id == name), None)
    if which != letter or place is None:
        return choices
    left = list(choices)
    choice = left.pop(place)
    if verb in ("up", "down"):
        left.insert(max(0, place + (1 if verb == "down" else -1)), choice)
    elif verb != "remove":
        return choices
    return tuple(left)


def _logic(definition: Definition, question: Question, fields: Fields) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if "if.join" in fields.values:
        changed["show_if"] = condition_sent(definition, fields, "if", question.show_if)
    if "then.count" in fields.values:
        changed["then"] = jumps_sent(definition, fields, question.then)
    return changed


def survey_changed(definition: Definition, fields: Fields, language: str) -> Definition:
    """The survey as the form around its questions says; what was not sent stays."""
    changed: dict[str, Any] = {}
    for name in TEXTS:
        if name in fields.values:
            # Whoever writes several paragraphs wants them kept apart.
            text = fields.values[name].replace("\r\n", "\n").strip()
            changed[name] = written(getattr(definition, name), language, text)
    if "accent" in fields.values:
        changed["accent"] = _one_of(fields, "accent", Accent)
    if "shows_progress" in fields.text("boxes").split():
        changed["shows_progress"] = fields.text("shows_progress") in _ON
    if "give_up_hours" in fields.values:
        changed["give_up_hours"] = whole_number(fields, "give_up_hours")
    if "hidden" in fields.values:
        changed["hidden"] = _hidden(fields.values["hidden"])
    return replace(definition, **changed)


def language_added(definition: Definition, tag: str) -> Definition:
    """The survey in one language more. Raises a `Problem` for what is no language."""
    if not is_tag(tag):
        raise refused({"tag": "This is no language; expected a tag such as de, pt-BR or zh-Hant."})
    return with_language(definition, tag)


def language_removed(definition: Definition, tag: str) -> Definition:
    """The survey without a language. Raises a `Problem` for its own one."""
    if tag == definition.language:
        raise refused({"tag": "The survey's own language stays; the others fall back to it."})
    return without_language(definition, tag)


def with_quota(definition: Definition, fields: Fields, most: int) -> Definition:
    """The survey with a quota of so many answers."""
    return replace(definition, quotas=(*definition.quotas, quota_sent(definition, fields, most)))


def without_quota(definition: Definition, quota_id: str) -> Definition:
    """The survey without one of its quotas."""
    return replace(definition, quotas=tuple(one for one in definition.quotas if one.id != quota_id))


def _hidden(text: str) -> tuple[HiddenField, ...]:
    """Hidden fields, one a line: `name`, or `name: value, value`."""
    found = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        name, _, values = line.partition(":")
        if not NAME.fullmatch(name.strip()):
            raise refused(
                {"hidden": f"Line {number}: expected a name of small letters, digits and _, such as plan."}
            )
        allowed = tuple(dict.fromkeys(value.strip() for value in values.split(",") if value.strip()))
        found.append(HiddenField(name=name.strip(), values=allowed))
    return tuple(found)


def written(text: Text, language: str, words: str) -> Text:
    """The text with these words in one language; without any it is said in the survey's own."""
    others: Mapping[str, str] = {tag: one for tag, one in text.items() if tag != language}
    return {**others, language: words} if words else others


def whole_number(fields: Fields, name: str) -> int:
    """The number of a field. Raises a `Problem` for anything else."""
    text = fields.text(name)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refused({name: "Expected a whole number."})
    return int(text)


def _one_of(fields: Fields, name: str, choices: Any) -> Any:
    try:
        return choices(fields.text(name))
    except ValueError:
        raise refused({name: f"Expected one of {', '.join(choices)}."}) from None
