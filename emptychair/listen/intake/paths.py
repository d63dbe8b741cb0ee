"""Where a value lies in a JSON item: names with dots between them, and places in lists."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

LONGEST = 300
DEEPEST = 12
_STEP = re.compile(r'\.?([^.\[\]"\s]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d{1,4})\]')
_PLAIN = re.compile(r'[^.\[\]"\s]+')
_MISSING = object()

Steps = tuple[str | int, ...]


class NotAPath(ValueError):
    """A text that leads nowhere; it says why."""


def steps(path: str) -> Steps:
    """The steps of a path. Raises NotAPath.

    >>> steps('data.items[0]["odd.name"]')
    ('data', 'items', 0, 'odd.name')
    """
    text, at, found = path.strip(), 0, list[str | int]()
    if not text or len(text) > LONGEST:
        raise NotAPath(f"a path has 1 to {LONGEST} characters")
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or len(found) == DEEPEST:
            raise NotAPath(
                f"{text[:60]!r} is no path; expected one such as data.customer.email or items[0].sku"
            )
        name, quoted, place = step.groups()
        found.append(int(place) if place is not None else name or re.sub(r"\\(.)", r"\1", quoted or ""))
        at = step.end()
    return tuple(found)


def written(way: Steps) -> str:
    """The path of these steps; `steps` reads it again.

    >>> written(("data", "items", 0, "odd.name"))
    'data.items[0]["odd.name"]'
    """
    text = ""
    for step in way:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def at(item: Any, way: Steps) -> Any:
    """What lies there, or None."""
    for step in way:
        if isinstance(step, int):
            item = item[step] if isinstance(item, list) and step < len(item) else None
        else:
            item = item.get(step, _MISSING) if isinstance(item, dict) else _MISSING
        if item is None or item is _MISSING:
            return None
    return item


def leaves(item: Any, most: int = 200) -> Iterator[tuple[str, Any]]:
    """Paths to what an item holds that is no object or list, in its order; of lists the first element.

    >>> list(leaves({"a": {"b": 1}, "c": ["x", "y"]}))
    [('a.b', 1), ('c[0]', 'x')]
    """
    for way, value in islice(_walked(item, ()), most):
        yield written(way), value


def lists(item: Any) -> Iterator[str]:
    """Paths to the lists of objects that an item holds, outermost first; empty where it is one itself."""
    for way, value in _lists(item, ()):
        if value and isinstance(value[0], dict):
            yield written(way) if way else ""


def _walked(item: Any, way: Steps) -> Iterator[tuple[Steps, Any]]:
    if len(way) < DEEPEST and isinstance(item, dict):
        for name, value in item.items():
            if name:
                yield from _walked(value, (*way, str(name)))
    elif len(way) < DEEPEST and isinstance(item, list):
        if item:
            yield from _walked(item[0], (*way, 0))
    elif way:
        yield way, item


def _lists(item: Any, way: Steps) -> Iterator[tuple[Steps, list[Any]]]:
    if isinstance(item, list):
        yield way, item
    elif isinstance(item, dict) and len(way) < DEEPEST:
        for name, value in item.items():
            yield from _lists(value, (*way, str(name)))
