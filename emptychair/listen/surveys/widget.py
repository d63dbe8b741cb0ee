"""When a survey is shown inside the product: on which pages, after what, to whom, to how many of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

import msgspec

from emptychair.listen.surveys.fault import Fault, here

MOST_PATTERNS, LONGEST_PATTERN = 20, 500
USUAL_DELAY = 3
_FIELD = re.compile(r"[^\s=]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """Who is meant: people of whom the newest value of this field is one of these."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """How a survey is shown in the product.

    `urls` are patterns of pages (none: all), `events` names after which it is asked (none: when a page is
    opened), `traits` must all hold. `share` is the probability with which a visitor is asked at all (0..1],
    `delay` are seconds before it is shown. Who answered or sent it away is asked again after `again_days`;
    0: never. `side` is the corner, at which end of the line it stands.
    """

    is_on: bool = False
    urls: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    share: float = 1.0
    delay: int = USUAL_DELAY
    again_days: int = 0
    side: str = "end"


def from_data(data: Mapping[str, Any]) -> Widget:
    """The settings as they are kept; those of a survey that has none."""
    return msgspec.convert(dict(data), Widget)


def as_data(widget: Widget) -> dict[str, Any]:
    """The settings as plain values."""
    found: dict[str, Any] = msgspec.to_builtins(
        {one.name: getattr(widget, one.name) for one in fields(widget)}
    )
    return found


def faults(widget: Widget) -> tuple[Fault, ...]:
    """What cannot be shown so."""
    found = [
        here(f"at most {MOST_PATTERNS} {name}s, each of at most {LONGEST_PATTERN} characters")
        for name, patterns in (("page", widget.urls), ("event", widget.events))
        if len(patterns) > MOST_PATTERNS or any(not 0 < len(one) <= LONGEST_PATTERN for one in patterns)
    ]
    found += [
        here(f"a page begins with / or https:// or *: {pattern[:80]!r}")
        for pattern in widget.urls
        if not pattern.startswith(("/", "http://", "https://", "*"))
    ]
    found += [
        here("who is asked: a field and its values, such as plan = pro, team")
        for trait in widget.traits
        if not _FIELD.fullmatch(trait.field) or not trait.values
    ]
    if not 0 < widget.share <= 1:
        found.append(here("the share of visitors lies above 0 and at most at 100 %"))
    if not 0 <= widget.delay <= 3600:
        found.append(here("it is shown after 0 to 3,600 seconds"))
    if not 0 <= widget.again_days <= 3650:
        found.append(here("it is asked again after 1 to 3,650 days, or never (0)"))
    return tuple(found)


def is_on_page(widget: Widget, url: str) -> bool:
    """Whether it is shown on this page."""
    return not widget.urls or any(matches(pattern, url) for pattern in widget.urls)


def matches(pattern: str, url: str) -> bool:
    """Whether an address is one of a pattern; linear in the address for each star.

    A `*` is anything. Without one the address begins with the pattern. What begins with `/` is compared with
    the path, everything else with the whole address; the part behind # never counts, that behind ? only where
    the pattern has one.

    >>> url = "https://a.example/shop/7/paid?by=card#top"
    >>> matches("/shop/*/paid", url), matches("/shop", url), matches("/shop/*?by=c*", url)
    (True, True, True)
    """
    text = url[:4000].partition("#")[0]
    text = text if "?" in pattern else text.partition("?")[0]
    if pattern.startswith("/"):
        found = re.match(r"[a-z][a-z0-9+.-]*://[^/?]*", text)
        text = text[found.end() :] if found else text
        text = text if text.startswith("/") else f"/{text}"
    first, *rest = pattern.split("*")
    if not text.startswith(first):
        return False
    if not rest:
        return True
    place, last = len(first), rest.pop()
    for part in rest:
        place = text.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return text.endswith(last) and len(text) - len(last) >= place


def is_drawn(widget: Widget, survey_id: str, visitor: str) -> bool:
    """Whether this visitor is among the share that is asked: the same answer every time, in every process."""
    lot = int.from_bytes(blake2b(f"{survey_id} {visitor}".encode(), digest_size=8).digest(), "big")
    return lot < int(widget.share * 2**64)
