"""A definition of a segment read from JSON, with every fault told by its place, and written again."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any as Value

from emptychair.domain.scale import SCALES, Score
from emptychair.domain.signal import Audience, Kind
from emptychair.understand.segments.definition import (
    All,
    Any,
    Condition,
    Inside,
    Leaf,
    Money,
    Not,
    Relationship,
    Scored,
    Span,
    Spoke,
    State,
    Times,
    Trait,
    Which,
    leaves,
)
from emptychair.understand.signs import Range
from emptychair.understand.stated import (
    NotADefinition,
    Stated,
    range_as_data,
    sign_as_data,
    sign_of,
    test_as_data,
    test_of,
)

MOST_CONDITIONS = 40
DEEPEST = 6
MOST_DAYS = 36_500
MOST_TIMES = 1_000_000
TONES = ("negative", "neutral", "positive", "unsure")
PLACE = "definition"
_ONE = Decimal(1)


def read(data: Value, audience: Audience) -> Condition:
    """The definition that plain values describe. Raises NotADefinition with every fault by its place.

    What an employee thinks is no condition: who could ask who of five is unhappy would know who said so
    (docs/decisions/0162).
    """
    faults: dict[str, str] = {}
    found = _condition(Stated(data, PLACE, faults), 1)
    if not faults and found is not None:
        if len(list(leaves(found))) > MOST_CONDITIONS:
            faults[PLACE] = f"A segment has at most {MOST_CONDITIONS} conditions."
        if audience is Audience.EMPLOYEE and any(_is_opinion(leaf) for leaf in leaves(found)):
            faults[PLACE] = (
                "What employees said or answered is no condition: a segment would tell who it was."
                " Use traits, what they did, and their employment."
            )
    if faults or found is None:
        raise NotADefinition(faults)
    return found


def as_data(condition: Condition) -> dict[str, Value]:
    """The definition as plain values; what holds by default is left out."""
    if isinstance(condition, All | Any):
        return {type(condition).__name__.lower(): [as_data(part) for part in condition.parts]}
    if isinstance(condition, Not):
        return {"not": as_data(condition.part)}
    return _leaf_as_data(condition)


def as_text(data: Value) -> str:
    """Plain values as JSON to be read and edited by people."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def _is_opinion(leaf: Leaf) -> bool:
    if isinstance(leaf, Times):
        return leaf.sign.kind in (None, Kind.SAID, Kind.RATED)
    return isinstance(leaf, Spoke | Scored)


def _condition(stated: Stated, depth: int) -> Condition | None:
    names = [name for name in _READERS if stated.has(name)]
    if len(names) != 1:
        said = "has none" if not names else f"has {' and '.join(names)}"
        stated.wrong("", f"A condition has one of {', '.join(_READERS)}; this {said}.")
        return None
    if depth > DEEPEST:
        stated.wrong("", f"Conditions are nested at most {DEEPEST} deep.")
        return None
    found = _READERS[names[0]](stated, depth)
    stated.done()
    return found


def _parts(stated: Stated, name: str, depth: int) -> tuple[Condition, ...]:
    items = stated.items(name, MOST_CONDITIONS)
    if not items:
        stated.wrong(name, "Expected at least one condition.")
    found = [_condition(one, depth + 1) for one in items]
    return tuple(one for one in found if one is not None)


def _not(stated: Stated, depth: int) -> Condition | None:
    inside = _condition(Stated(stated.raw("not"), f"{stated.place}.not", stated.faults), depth + 1)
    return None if inside is None else Not(inside)


def _trait(stated: Stated, name: str) -> Trait:
    return Trait(
        name=stated.word(name, is_needed=True), test=test_of(stated), is_of_account=name == "account"
    )


def _times(stated: Stated, depth: int) -> Times:
    return Times(sign=sign_of(stated), times=_how_often(stated), span=_span(stated))


def _how_often(stated: Stated) -> Range:
    """At least once unless it is said how often."""
    found = stated.range(is_whole=True, least=0)
    if found.most is not None and found.most > MOST_TIMES:
        stated.wrong("at_most", f"Expected at most {MOST_TIMES:,}.")
    return found if found != Range() else Range(least=_ONE)


def _money(stated: Stated, depth: int) -> Money:
    currency = stated.raw("paid")
    is_currency = isinstance(currency, str) and currency.isascii() and (currency == "" or len(currency) == 3)
    if not is_currency or currency != currency.upper():
        stated.wrong("paid", "Expected a currency such as EUR, or an empty text for amounts without one.")
    total = stated.range()
    if total == Range():
        stated.wrong("", "Say how much: at_least, at_most or both.")
    return Money(currency=str(currency), total=total, span=_span(stated))


def _spoke(stated: Stated, depth: int) -> Spoke:
    tone = stated.word("tone")
    if tone and tone not in TONES:
        stated.wrong("tone", f"Expected one of {', '.join(TONES)}.")
    return Spoke(
        theme=stated.word("theme", is_needed=True), tone=tone, times=_how_often(stated), span=_span(stated)
    )


def _scored(stated: Stated, depth: int) -> Scored:
    score = stated.choice("score", Score, Score.NPS)
    value = stated.range()
    scale = SCALES[score]
    if value == Range():
        stated.wrong("", "Say which answers: at_least, at_most or both.")
    for name, end in (("at_least", value.least), ("at_most", value.most)):
        if end is not None and not scale.lowest <= end <= scale.highest:
            stated.wrong(name, f"{score.value.upper()} goes from {scale.lowest} to {scale.highest}.")
    return Scored(
        score=score, which=stated.choice("which", Which, Which.LAST), value=value, span=_span(stated)
    )


def _relationship(stated: Stated, depth: int) -> Relationship:
    state = stated.choice("relationship", State, State.OPEN)
    days = stated.range(is_whole=True, least=0)
    if state is State.NONE and days != Range():
        stated.wrong("relationship", "Who never had one has it for no days: leave at_least and at_most out.")
    return Relationship(state=state, days=days)


def _span(stated: Stated) -> Span:
    days = stated.whole("days", 1, MOST_DAYS)
    first, last = stated.day("from"), stated.day("to")
    if days is not None and (first or last):
        stated.wrong("days", "Say days, or from and to, not both.")
    if first is not None and last is not None and last < first:
        stated.wrong("to", "The last day comes before the first.")
    return Span(days=days, first=first, last=last)


_READERS: Mapping[str, Callable[[Stated, int], Condition | None]] = {
    "all": lambda stated, depth: All(_parts(stated, "all", depth)),
    "any": lambda stated, depth: Any(_parts(stated, "any", depth)),
    "not": _not,
    "trait": lambda stated, depth: _trait(stated, "trait"),
    "account": lambda stated, depth: _trait(stated, "account"),
    "signal": _times,
    "paid": _money,
    "theme": _spoke,
    "score": _scored,
    "relationship": _relationship,
    "segment": lambda stated, depth: Inside(stated.word("segment", is_needed=True)),
}


def _leaf_as_data(leaf: Leaf) -> dict[str, Value]:
    if isinstance(leaf, Trait):
        return {"account" if leaf.is_of_account else "trait": leaf.name, **test_as_data(leaf.test)}
    if isinstance(leaf, Times):
        return {**sign_as_data(leaf.sign), **range_as_data(leaf.times), **_span_as_data(leaf.span)}
    if isinstance(leaf, Money):
        return {"paid": leaf.currency, **range_as_data(leaf.total), **_span_as_data(leaf.span)}
    if isinstance(leaf, Spoke):
        tone = {"tone": leaf.tone} if leaf.tone else {}
        return {"theme": leaf.theme, **tone, **range_as_data(leaf.times), **_span_as_data(leaf.span)}
    if isinstance(leaf, Scored):
        which = {"which": leaf.which.value} if leaf.which is not Which.LAST else {}
        return {"score": leaf.score.value, **which, **range_as_data(leaf.value), **_span_as_data(leaf.span)}
    if isinstance(leaf, Relationship):
        return {"relationship": leaf.state.value, **range_as_data(leaf.days)}
    return {"segment": leaf.segment}


def _span_as_data(span: Span) -> dict[str, Value]:
    found = {"days": span.days, "from": span.first, "to": span.last}
    return {
        name: value if isinstance(value, int) else value.isoformat()
        for name, value in found.items()
        if value is not None
    }
