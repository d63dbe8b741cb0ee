"""A text with marks in the place of what tells who somebody is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from emptychair.understand.language.privacy import addresses, names, numbers, phones
from emptychair.understand.language.privacy.names import Known


class Personal(StrEnum):
    """What was found; its value is the mark: `[email]`."""

    URL = "url"
    EMAIL = "email"
    IBAN = "iban"
    CARD = "card"
    IP = "ip"
    PHONE = "phone"
    STAFF = "staff"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stood in the text that was given; `end` is exclusive."""

    kind: Personal
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text with marks, and what they stand for, in the order of the text."""

    text: str
    places: tuple[Place, ...]


NOBODY = Known()
_HIDDEN = "\x00"


def redacted(text: str, known: Known = NOBODY) -> Redacted:
    """The text without addresses, numbers and known names of people. O(length), whatever the text.

    What was found is hidden from what looks next: a number in an address is no phone.
    """
    seekers: list[tuple[Personal, Callable[[str], Iterator[tuple[int, int]]]]] = [
        (Personal.STAFF, lambda rest: names.staff_addresses(rest, known)),
        (Personal.URL, addresses.personal_urls),
        (Personal.EMAIL, addresses.emails),
        (Personal.IBAN, numbers.ibans),
        (Personal.CARD, numbers.cards),
        (Personal.IP, addresses.ips),
        (Personal.PHONE, lambda rest: phones.phones(rest, known.region)),
        (Personal.STAFF, lambda rest: names.named(rest, known.staff)),
        (Personal.NAME, lambda rest: names.named(rest, known.names)),
    ]
    rest = text
    places: list[Place] = []
    for kind, seek in seekers:
        found = list(seek(rest))
        places += [Place(kind, begin, end) for begin, end in found]
        rest = _without(rest, found)
    places.sort(key=lambda place: place.begin)
    return Redacted(_marked(text, places), tuple(places))


def _without(text: str, found: list[tuple[int, int]]) -> str:
    """The text with what was found hidden, of the same length."""
    parts, at = [], 0
    for begin, end in found:
        parts += [text[at:begin], _HIDDEN * (end - begin)]
        at = end
    return "".join([*parts, text[at:]])


def _marked(text: str, places: list[Place]) -> str:
    parts, at = [], 0
    for place in places:
        parts += [text[at : place.begin], f"[{place.kind}]"]
        at = place.end
    return "".join([*parts, text[at:]])
