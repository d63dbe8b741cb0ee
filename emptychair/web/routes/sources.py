"""Sources: what signals come from, what became of everything they sent, and what is said of them."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import audit, sources, work, write_keys
from emptychair.desk.parked_events import Standing
from emptychair.desk.sources import COLLECTOR, Source
from emptychair.domain.signal import Audience
from emptychair.listen.intake import meanings, replay
from emptychair.listen.intake.event_names import event_names
from emptychair.listen.intake.keys import EVENTS_PER_SECOND
from emptychair.web import said, shell
from emptychair.web.access import may
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.sources import told
from emptychair.web.sources.clients import clients
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

FASTEST = 1_000_000
MOST_ORIGINS = 100
_HEAD = ("id", "name", "audience", "state", "received", "stored", "duplicate", "refused", "parked", "waiting")


@router.get("/sources")
def every(request: Request, days: int = 7) -> Response:
    """All sources with their books of so many days (0: ever since), and what was turned away."""
    parts, days = parts_of(request), _days(days)
    day = told.since(days, parts.clock())
    books = parts.ledger.books(day)
    with parts.desk.read() as tx:
        found, nobodys = told.every(tx, books, day)
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({"sources": [one.as_data() for one in found], "turned_away": nobodys, "since": day})
    if wanted is Form.CSV:
        return as_csv("sources", _HEAD, [_row(one) for one in found])
    return shell.page(
        request,
        "sources/page.html",
        found=found,
        nobodys=nobodys,
        days=days,
        periods=told.PERIODS,
        waiting=sum(one.standing.get(Standing.WAITING, 0) for one in found),
        audiences=list(Audience),
        **rights(request),
    )


@router.post("/sources")
def create(request: Request, fields: SentFields) -> Response:
    """A new source called `name`, of signals from the lives of this `audience`, with a write key."""
    parts, by = parts_of(request), visitor_of(request).name
    audience = _audience(fields)
    with parts.desk.begin() as tx:
        now = parts.clock()
        source = sources.create(
            tx, kind=COLLECTOR, name=fields.text("name"), audience=audience, by=by, now=now
        )
        write_keys.issue(tx, source.id, by=by, now=now)
        write_down(tx, request, "create_source", source.id, {"name": source.name})
    return _changed(request, source.id, "created", HTTPStatus.CREATED)


@router.get("/sources/{id}")
def show(request: Request, id: str, days: int = 7, done: str = "") -> Response:  # noqa: A002
    """One source: its keys, its books, what waits, what is said of its events."""
    parts, days = parts_of(request), _days(days)
    source = source_of(request, id)
    day = told.since(days, parts.clock())
    books = parts.ledger.books(day)
    with parts.desk.read() as tx:
        one, keys = told.one(tx, source, books, day), told.keys(tx, source)
        hearing = work.latest(tx, replay.KIND, id)
    if wanted_form(request) is not Form.HTML:
        return as_json(one.as_data() | {"keys": keys, "since": day})
    names = parts.ledger.ask(event_names(id)).to_pylist()
    working = [key.key for key in keys if key.revoked_at is None]
    return shell.page(
        request,
        "sources/one.html",
        one=one,
        keys=keys,
        days=days,
        periods=told.PERIODS,
        names=names,
        kinds=meanings.KINDS,
        clients=clients(parts.base_url, working[0]) if working else (),
        work=hearing,
        done=done,
        now=parts.clock(),
        **rights(request),
    )


@router.post("/sources/{id}")
def change(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Change `name`, `origins` (one a line; none: all), `events_per_second`: those that are sent."""
    source = source_of(request, id)
    terms = _terms(fields)
    with parts_of(request).desk.begin() as tx:
        if "name" in fields.values:
            sources.rename(tx, source.id, fields.text("name"))
        if terms:
            sources.change_terms(tx, source.id, **terms)
        write_down(tx, request, "change_source", source.id, {"fields": ", ".join(sorted(fields.values))})
    return _changed(request, id, "saved")


@router.post("/sources/{id}/pausing")
def pause(request: Request, id: str) -> Response:  # noqa: A002
    """Listen no more for now: its keys answer 401."""
    source = source_of(request, id)
    with parts_of(request).desk.begin() as tx:
        if sources.pause(tx, source.id, parts_of(request).clock()):
            write_down(tx, request, "pause_source", id, {})
    return _changed(request, id, "paused")


@router.post("/sources/{id}/resuming")
def resume(request: Request, id: str) -> Response:  # noqa: A002
    """Listen again."""
    source = source_of(request, id)
    with parts_of(request).desk.begin() as tx:
        if sources.resume(tx, source.id):
            write_down(tx, request, "resume_source", id, {})
    return _changed(request, id, "resumed")


@router.post("/sources/{id}/removal")
def remove(request: Request, id: str) -> Response:  # noqa: A002
    """Listen no more, for good. What it brought stays."""
    source = source_of(request, id)
    with parts_of(request).desk.begin() as tx:
        if sources.remove(tx, source.id, parts_of(request).clock()):
            write_down(tx, request, "remove_source", id, {"name": source.name})
    parts_of(request).reception.keys.forget()
    if wanted_form(request) is Form.HTML:
        return RedirectResponse("/sources", 303)
    return as_json({"id": id, "state": "removed"})


def source_of(request: Request, source_id: str) -> Source:
    """The source with this id. Raises a `Problem` when there is none, or none any more."""
    with parts_of(request).desk.read() as tx:
        source = sources.find(tx, source_id)
    if source is None or source.removed_at is not None:
        raise not_found("There is no source with this id.")
    return source


def rights(request: Request) -> dict[str, Any]:
    """What the visitor may do with sources, and the words that pages of sources need."""
    who = visitor_of(request).who
    return {
        "may_change": may(who, "POST", "/sources"),
        "may_decide": may(who, "POST", "/sources/{id}/replay"),
        "may_see_people": may(who, "GET", "/users"),
        "may_see_sources": True,
        "may_see_mail": may(who, "GET", "/settings/mail"),
        "words_away": said.TURNED_AWAY,
        "words_faults": said.FAULTS,
        "words_meanings": said.MEANINGS,
    }


def write_down(tx: Connection, request: Request, verb: str, thing: str, details: dict[str, str]) -> None:
    """Who did what to a source."""
    now, address = parts_of(request).clock(), visit_of(request).address
    audit.record(
        tx, who=visitor_of(request).name, verb=verb, thing=thing, now=now, details=details, address=address
    )


def _changed(request: Request, source_id: str, done: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The page of the source again, and keys that know of the change at once."""
    parts_of(request).reception.keys.forget()
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/sources/{quote(source_id)}?done={done}", 303)
    source = source_of(request, source_id)
    with parts_of(request).desk.read() as tx:
        keys = told.keys(tx, source)
    return as_json(told.Shown(source=source).as_data() | {"keys": keys}, status.value)


def _terms(fields: Fields) -> dict[str, object]:
    terms: dict[str, object] = {}
    if "origins" in fields.values:
        terms["origins"] = _origins(fields.text("origins")) or None
    if "events_per_second" in fields.values:
        terms["events_per_second"] = _speed(fields.text("events_per_second"))
    return terms


def _origins(text: str) -> list[str]:
    """Web origins, one a line; an address is taken for its origin."""
    found = list(dict.fromkeys(_origin(line) for line in text.replace(",", "\n").split()))
    if len(found) > MOST_ORIGINS:
        raise refused({"origins": f"At most {MOST_ORIGINS} origins."})
    return found


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > 300:
        raise refused({"origins": f"“{text[:80]}” is no web origin; expected one like https://shop.example."})
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def _speed(text: str) -> int:
    if not text:
        return EVENTS_PER_SECOND
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= FASTEST):
        expected = f"a whole number of events a second, from 1 to {FASTEST}"
        raise refused({"events_per_second": f"Expected {expected}."})
    return int(text)


def _audience(fields: Fields) -> Audience:
    chosen = fields.text("audience", Audience.CUSTOMER.value)
    if chosen not in set(Audience):
        raise refused({"audience": f"Choose whose lives it tells of: {', '.join(Audience)}."})
    return Audience(chosen)


def _days(days: int) -> int:
    return days if days in told.PERIODS else 7


def _row(one: told.Shown) -> tuple[object, ...]:
    tally = one.tally
    books = (tally.heard, tally.stored, tally.duplicate, tally.refused, tally.parked)
    waiting = one.standing.get(Standing.WAITING, 0)
    return (one.source.id, one.source.name, one.source.audience, one.state, *books, waiting)
