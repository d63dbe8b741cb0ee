"""Saved segments as later stages use them: read from the desk, checked, and looked at from an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any as Value

from sqlalchemy import Connection

from emptychair.desk import segments as desk
from emptychair.desk import settings, themes
from emptychair.desk.segments import Segment
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.fields import UnknownFieldError, field
from emptychair.understand.segments import reading, standing
from emptychair.understand.segments.definition import (
    Condition,
    Relationship,
    Spoke,
    Trait,
    fields_of,
    leaves,
    segments_of,
)
from emptychair.understand.segments.known import ACCOUNT
from emptychair.understand.segments.standing import Sight
from emptychair.understand.spells import Tenure
from emptychair.understand.stated import NotADefinition
from emptychair.understand.tenure import choose, evidence

# Conditions of a segment and of all those that it names.
MOST_EXPANDED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A definition and from where it is looked at: all that its questions need."""

    condition: Condition
    sight: Sight


def condition_of(segment: Segment) -> Condition:
    """What a saved segment says."""
    return reading.read(segment.definition, segment.audience)


def definitions(tx: Connection, audience: Audience) -> dict[str, Condition]:
    """Every segment of an audience by id, archived ones too: whoever names one keeps what it says."""
    return {one.id: condition_of(one) for one in desk.every(tx, audience, with_archived=True)}


def checked(tx: Connection, ledger: Ledger, data: Value, audience: Audience, itself: str = "") -> Condition:
    """The definition, when everything that it names is there. Raises NotADefinition.

    `itself` is the id of the segment that is being changed: nothing that it names may name it.
    """
    found = reading.read(data, audience)
    faults: dict[str, str] = {}
    known = {one.id for one in themes.every(tx, audience, with_gone=True)}
    for leaf in leaves(found):
        if isinstance(leaf, Spoke) and leaf.theme not in known:
            faults[reading.PLACE] = f"There is no theme {leaf.theme}."
    for name in fields_of(found):
        try:
            field(ledger, name)
        except UnknownFieldError:
            faults[reading.PLACE] = f"Nobody has a field {name}: capitals count."
    saved = definitions(tx, audience)
    for one in segments_of(found):
        if one not in saved:
            faults[reading.PLACE] = f"There is no segment {one} of this audience."
        elif itself and (one == itself or itself in _names(one, saved)):
            faults[reading.PLACE] = "A segment cannot be told by itself, by whatever way round."
    if not faults and _expanded(found, saved) > MOST_EXPANDED:
        faults[reading.PLACE] = f"With those that it names it has over {MOST_EXPANDED} conditions."
    if faults:
        raise NotADefinition(faults)
    return found


def chosen(
    tx: Connection,
    ledger: Ledger,
    condition: Condition,
    audience: Audience,
    as_of: datetime,
    known_at: datetime | None = None,
) -> Chosen:
    """A definition as it is looked at from an instant; its fields get columns, O(rows) the first time.

    What tells a relationship (contracts, or silence) is chosen by all that was known at `known_at`, or else
    at `as_of`: it is a fact about the data, and does not change from month to month.
    """
    named = _needed(condition, definitions(tx, audience) if segments_of(condition) else {})
    every = [condition, *named.values()]
    columns = {name: field(ledger, name).column for one in every for name in fields_of(one)}
    if any(isinstance(leaf, Trait) and leaf.is_of_account for one in every for leaf in leaves(one)):
        columns[ACCOUNT] = ledger.promote(ACCOUNT)
    is_related = any(isinstance(leaf, Relationship) for one in every for leaf in leaves(one))
    tenure = _tenure(tx, ledger, audience, known_at or as_of) if is_related else None
    sight = Sight(audience=audience, as_of=as_of, columns=columns, tenure=tenure, segments=named)
    return Chosen(condition=condition, sight=sight)


def segment(tx: Connection, ledger: Ledger, segment_id: str, as_of: datetime) -> Chosen | None:
    """A saved segment from an instant, for `standing.members` and `standing.sides`; None: there is none."""
    found = desk.find(tx, segment_id)
    return None if found is None else chosen(tx, ledger, condition_of(found), found.audience, as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of `people` known at an instant so many are in a segment; of `untold` it cannot be told."""

    as_of: datetime
    people: int
    members: int
    untold: int


def size(ledger: Ledger, looked: Chosen) -> Size:
    """How many are in it."""
    (row,) = ledger.ask(standing.sizes(looked.condition, looked.sight)).to_pylist()
    return Size(as_of=looked.sight.as_of, **{name: int(value) for name, value in row.items()})


def _tenure(tx: Connection, ledger: Ledger, audience: Audience, known_at: datetime) -> Tenure | None:
    seen = evidence(ledger, audience, known_at)
    gap = settings.get(tx, settings.GAP_DAYS, audience)
    return choose(ledger, audience, known_at, seen, gap_days=gap).tenure


def _needed(condition: Condition, saved: Mapping[str, Condition]) -> dict[str, Condition]:
    """The segments that it names, and those that they name."""
    found: dict[str, Condition] = {}
    for one in segments_of(condition):
        found |= {name: saved[name] for name in {one, *_names(one, saved)} if name in saved}
    return found


def _names(segment_id: str, saved: Mapping[str, Condition]) -> set[str]:
    """Every segment that this one names, at any depth."""
    found: set[str] = set()
    open_ones = [segment_id]
    while open_ones:
        one = open_ones.pop()
        new = set(segments_of(saved[one])) - found if one in saved else set()
        found |= new
        open_ones += new
    return found


def _expanded(condition: Condition, saved: Mapping[str, Condition]) -> int:
    """How many conditions it has with all those that it names; a cycle is told elsewhere."""
    total = len(list(leaves(condition)))
    for one in segments_of(condition):
        rest = {name: inside for name, inside in saved.items() if name != one}
        total += _expanded(saved[one], rest) if one in saved else 0
        if total > MOST_EXPANDED:
            break
    return total
