"""Write keys of a source: issued, and revoked when they are misused."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import write_keys
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_json
from emptychair.web.routes.sources import source_of, write_down
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.post("/sources/{id}/keys")
def issue(request: Request, id: str) -> Response:  # noqa: A002
    """One more write key."""
    parts, source = parts_of(request), source_of(request, id)
    with parts.desk.begin() as tx:
        key = write_keys.issue(tx, source.id, by=visitor_of(request).name, now=parts.clock())
        write_down(tx, request, "issue_key", id, {"key": key.key[:8]})
    return _answer(request, id, "issued", HTTPStatus.CREATED)


@router.post("/sources/{id}/keys/revocation")
def revoke(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Let this `key` work no more, for good."""
    parts, source = parts_of(request), source_of(request, id)
    key = fields.text("key")
    with parts.desk.begin() as tx:
        if key not in {one.key for one in write_keys.of_source(tx, source.id)}:
            raise not_found("This source has no such key.")
        if write_keys.revoke(tx, key, parts.clock()):
            write_down(tx, request, "revoke_key", id, {"key": key[:8]})
    return _answer(request, id, "revoked")


def _answer(request: Request, source_id: str, done: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    parts = parts_of(request)
    parts.reception.keys.forget()
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/sources/{source_id}?done={done}", 303)
    with parts.desk.read() as tx:
        return as_json({"keys": write_keys.of_source(tx, source_id)}, status.value)
