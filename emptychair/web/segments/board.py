"""The builder of a segment: groups of rows, read from a form and made from a definition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from emptychair.web.fields import Fields
from emptychair.web.segments.row import Row, row_as_data, row_from_data, row_from_fields

MOST_GROUPS, MOST_ROWS = 8, 12
GROUP_MATCHES = ("all", "any", "none")
MATCHES = ("all", "any")
_PLACE = re.compile(r"^definition\.(?:all|any)\[(\d+)\](?:\.not)?(?:\.(?:all|any)\[(\d+)\](?:\.not)?)?")


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of which all, any or none hold."""

    match: str = "all"
    rows: tuple[Row, ...] = (Row(),)


@dataclass(frozen=True, slots=True)
class Board:
    """Groups of which all or any hold."""

    match: str = "all"
    groups: tuple[Group, ...] = (Group(),)

    def as_data(self) -> dict[str, Any]:
        """The definition, in the form in which `board_of` reads it again."""
        return {self.match: [_group_as_data(group) for group in self.groups]}


@dataclass(frozen=True, slots=True)
class Placed:
    """Faults where they belong: of the whole, and of rows by (group, row)."""

    whole: Sequence[str] = ()
    rows: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)


def board_from(fields: Fields) -> Board:
    """The board as it was sent: `match`, `g0.match`, `g0.r0.kind`, `g0.r0.what` and so on."""
    groups = []
    for number in range(MOST_GROUPS):
        sent = fields.under(f"g{number}")
        if not sent:
            continue
        rows = [row_from_fields(sent, f"r{place}.") for place in range(MOST_ROWS)]
        match = sent.get("match", "all")
        groups.append(
            Group(
                match if match in GROUP_MATCHES else "all",
                tuple(row for row in rows if row is not None),
            )
        )
    match = fields.text("match", "all")
    return Board(match if match in MATCHES else "all", tuple(groups) or (Group(),))


def done_to(board: Board, deed: str) -> Board:
    """The board after a button: `add-group`, `add-row:0`, `remove:0.1`; any other leaves it as it is."""
    what, _, where = deed.partition(":")
    groups = list(board.groups)
    if what == "add-group" and len(groups) < MOST_GROUPS:
        groups.append(Group("any"))
    numbers = [int(one) if one.isdecimal() else -1 for one in where.split(".")]
    if what in ("add-row", "remove") and 0 <= numbers[0] < len(groups):
        group = groups[numbers[0]]
        if what == "add-row" and len(group.rows) < MOST_ROWS:
            groups[numbers[0]] = replace(group, rows=(*group.rows, Row()))
        elif what == "remove" and len(numbers) == 2:
            rows = tuple(row for place, row in enumerate(group.rows) if place != numbers[1])
            groups[numbers[0]] = replace(group, rows=rows)
            groups = [one for one in groups if one.rows]
    return replace(board, groups=tuple(groups) or (Group(),))


def board_of(definition: Mapping[str, Any]) -> Board | None:
    """The board that says this definition, or None when it is nested otherwise or knows more."""
    for match in MATCHES:
        if set(definition) == {match}:
            groups = [_group_of(part) for part in definition[match]]
            if len(groups) <= MOST_GROUPS and all(group is not None for group in groups):
                return Board(match, tuple(group for group in groups if group is not None))
    row = row_from_data(definition)
    return None if row is None else Board("all", (Group("all", (row,)),))


def placed(faults: Mapping[str, str]) -> Placed:
    """Faults of a definition that a board made, by the row that they are of."""
    whole: list[str] = []
    rows: dict[tuple[int, int], list[str]] = {}
    for place, text in faults.items():
        found = _PLACE.match(place)
        if found is None or found.group(2) is None:
            whole.append(text)
        else:
            rows.setdefault((int(found.group(1)), int(found.group(2))), []).append(text)
    return Placed(whole, rows)


def _group_as_data(group: Group) -> dict[str, Any]:
    rows = [row_as_data(row) for row in group.rows]
    return {"not": {"any": rows}} if group.match == "none" else {group.match: rows}


def _group_of(data: Mapping[str, Any]) -> Group | None:
    match, parts = "all", [data]
    if set(data) == {"not"} and set(data["not"]) == {"any"}:
        match, parts = "none", data["not"]["any"]
    for name in MATCHES:
        if set(data) == {name}:
            match, parts = name, data[name]
    rows = [row_from_data(part) for part in parts]
    if len(rows) > MOST_ROWS or any(row is None for row in rows):
        return None
    return Group(match, tuple(row for row in rows if row is not None))
