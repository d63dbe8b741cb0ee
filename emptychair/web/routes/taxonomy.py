"""Themes that people know of before anybody finds them, told by a few examples, one by one or as a table."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import audit, theme_edits, themes
from emptychair.desk.ids import new_id
from emptychair.desk.themes import LONGEST_NAME
from emptychair.domain.signal import Audience
from emptychair.understand.reading import learning
from emptychair.understand.reading.edited import Change
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_json
from emptychair.web.routes.theme_edits import audience_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

MOST_THEMES, MOST_EXAMPLES, LONGEST_EXAMPLE = 500, 20, 600


@dataclass(frozen=True, slots=True)
class Declared:
    """A theme with its area and the examples that tell it."""

    name: str
    area: str
    examples: Sequence[str]


@router.post("/voice/themes")
def declare(request: Request, fields: SentFields) -> Response:
    """Tell themes of an `audience` by examples: one (`name`, `area`, `examples`, one a line), or many as a
    `table`, CSV whose columns are name, area and examples. Texts that are like the examples come under them.
    """
    whose = audience_of(request, fields.text("audience", Audience.CUSTOMER.value))
    table = fields.text("table")
    told = (
        _from_table(table)
        if table
        else [_one(fields.text("name"), fields.text("area"), fields.text("examples"))]
    )
    with parts_of(request).desk.begin() as tx:
        known = {theme.name.casefold() for theme in themes.every(tx, whose)}
        for one in told:
            if one.name.casefold() in known:
                raise refused({"name": f"There is a theme called {one.name} already."})
            known.add(one.name.casefold())
        ids = [_declared(tx, request, whose, one) for one in told]
        learning.ask(tx, whose, by=visitor_of(request).name, now=parts_of(request).clock())
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/voice?audience={whose.value}&done=finding", 303)
    return as_json({"themes": ids}, 201)


def _declared(tx: Connection, request: Request, audience: Audience, one: Declared) -> str:
    by, now, theme = visitor_of(request).name, parts_of(request).clock(), new_id("thm")
    says = {"theme": theme, "name": one.name, "area": one.area, "examples": list(one.examples)}
    theme_edits.add(tx, audience, Change.DECLARE.value, says, by=by, now=now)
    audit.record(tx, who=by, verb="declare_theme", thing=theme, now=now)
    return theme


def _one(name: str, area: str, examples: str) -> Declared:
    found, why = _checked(name, area, [line for line in examples.splitlines() if line.strip()])
    if found is None:
        raise refused(why)
    return found


def _from_table(table: str) -> list[Declared]:
    """The themes of a table. Raises 422 that names the row and what was expected."""
    head = table.splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    rows = [row for row in csv.reader(io.StringIO(table), delimiter=delimiter) if any(map(str.strip, row))]
    names = [cell.strip().casefold() for cell in rows[0]]
    if "name" not in names or not any(name.startswith("example") for name in names):
        raise refused(
            {"table": "The first row names the columns: name, area, example (as many as you like)."}
        )
    if not 1 < len(rows) <= MOST_THEMES + 1:
        raise refused({"table": f"A table has 1 to {MOST_THEMES} themes, one a row."})
    found: dict[str, Declared] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = list(zip(names, (cell.strip() for cell in row), strict=False))
        told = dict(cells)
        examples = [cell for name, cell in cells if name.startswith("example") and cell]
        before = found.get(told["name"].casefold()) if told.get("name") else None
        one, why = _checked(
            told.get("name", ""), told.get("area", ""), [*(before.examples if before else ()), *examples]
        )
        if one is None:
            raise refused({"table": f"Row {number}: {next(iter(why.values()))}"})
        found[one.name.casefold()] = one
    return list(found.values())


def _checked(name: str, area: str, examples: Sequence[str]) -> tuple[Declared | None, dict[str, str]]:
    """The theme, or by field why it is none. The same name in several rows is one theme."""
    name, area = " ".join(name.split()), " ".join(area.split())
    if not 0 < len(name) <= LONGEST_NAME:
        return None, {"name": f"A name has 1 to {LONGEST_NAME} letters."}
    if len(area) > LONGEST_NAME:
        return None, {"area": f"An area has at most {LONGEST_NAME} letters."}
    if not 0 < len(examples) <= MOST_EXAMPLES or any(len(one) > LONGEST_EXAMPLE for one in examples):
        said = f"A theme has 1 to {MOST_EXAMPLES} examples of at most {LONGEST_EXAMPLE} letters."
        return None, {"examples": said}
    return Declared(name, area or "Declared", tuple(examples)), {}
