"""Segments: who is in them, how many, since when, and what they say."""

from typing import Any

from fastapi import APIRouter, Request, Response

from emptychair.desk import plays, segment_versions, users
from emptychair.desk import segments as desk
from emptychair.desk.segments import Segment
from emptychair.domain.signal import Audience
from emptychair.understand.segments.saved import condition_of
from emptychair.web import shell
from emptychair.web.access import LEADERS, may
from emptychair.web.parts import parts_of
from emptychair.web.problem import forbidden, not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.voice import pens
from emptychair.web.segments import looked, pictures
from emptychair.web.segments.looked import Shown
from emptychair.web.segments.naming import names_of
from emptychair.web.segments.words import Speaker
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST, FURTHEST = 50, 1_000, 1_000_000
HEAD = (
    "id", "name", "description", "version", "people", "members", "untold", "share", "share_low", "share_high",
)  # fmt: skip


@router.get("/segments")
def every(request: Request, audience: str = "", archived: str = "") -> Response:
    """The segments of an `audience` (customer or employee) with how many are in each; archived ones with
    `archived=yes`.
    """
    parts, whose = parts_of(request), audience_of(request, audience)
    is_archived = archived == "yes"
    with parts.desk.read() as tx:
        found = [
            one
            for one in desk.every(tx, whose, with_archived=True)
            if (one.archived_at is not None) == is_archived
        ]
    lines = [(one, looked.size_of(parts, one)) for one in found]
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({"audience": whose, "segments": [as_data(one, shown) for one, shown in lines]})
    if wanted is Form.CSV:
        return as_csv("segments", HEAD, [_row(one, shown) for one, shown in lines])
    return shell.page(
        request,
        "segments/page.html",
        lines=lines,
        largest=max(lines, key=lambda line: line[1].people or 0, default=None),
        audience=whose,
        audiences=audiences_of(request),
        is_archived=is_archived,
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.get("/segments/{id}")
def one(request: Request, id: str, page: int = 1) -> Response:  # noqa: A002
    """One segment: how many are in it and of how many it cannot be told, what it says, a page of its members
    (those seen last first; 1,000 a page as JSON and CSV), and what it said before.
    """
    parts, segment = parts_of(request), segment_of(request, id)
    wanted = wanted_form(request)
    limit = PAGE if wanted is Form.HTML else MOST
    at = max(1, min(page, FURTHEST // limit))
    shown = looked.size_of(parts, segment)
    members = looked.members_of(parts, segment, limit, (at - 1) * limit)
    if wanted is Form.JSON:
        return as_json({**as_data(segment, shown), "page": at, "people": members})
    if wanted is Form.CSV:
        head = ("person", "first_at", "last_at", "signals")
        return as_csv("members", head, [[row[name] for name in head] for row in members])
    write, words = pens(request)
    with parts.desk.read() as tx:
        versions = segment_versions.every(tx, segment.id)
        started = plays.of(tx, [segment.id])
        by = {user.id: user.name for user in users.everyone(tx)}
        speaker = Speaker(write, words, names_of(tx, segment.audience))
    return shell.page(
        request,
        "segments/one.html",
        segment=segment,
        shown=shown,
        line=speaker.line(condition_of(segment)),
        members=members,
        at=at,
        pages=max(1, -(-(shown.people or 0) // PAGE)),
        versions=versions,
        plays=started,
        may_start=may(visitor_of(request).who, "POST", "/plays"),
        by=by,
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.get("/segments/{id}/course")
def course(request: Request, id: str) -> Response:  # noqa: A002
    """How many were in it when each of the last twelve months began, each time as it could be known then."""
    segment = segment_of(request, id)
    months = looked.course_of(parts_of(request), segment)
    wanted = wanted_form(request)
    rows = [
        (at, shown.size.people, shown.people, shown.size.untold)
        for at, shown in months
        if shown.size is not None
    ]
    head = ("as_of", "people", "members", "untold")
    if wanted is Form.JSON:
        return as_json({"id": segment.id, "course": [dict(zip(head, row, strict=True)) for row in rows]})
    if wanted is Form.CSV:
        return as_csv("course", head, rows)
    write, words = pens(request)
    title = words.gettext("%(name)s by month", name=segment.name)
    return shell.page(
        request,
        "segments/course.html",
        segment=segment,
        months=months,
        title=title,
        chart=pictures.course(months, title, write),
    )


def segment_of(request: Request, segment_id: str) -> Segment:
    """The segment with this id, of an audience that the visitor may see. Raises 404 and 403."""
    with parts_of(request).desk.read() as tx:
        found = desk.find(tx, segment_id[:40])
    if found is None:
        raise not_found("There is no such segment.")
    audience_of(request, found.audience.value)
    return found


def audience_of(request: Request, name: str) -> Audience:
    """The audience of this name, when the visitor may see it. Raises 403 otherwise."""
    whose = Audience(name) if name in set(Audience) else Audience.CUSTOMER
    if whose is Audience.EMPLOYEE and visitor_of(request).who not in LEADERS:
        raise forbidden("Segments of employees are for leads and owners.")
    return whose


def audiences_of(request: Request) -> tuple[Audience, ...]:
    """The audiences that the visitor may see."""
    return tuple(Audience) if visitor_of(request).who in LEADERS else (Audience.CUSTOMER,)


def rights(request: Request) -> dict[str, bool]:
    """What the visitor may do on these pages."""
    return {"may_change": may(visitor_of(request).who, "POST", "/segments")}


def as_data(segment: Segment, shown: Shown) -> dict[str, Any]:
    """One segment as data; `size` null: too few employees are in it or beside it to be told."""
    return {
        "id": segment.id,
        "audience": segment.audience,
        "name": segment.name,
        "description": segment.description,
        "definition": segment.definition,
        "version": segment.version,
        "changed_at": segment.changed_at,
        "archived_at": segment.archived_at,
        "size": shown.size,
        "share": shown.share,
    }


def _row(segment: Segment, shown: Shown) -> list[Any]:
    size, share = shown.size, shown.share
    return [
        segment.id, segment.name, segment.description, segment.version,
        *((None,) * 3 if size is None else (size.people, size.members, size.untold)),
        *((None,) * 3 if share is None else (share.value, share.low, share.high)),
    ]  # fmt: skip
