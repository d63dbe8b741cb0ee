"""The rows of an import that could not be taken in, each with what was expected."""

from fastapi import APIRouter, Request, Response

from emptychair.desk import imports, parked
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE = 100


@router.get("/imports/{id}/parked")
def rows(request: Request, id: str, row: int = 0, field: str = "") -> Response:  # noqa: A002
    """A page of them in the order of the file, after `row` and `field`; JSON and CSV have all."""
    parts, wanted = parts_of(request), wanted_form(request)
    with parts.desk.read() as tx:
        one = imports.find(tx, id)
        if one is None:
            raise not_found("There is no import with this id.")
        if wanted is not Form.HTML:
            found = list(parked.every(tx, id))
        else:
            after = (max(0, min(row, 2**62)), field[:120])
            found = parked.page(tx, id, after=after, limit=PAGE + 1)
        total = parked.count(tx, id)
    if wanted is Form.JSON:
        return as_json({"parked": found})
    if wanted is Form.CSV:
        head = ("row", "field", "value", "expected")
        return as_csv("parked-rows", head, [(one.row, one.field, one.value, one.expected) for one in found])
    more = found[PAGE - 1] if len(found) > PAGE else None
    return shell.page(
        request, "imports/parked.html", one=one, rows=found[:PAGE], total=total, more=more, is_later=row > 0
    )
