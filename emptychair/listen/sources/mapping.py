"""What the fields of items mean, as a person says it: read from a form, kept with the source, proposed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emptychair.domain.scale import SCALES
from emptychair.domain.signal import Kind
from emptychair.listen.intake.mapping import FIELDS, Unit
from emptychair.listen.intake.paths import NotAPath, leaves, steps, written
from emptychair.listen.sources.asked import SettingsRefused

MOST_CASES = 8
SCORES = tuple(name for scale in SCALES.values() for name in scale.names)
UNWANTED = "none"
WHOLE = "$"
_NEEDED = {Kind.PAID: ("value",), Kind.RATED: ("score", "name")}
# How fields are called where nobody agreed on it, best first.
_CALLED: Mapping[str, str] = {
    "id": r"(event_?|message_?|review_?|response_?|ticket_?|order_?)?(id|uuid|guid)",
    "person": r"(customer|user|contact|author|requester|sender|person|from)[._]?(id|email|uid)?"
    r"|e-?mail(_?address)?|customer|distinct_?id",
    "occurred_at": r"(created|submitted|occurred|updated|completed|sent|received)(_?(at|on|time|date))?"
    r"|(time_?stamp|date_?time|date|time)",
    "text": r"text|comments?|message|body|content|feedback|description|review|note|answer",
    "title": r"title|subject|summary|headline",
    "score": r"score|rating|stars|nps(_?score)?|csat|ces|value_?score",
    "value": r"(grand_?|order_?)?(total|amount)(_?(paid|due|price))?|price|revenue",
    "currency": r"currency(_?code)?",
    "account": r"(account|company|organi[sz]ation|org)([._]?(id|name))?",
}


def kept(fields: Mapping[str, str]) -> dict[str, Any]:
    """A mapping from the fields of its form: `items`, and `case.<n>.<name>` for up to eight cases, of which
    those without a kind are left away. Raises SettingsRefused with every fault.
    """
    faults: dict[str, str] = {}
    cases = [found for n in range(MOST_CASES) if (found := _case(n, fields, faults)) is not None]
    items = fields.get("items", "").strip()
    if items and items != WHOLE:
        _way(items, "items", faults)
    if not cases and not faults:
        faults["case.0.kind"] = "Say what its items are."
    for case in cases[:-1]:
        if not case.get("when"):
            faults["case.0.when"] = "A case that always counts has to be the last one."
    if faults:
        raise SettingsRefused(faults)
    return {"cases": cases} | ({"items": "" if items == WHOLE else items} if items else {})


def typed(mapping: Mapping[str, Any] | None) -> dict[str, str]:
    """The fields of the form of a mapping."""
    if mapping is None:
        return {}
    fields: dict[str, str] = {}
    if mapping.get("items") is not None:
        fields["items"] = mapping["items"] or WHOLE
    for n, case in enumerate(mapping["cases"]):
        told = {"kind": case.get("kind") or UNWANTED, "when": case.get("when") or ""}
        told |= {"is": ", ".join(case.get("is") or ()), "unit": case.get("unit") or Unit.MAJOR.value}
        told |= {"is_refund": "yes" if case.get("is_refund") else ""}
        told |= {name: _as_text(rule) for name, rule in (case.get("fields") or {}).items()}
        fields |= {f"case.{n}.{name}": text for name, text in told.items()}
    return fields


def proposed(item: Any) -> dict[str, Any] | None:
    """A mapping that is likely right for an item like this; None for one without fields."""
    found = dict(leaves(item[0] if isinstance(item, list) and item else item))
    rules = {name: {"paths": [path]} for name in FIELDS if (path := _called(name, found)) is not None}
    if not rules:
        return None
    kind = next((kind for name, kind in _TELLING.items() if name in rules), Kind.DID)
    fields: dict[str, Any] = dict(rules)
    if kind is Kind.RATED:
        path = rules["score"]["paths"][0]
        fields["name"] = {"constant": _scale(path, found[path])}
    else:
        fields.pop("score", None)
    mapping: dict[str, Any] = {"cases": [{"kind": kind.value, "fields": fields}]}
    return mapping | {"items": ""} if isinstance(item, list) else mapping


def best_proposed(items: Sequence[Any]) -> dict[str, Any] | None:
    """The proposal that knows most fields, of those for each of these items."""
    found = [mapping for item in items if (mapping := proposed(item)) is not None]
    return max(found, key=lambda mapping: len(mapping["cases"][0]["fields"]), default=None)


_TELLING = {"score": Kind.RATED, "value": Kind.PAID, "text": Kind.SAID}


def _called(name: str, found: Mapping[str, Any]) -> str | None:
    """The path whose last words are called so; one further up comes before one deeper down."""
    pattern = _CALLED.get(name)
    if pattern is None:
        return None
    hits = [path for path in found if re.fullmatch(pattern, _last(path, name), re.IGNORECASE)]
    if name in ("score", "value"):
        hits = [path for path in hits if _is_number(found[path])]
    return min(hits, key=lambda path: (path.count("."), list(found).index(path)), default=None)


def _last(path: str, name: str) -> str:
    names = [str(step) for step in steps(path) if isinstance(step, str)]
    return ".".join(names[-2:] if name in ("person", "account") else names[-1:])


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None


def _scale(path: str, value: Any) -> str:
    told = next((scale for scale in SCORES if scale in path.lower()), None)
    return told or ("stars" if float(value) <= 5 else "nps")


def _case(n: int, fields: Mapping[str, str], faults: dict[str, str]) -> dict[str, Any] | None:
    told = {
        name: fields.get(f"case.{n}.{name}", "").strip()
        for name in ("kind", "when", "is", "unit", "is_refund", *FIELDS)
    }
    kind = told["kind"]
    if not kind:
        return None
    if kind not in (UNWANTED, *Kind):
        faults[f"case.{n}.kind"] = f"Choose one of {', '.join(Kind)}."
        return None
    case: dict[str, Any] = {}
    if told["when"]:
        case["when"] = _way(told["when"], f"case.{n}.when", faults)
        case["is"] = [part.strip() for part in told["is"].split(",") if part.strip()]
        if not case["is"]:
            faults[f"case.{n}.is"] = "Say which values it has then."
    if kind == UNWANTED:
        return case
    rules = {name: _rule(told[name], f"case.{n}.{name}", faults) for name in FIELDS if told[name]}
    _check(Kind(kind), n, rules, faults)
    case |= {"kind": kind, "fields": rules}
    if told["unit"] == Unit.MINOR.value:
        case["unit"] = Unit.MINOR.value
    return case | ({"is_refund": True} if told["is_refund"] else {})


def _check(kind: Kind, n: int, rules: Mapping[str, Any], faults: dict[str, str]) -> None:
    for name in _NEEDED.get(kind, ()):
        if name not in rules:
            faults[f"case.{n}.{name}"] = "This is needed for its kind."
    if kind is Kind.SAID and "text" not in rules and "title" not in rules:
        faults[f"case.{n}.text"] = "This is needed for its kind."
    constant = (rules.get("name") or {}).get("constant")
    if kind is Kind.RATED and constant is not None and constant.lower() not in SCORES:
        faults[f"case.{n}.name"] = f"A score is one of {', '.join(SCORES)}."


def _rule(text: str, name: str, faults: dict[str, str]) -> dict[str, Any]:
    """`data.email, email` tries one after the other; `= EUR` is a constant, also as the last of them."""
    rule: dict[str, Any] = {}
    ways = []
    for part in _parts(text):
        if part.startswith("="):
            rule["constant"] = part[1:].strip()
        elif part:
            ways.append(_way(part, name, faults))
    return rule | ({"paths": ways} if ways else {})


def _parts(text: str) -> Iterator[str]:
    """What stands between commas, but for those in quotes and those behind a constant's sign."""
    head, sign, constant = re.fullmatch(r'((?:[^="]|"(?:[^"\\]|\\.)*")*)(=?)(.*)', text, re.DOTALL).groups()  # type: ignore[union-attr]
    for part in re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+', head):
        yield part.strip()
    if sign:
        yield f"={constant}"


def _way(text: str, name: str, faults: dict[str, str]) -> str:
    try:
        return written(steps(text))
    except NotAPath as fault:
        faults[name] = str(fault)[:1].upper() + str(fault)[1:] + "."
        return text


def _as_text(rule: Mapping[str, Any]) -> str:
    paths: Sequence[str] = rule.get("paths") or ()
    constant = [f"= {rule['constant']}"] if rule.get("constant") is not None else []
    return ", ".join([*paths, *constant])
