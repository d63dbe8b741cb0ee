"""Everything about one customer as one ZIP, written while it is sent."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from emptychair.desk.columns import shown
from emptychair.understand.person.everything import Everything
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.routes.customers import LONGEST_ID, resolved
from emptychair.web.routes.sources import write_down

router = APIRouter()

LONGEST_THING = 80


@router.get("/customers/person/export", response_class=StreamingResponse)
def export(request: Request, id: str = "") -> Response:  # noqa: A002
    """Everything that is kept about the customer `id`, as a ZIP; who took it is written down."""
    parts, who = parts_of(request), resolved(request, id)
    found = Everything(parts.ledger, parts.desk, parts.home, who)
    if not found.is_known:
        raise not_found(f"No signal is of a customer {id[:LONGEST_ID]}.")
    with parts.desk.begin() as tx:
        write_down(tx, request, "export_person", shown(who, LONGEST_THING), {"person": who})
    headers = {"Content-Disposition": 'attachment; filename="person.zip"', "Cache-Control": "no-store"}
    return StreamingResponse(found.zip(parts.clock()), media_type="application/zip", headers=headers)
