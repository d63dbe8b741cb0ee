"""Proof of who a visitor is: a secret of the source, with which the company's own server signs ids."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import sources
from emptychair.desk.ids import new_token
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_json
from emptychair.web.routes.sources import source_of, write_down
from emptychair.web.surveys.identity import ENFORCED, SECRET
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.post("/sources/{id}/identity")
def change(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """`do` = `require` a proof of every id that pages claim, `relax` it, or `renew` the secret."""
    source, deed = source_of(request, id), fields.text("do")
    if deed not in ("require", "relax", "renew"):
        raise refused({"do": "Expected require, relax or renew."})
    members: dict[str, object] = {}
    if deed == "renew" or not source.terms.get(SECRET):
        members[SECRET] = new_token()
    if deed != "renew":
        members[ENFORCED] = True if deed == "require" else None
    with parts_of(request).desk.begin() as tx:
        sources.change_terms(tx, id, **members)
        write_down(tx, request, f"identity_{deed}", id, {})
    source = source_of(request, id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/sources/{id}?done=saved", 303)
    return as_json({"secret": source.terms[SECRET], "is_enforced": bool(source.terms.get(ENFORCED))})
