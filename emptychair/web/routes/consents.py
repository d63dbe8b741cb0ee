"""Consents: what people allowed and forbade, and how we know it."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import audit, consents
from emptychair.desk.columns import whole
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Purpose
from emptychair.domain.person import LONGEST_ID, is_nobody
from emptychair.domain.signal import Audience
from emptychair.web import said, shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 1_000
_HEAD = ("id", "person", "audience", "purpose", "channel", "standing", "evidence", "by", "at")


@router.get("/consents")
def every(request: Request, person: str = "", before: int = 0, done: str = "") -> Response:
    """A page of what was said, by anybody or by one `person`, newest first; JSON and CSV have up to 1,000,
    and JSON says where the next begin (`older`).
    """
    wanted = wanted_form(request)
    limit = PAGE if wanted is Form.HTML else MOST
    place = before if 0 < before < 2**62 else None
    with parts_of(request).desk.read() as tx:
        found = consents.page(tx, person=person[:210] or None, before=place, limit=limit + 1)
    older = found[limit - 1].id if len(found) > limit else None
    found = found[:limit]
    if wanted is Form.JSON:
        return as_json({"consents": found, "older": older})
    if wanted is Form.CSV:
        return as_csv("consents", _HEAD, [[getattr(one, name) for name in _HEAD] for one in found])
    return shell.page(
        request,
        "outbox/consents.html",
        found=found,
        older=older,
        person=person,
        purposes=list(Purpose),
        audiences=list(Audience),
        words_purposes=said.PURPOSES,
        words_consents=said.CONSENTS,
        done=done,
    )


@router.post("/consents")
def record(request: Request, fields: SentFields) -> Response:
    """Write down that `person` said yes (`given`) or no (`withdrawn`) to a `purpose`, and how we know it."""
    parts, by, now = parts_of(request), visitor_of(request).name, parts_of(request).clock()
    person, audience, purpose, standing = _said(fields)
    evidence = fields.text("evidence")
    if not evidence:
        raise refused({"evidence": "Say how we know it: a consent without evidence is none."})
    with parts.desk.begin() as tx:
        if consents.record(tx, [person], audience, purpose, standing, evidence=evidence, by=by, now=now):
            address = visit_of(request).address
            verb = f"consent_{standing.value}"
            audit.record(tx, who=by, verb=verb, thing=person[:80], now=now, address=address)
        found = consents.page(tx, person=person, limit=MOST)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse("/consents?done=recorded", 303)
    return as_json({"consents": found}, HTTPStatus.CREATED.value)


def _said(fields: Fields) -> tuple[str, Audience, Purpose, Standing]:
    person = whole(fields.text("person"), LONGEST_ID)
    if is_nobody(person):
        raise refused({"person": "Name the person by the id that the ledger has."})
    audience, purpose = fields.text("audience", Audience.CUSTOMER.value), fields.text("purpose")
    standing = fields.text("standing")
    if audience not in set(Audience):
        raise refused({"audience": f"Expected one of {', '.join(Audience)}."})
    if purpose not in set(Purpose):
        raise refused({"purpose": f"Expected one of {', '.join(Purpose)}."})
    if standing not in {Standing.GIVEN, Standing.WITHDRAWN}:
        raise refused({"standing": "Expected given or withdrawn."})
    return person, Audience(audience), Purpose(purpose), Standing(standing)
