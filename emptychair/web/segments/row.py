"""One row of the builder: the fields of one condition as they are typed, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from emptychair.domain.signal import Kind
from emptychair.web.texts import marked

KINDS = {
    "trait": marked("what is known of them"),
    "signal": marked("what happened"),
    "paid": marked("what they paid"),
    "theme": marked("what they speak of"),
    "score": marked("how they score us"),
    "relationship": marked("their relationship"),
    "account": marked("their account"),
    "segment": marked("another segment"),
}
OPINIONS = frozenset({"theme", "score"})
TESTS = {
    "is": marked("is one of"),
    "is_not": marked("is none of"),
    "between": marked("is between"),
    "known": marked("is known"),
    "missing": marked("is not known"),
}
STATES = {
    "open": marked("is open"),
    "ended": marked("has ended"),
    "none": marked("never was"),
}
WHICH = {"last": marked("last answer"), "mean": marked("mean of all answers")}
SIGNALS = ("did", *(kind.value for kind in Kind if kind is not Kind.DID), "any")


@dataclass(frozen=True, slots=True)
class Row:
    """What is typed: `what` is a field, names of signals, a currency, a theme, a score, a state or a segment.

    `values` and `names` are divided by semicolons; `low` and `high` bound a value, or how often.
    """

    kind: str = "trait"
    what: str = ""
    of: str = "did"
    test: str = "is"
    values: str = ""
    low: str = ""
    high: str = ""
    days: str = ""
    tone: str = ""
    which: str = "last"
    property: str = ""
    ptest: str = "is"
    pvalues: str = ""
    plow: str = ""
    phigh: str = ""


_NAMES = tuple(one.name for one in fields(Row))


def row_from_fields(sent: Mapping[str, str], prefix: str) -> Row | None:
    """The row whose fields begin with `prefix`, None when none of them was sent."""
    mine = {name: sent[prefix + name] for name in _NAMES if prefix + name in sent}
    if not mine:
        return None
    row = Row(**mine)
    return row if row.kind in KINDS else Row()


def row_as_data(row: Row) -> dict[str, Any]:
    """The condition that it says; what is typed wrongly stays as it is, for the reader to name."""
    span = {"days": _number(row.days)} if row.days else {}
    bounds = _bounds(row.low, row.high)
    if row.kind in ("trait", "account"):
        return {row.kind: row.what, **_test(row.test, row.values, row.low, row.high)}
    if row.kind == "signal":
        names = {"name": _several(row.what)} if _several(row.what) else {}
        test = _test(row.ptest, row.pvalues, row.plow, row.phigh)
        where = {"where": [{"property": row.property, **test}]} if row.property else {}
        return {"signal": row.of, **names, **where, **bounds, **span}
    if row.kind == "paid":
        return {"paid": row.what.upper(), **bounds, **span}
    if row.kind == "theme":
        return {"theme": row.what, **({"tone": row.tone} if row.tone else {}), **bounds, **span}
    if row.kind == "score":
        which = {"which": row.which} if row.which != "last" else {}
        return {"score": row.what or "nps", **which, **bounds, **span}
    if row.kind == "relationship":
        return {"relationship": row.what or "open", **bounds}
    inside = {"segment": row.what}
    return {"not": inside} if row.test == "is_not" else inside


def row_from_data(data: Mapping[str, Any]) -> Row | None:
    """The row that says this condition, or None when no row does."""
    if set(data) == {"not"} and set(data["not"]) == {"segment"}:
        return Row(kind="segment", what=data["not"]["segment"], test="is_not")
    kind = next((name for name in KINDS if name in data), None)
    if kind is None or {"from", "to"} & set(data):
        return None
    row = {"kind": kind, "days": _text(data.get("days")), **_typed_bounds(data)}
    if kind in ("trait", "account"):
        found = _typed_test(data)
        return None if found is None else Row(**{**row, "what": data[kind], **found})
    if kind == "signal":
        return _signal_row(data, row)
    more = {name: str(data[name]) for name in ("tone", "which") if name in data}
    return Row(**{**row, "what": str(data[kind]), **more})


def _signal_row(data: Mapping[str, Any], row: dict[str, str]) -> Row | None:
    where = data.get("where", [])
    if len(where) > 1:
        return None
    typed: dict[str, str] = {}
    if where:
        found = _typed_test(where[0])
        if found is None:
            return None
        typed = {"property": where[0]["property"]}
        names = {"test": "ptest", "values": "pvalues", "low": "plow", "high": "phigh"}
        typed |= {names[name]: value for name, value in found.items()}
    return Row(**{**row, "of": data["signal"], "what": _joined(data.get("name", [])), **typed})


def _test(test: str, values: str, low: str, high: str) -> dict[str, Any]:
    if test in ("known", "missing"):
        return {"missing": test == "missing"}
    if test == "between":
        return _bounds(low, high)
    return {test if test in TESTS else "is": _several(values)} if _several(values) else {}


def _typed_test(data: Mapping[str, Any]) -> dict[str, str] | None:
    """The fields of a test, None when it is several at once."""
    said = {name for name in ("is", "is_not", "missing") if name in data}
    has_bounds = "at_least" in data or "at_most" in data
    if len(said) + has_bounds != 1:
        return None
    if has_bounds:
        return {"test": "between", **_typed_bounds(data)}
    name = said.pop()
    if name == "missing":
        return {"test": "missing" if data["missing"] else "known"}
    return {"test": name, "values": _joined(data[name])}


def _bounds(low: str, high: str) -> dict[str, Any]:
    ends = {"at_least": low, "at_most": high}
    return {name: _number(text) for name, text in ends.items() if text}


def _typed_bounds(data: Mapping[str, Any]) -> dict[str, str]:
    return {"low": _text(data.get("at_least")), "high": _text(data.get("at_most"))}


def _number(text: str) -> Any:
    """The number as JSON would have it; what is none stays a text, and is refused by name."""
    plain = text.replace(",", ".")
    try:
        return int(plain) if plain.lstrip("-").isdecimal() else float(plain)
    except ValueError:
        return text


def _several(text: str) -> list[str]:
    return [one.strip() for one in text.split(";") if one.strip()]


def _joined(values: Any) -> str:
    return "; ".join(values) if isinstance(values, list) else str(values)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
