"""A survey read from JSON and written as JSON; what is wrong in it is told by its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec

from emptychair.listen.surveys.definition import Definition

LONGEST = 250_000
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.?([a-z_]+)|\[([0-9]+|\.\.\.)\]")
_NOUNS = {
    "questions": "question",
    "choices": "choice",
    "rows": "row",
    "hidden": "hidden field",
    "quotas": "quota",
    "then": "jump",
    "languages": "language",
    "values": "value",
}


class NotADefinition(ValueError):
    """The JSON is no survey; the text says where, and what was expected."""


def read(text: bytes | str) -> Definition:
    """The survey that a JSON document describes. Raises NotADefinition.

    Only its form is looked at here: whether it can be asked is for `checking.faults`.
    """
    if len(text) > LONGEST:
        raise NotADefinition(f"a survey has at most {LONGEST:,} bytes; this has {len(text):,}")
    try:
        return from_data(msgspec.json.decode(text))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotADefinition(f"this is no JSON: {error}") from None


def from_data(data: Any) -> Definition:
    """The survey from the plain values of its JSON. Raises NotADefinition, also for unknown members."""
    try:
        found = msgspec.convert(data, Definition)
    except msgspec.ValidationError as error:
        raise NotADefinition(_told(str(error))) from None
    except RecursionError:
        raise NotADefinition("this is nested too deeply for a survey") from None
    unknown = next(_unknown(data, found, ""), None)
    if unknown is not None:
        place, _, name = unknown.rpartition(".")
        raise NotADefinition(_placed(place, f"there is nothing called {name!r}"))
    return found


def as_data(definition: Definition) -> dict[str, Any]:
    """The survey as plain values; what is empty, and what is off as it is by default, is left out."""
    found: dict[str, Any] = _plain(definition)
    return found


def _plain(thing: Any) -> Any:
    if is_dataclass(thing) and not isinstance(thing, type):
        return {
            field.name: _plain(value)
            for field in fields(thing)
            if not _is_empty(value := getattr(thing, field.name)) and not (value is field.default is False)
        }
    if isinstance(thing, Mapping):
        return dict(thing)
    if isinstance(thing, tuple):
        return [_plain(member) for member in thing]
    return msgspec.to_builtins(thing)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", {}, ())


def _unknown(data: Any, thing: Any, path: str) -> Iterator[str]:
    """The paths of members that are in the JSON and not in what was read."""
    if is_dataclass(thing) and isinstance(data, Mapping):
        known = {field.name for field in fields(thing)}
        for name, member in data.items():
            if name not in known:
                yield f"{path}.{name}"
            else:
                yield from _unknown(member, getattr(thing, name), f"{path}.{name}")
    elif isinstance(thing, tuple) and isinstance(data, list):
        for number, (member, read_as) in enumerate(zip(data, thing, strict=False)):
            yield from _unknown(member, read_as, f"{path}[{number}]")


def _told(problem: str) -> str:
    found = _WHERE.match(problem)
    if found is None:
        return problem
    return _placed(found["path"] or "", _in_words(found["what"]))


def _placed(path: str, what: str) -> str:
    place = in_words(path)
    return f"{place}: {what}" if place else what


def in_words(path: str) -> str:
    """A path in the JSON as people say it.

    >>> in_words(".questions[2].choices[1].text")
    'question 3, choice 2, text'
    """
    words: list[str] = []
    for name, number in _STEP.findall(path):
        if name:
            words.append(_NOUNS.get(name, name))
        elif words and number.isdigit():
            words[-1] = f"{words[-1]} {int(number) + 1}"
    return ", ".join(words)


def _in_words(problem: str) -> str:
    kinds = {"`str`": "a text", "`int`": "a whole number", "`bool`": "true or false", "`array`": "a list",
             "`object`": "an object", "`null`": "null", "`float`": "a number"}  # fmt: skip
    for kind, words in kinds.items():
        problem = problem.replace(kind, words)
    if problem.startswith("Invalid enum value"):
        return f"{problem.rpartition(' ')[2]} is none of the words that can stand here"
    return problem[:1].lower() + problem[1:]
