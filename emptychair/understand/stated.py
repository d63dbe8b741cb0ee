"""A JSON object read member by member, with every fault told by its place."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from emptychair.domain.signal import Kind
from emptychair.understand.signs import Range, Sign, Test

LONGEST = 20_000
LONGEST_WORD = 200
MOST_WORDS = 50
MOST_PROPERTIES = 5
_LARGEST = Decimal(10) ** 13
_EARLIEST, _LATEST = date(1002, 1, 1), date(9990, 1, 1)

Choice = TypeVar("Choice", bound=StrEnum)


class NotADefinition(ValueError):
    """What was sent is no definition; `faults` has what is wrong by the place where it is."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{place}: {text}" for place, text in faults.items()))
        self.faults = dict(faults)


def from_json(text: str, place: str) -> Any:
    """The value of a JSON text. Raises NotADefinition, naming `place`."""
    if len(text) > LONGEST:
        raise NotADefinition({place: f"It has at most {LONGEST:,} characters; this has {len(text):,}."})
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotADefinition({place: f"This is no JSON: {error}."}) from None


class Stated:
    """One object at a `place`; faults of it and of all inside it go into `faults`."""

    def __init__(self, data: Any, place: str, faults: dict[str, str]) -> None:
        self.place, self.faults = place, faults
        self._read: set[str] = set()
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.wrong("", "Expected an object in {}.")

    def wrong(self, name: str, text: str) -> None:
        """Note what is wrong with a member; the first fault of a place stays.

        Of the whole only while no member is wrong: a test of which nothing could be read is not also empty.
        """
        if not name and any(place.startswith(f"{self.place}.") for place in self.faults):
            return
        self.faults.setdefault(f"{self.place}.{name}" if name else self.place, text)

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self.data

    def raw(self, name: str) -> Any:
        """The member as it is, None when there is none."""
        self._read.add(name)
        return self.data.get(name)

    def word(self, name: str, *, is_needed: bool = False) -> str:
        """A text, "" when there is none."""
        value = self.raw(name)
        if value is None or value == "":
            if is_needed:
                self.wrong(name, "Expected a text.")
            return ""
        return self._word(name, value)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts; a text alone is a list of one, numbers and yes or no are taken as text."""
        value = self.raw(name)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if not 0 < len(values) <= MOST_WORDS:
            self.wrong(name, f"Expected 1 to {MOST_WORDS} values.")
            return ()
        return tuple(dict.fromkeys(self._word(name, one) for one in values))

    def number(
        self, name: str, least: int | None = None, most: int | None = None, *, is_whole: bool = False
    ) -> Decimal | None:
        """A number with at most four places, or None when there is none."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if isinstance(value, bool) or not found.is_finite() or abs(found) > _LARGEST:
            self.wrong(name, "Expected a number.")
            return None
        if is_whole and found != found.to_integral_value():
            self.wrong(name, "Expected a whole number.")
        elif found != found.quantize(Decimal("0.0001")):
            self.wrong(name, "Expected a number with at most four decimal places.")
        elif (least is not None and found < least) or (most is not None and found > most):
            self.wrong(name, f"Expected a number from {least:,} to {most:,}." if most is not None
                       else f"Expected at least {least:,}.")  # fmt: skip
        else:
            return found
        return None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number between bounds, or None when there is none."""
        found = self.number(name, least, most, is_whole=True)
        return None if found is None else int(found)

    def day(self, name: str) -> date | None:
        """A day, or None when there is none."""
        text = self.word(name)
        if not text:
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            self.wrong(name, "Expected a day such as 2026-01-31.")
            return None
        if not _EARLIEST <= found <= _LATEST:
            self.wrong(name, "Expected a day between the years 1002 and 9990.")
            return None
        return found

    def choice(self, name: str, choices: type[Choice], default: Choice) -> Choice:
        """One of an enum's values; the default when there is none."""
        text = self.word(name)
        if not text:
            return default
        if text not in set(choices):
            self.wrong(name, f"Expected one of {', '.join(choices)}.")
            return default
        return choices(text)

    def flag(self, name: str) -> bool | None:
        """True or false, or None when there is none."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(name, "Expected true or false.")
        return None

    def range(self, *, is_whole: bool = False, least: int | None = None) -> Range:
        """The members `at_least` and `at_most`."""
        low = self.number("at_least", least, is_whole=is_whole)
        high = self.number("at_most", least, is_whole=is_whole)
        if low is not None and high is not None and low > high:
            self.wrong("at_most", "It is smaller than at_least.")
        return Range(least=low, most=high)

    def items(self, name: str, most: int) -> Sequence["Stated"]:
        """A list of objects."""
        value = self.raw(name)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > most:
            self.wrong(name, f"Expected a list of at most {most} objects.")
            return ()
        return [Stated(one, f"{self.place}.{name}[{n}]", self.faults) for n, one in enumerate(value)]

    def done(self) -> None:
        """Whatever was not asked for is a fault: nothing that was sent is silently left out."""
        for name in self.data:
            if name not in self._read:
                known = ", ".join(sorted(self._read))
                shown = str(name)[:40].encode("utf-8", "replace").decode()
                self.wrong(shown, f"There is nothing of this name here; there are {known}.")

    def _word(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        text = str(value) if isinstance(value, int | Decimal) else value
        if not isinstance(text, str):
            self.wrong(name, "Expected a text.")
            return ""
        if not 0 < len(text) <= LONGEST_WORD or "\0" in text or not _is_unicode(text):
            self.wrong(name, f"Expected a text of 1 to {LONGEST_WORD} letters.")
            return ""
        return text


def test_of(stated: Stated) -> Test:
    """What a value has to be: `is`, `is_not`, `at_least`, `at_most` or `missing`."""
    is_missing = stated.flag("missing")
    among, outside = stated.words("is"), stated.words("is_not")
    bounds = stated.range()
    has_bounds = bounds != Range()
    if is_missing is not None and (among or outside or has_bounds):
        stated.wrong("missing", "It stands alone.")
    if is_missing is None and not (among or outside or has_bounds):
        stated.wrong("", "Say what the value has to be: is, is_not, at_least, at_most or missing.")
    return Test(among=among, outside=outside, within=bounds if has_bounds else None, is_missing=is_missing)


def sign_of(stated: Stated) -> Sign:
    """Which signals: `signal` (a kind, or any), `name` (one or several) and `where` (properties)."""
    kind = stated.word("signal", is_needed=True)
    if kind and kind not in {*Kind, "any"}:
        stated.wrong("signal", f"Expected any, or one of {', '.join(Kind)}.")
        kind = ""
    where = []
    for one in stated.items("where", MOST_PROPERTIES):
        where.append((one.word("property", is_needed=True), test_of(one)))
        one.done()
    return Sign(
        kind=Kind(kind) if kind in set(Kind) else None, names=stated.words("name"), where=tuple(where)
    )


def sign_as_data(sign: Sign) -> dict[str, Any]:
    """The same as plain values."""
    data: dict[str, Any] = {"signal": "any" if sign.kind is None else sign.kind.value}
    if sign.names:
        data["name"] = list(sign.names)
    if sign.where:
        data["where"] = [{"property": name, **test_as_data(test)} for name, test in sign.where]
    return data


def test_as_data(test: Test) -> dict[str, Any]:
    """The same as plain values."""
    if test.is_missing is not None:
        return {"missing": test.is_missing}
    data: dict[str, Any] = {}
    if test.among:
        data["is"] = list(test.among)
    if test.outside:
        data["is_not"] = list(test.outside)
    return data | range_as_data(test.within or Range())


def range_as_data(bounds: Range) -> dict[str, Any]:
    """The same as plain values; numbers without a fraction are whole."""
    ends = {"at_least": bounds.least, "at_most": bounds.most}
    return {name: as_number(end) for name, end in ends.items() if end is not None}


def as_number(value: Decimal) -> int | float:
    """A decimal of at most four places as JSON has it.

    >>> as_number(Decimal("6.0")), as_number(Decimal("2.5"))
    (6, 2.5)
    """
    return int(value) if value == value.to_integral_value() else float(value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
