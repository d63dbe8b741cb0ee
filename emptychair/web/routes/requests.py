"""Requests as colleagues see them: the list, each with what it is worth, and the messages to vote for."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import audit, board_lists, board_posts, board_votes, settings
from emptychair.desk.board_lists import Sort
from emptychair.desk.board_posts import Standing, Status
from emptychair.desk.board_settings import BOARD, BOARD_SETTINGS, BoardAccess
from emptychair.desk.mail_settings import MAIL_FROM, MAIL_SERVER
from emptychair.listen.board import asking
from emptychair.web import said, shell
from emptychair.web.access import may
from emptychair.web.board.told import post_of, told
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 1_000
_HEAD = ("id", "title", "status", "standing", "votes", "created_at", "changed_at")


@router.get("/requests")
def every(
    request: Request,
    standing: str = Standing.SHOWN.value,
    status: str = "",
    search: str = "",
    sort: str = "",
    page: int = 1,
) -> Response:
    """A page of requests: of one `standing` and `status`, with `search` in them, sorted by `votes`, `newest`
    or `changed`; JSON and CSV have up to 1,000 a page.
    """
    wanted, page = wanted_form(request), min(max(page, 1), 10_000)
    size = PAGE if wanted is Form.HTML else MOST
    where = Standing(standing) if standing in set(Standing) else Standing.SHOWN
    chosen = Status(status) if status in set(Status) else None
    order = Sort(sort) if sort in set(Sort) else Sort.VOTES
    with parts_of(request).desk.read() as tx:
        found = board_lists.page(
            tx,
            standings=[where],
            statuses=[chosen] if chosen else [],
            search=search[:200],
            sort=order,
            offset=(page - 1) * size,
            limit=size + 1,
        )
        counts = board_posts.counts(tx)
        decided = {one.key: one.text(settings.get(tx, one)) for one in BOARD_SETTINGS}
        has_mail = bool(settings.get(tx, MAIL_FROM) and settings.get(tx, MAIL_SERVER))
    rows = [[getattr(one.post, name, one.votes) for name in _HEAD] for one in found[:size]]
    if wanted is Form.JSON:
        told = [dict(zip(_HEAD, row, strict=True)) for row in rows]
        return as_json({"requests": told, "has_more": len(found) > size, "settings": decided})
    if wanted is Form.CSV:
        return as_csv("requests", _HEAD, rows)
    return shell.page(
        request,
        "requests/page.html",
        found=found[:size],
        has_more=len(found) > size,
        number=page,
        standing=where,
        chosen=chosen,
        search=search,
        sort=order,
        sorts=list(Sort),
        standings={one: sum(n for (at, _), n in counts.items() if at is one) for one in Standing},
        statuses=list(Status),
        decided=decided,
        accesses=list(BoardAccess),
        base_url=parts_of(request).base_url,
        has_mail=has_mail,
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.post("/requests")
def create(request: Request, fields: SentFields) -> Response:
    """Write a request down, with `title` and `words`. It is shown at once."""
    parts, by = parts_of(request), visitor_of(request).name
    with parts.desk.begin() as tx:
        title, words = fields.text("title"), fields.text("words")
        post = board_posts.create(tx, title, words, standing=Standing.SHOWN, by=by, now=parts.clock())
        write_down(tx, request, "create_request", post.id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/requests/{post.id}?done=created", 303)
    return as_json({"id": post.id, "title": post.title, "status": post.status}, HTTPStatus.CREATED.value)


@router.post("/requests/board")
def decide(request: Request, fields: SentFields) -> Response:
    """Who sees the board (`board`) and whether posts are looked at first (`board_checked`)."""
    parts, by = parts_of(request), visitor_of(request).name
    with parts.desk.begin() as tx:
        for setting in BOARD_SETTINGS:
            if setting.key in fields.values:
                value: Any = setting.parse(fields.text(setting.key))
                if settings.change(tx, setting, value, by=by, now=parts.clock()):
                    write_down(tx, request, "change_setting", setting.key)
        decided = {one.key: one.text(settings.get(tx, one)) for one in BOARD_SETTINGS}
    if wanted_form(request) is Form.HTML:
        return RedirectResponse("/requests?done=decided", 303)
    return as_json({"settings": decided})


@router.get("/requests/messages")
def messages(request: Request, search: str = "", post: str = "", done: str = "") -> Response:
    """The newest messages that have `search` in them, from which to vote on behalf of who wrote them."""
    parts = parts_of(request)
    found = parts.ledger.ask(asking.messages(search.strip()[:200], parts.clock())).to_pylist()
    with parts.desk.read() as tx:
        used = board_votes.used(tx, [one["id"] for one in found])
        posts = board_lists.page(tx, standings=[Standing.SHOWN, Standing.PENDING], limit=500)
    if wanted_form(request) is not Form.HTML:
        return as_json({"messages": [one | {"request": used.get(one["id"])} for one in found]})
    return shell.page(
        request,
        "requests/messages.html",
        found=found,
        used=used,
        posts=posts,
        titles={one.post.id: one.post.title for one in posts},
        search=search,
        post=post,
        most=asking.MESSAGES,
        done=done,
        **rights(request),
    )


@router.get("/requests/{id}")
def one(request: Request, id: str, done: str = "") -> Response:  # noqa: A002
    """One request: votes, the words behind it, what those who ask spend, its history, what it speaks for."""
    post = post_of(request, id)
    found = told(request, post)
    may_read = may(visitor_of(request).who, "GET", "/requests/messages")
    if wanted_form(request) is not Form.HTML:
        return as_json(found.as_data(with_quotes=may_read))
    with parts_of(request).desk.read() as tx:
        others = board_lists.page(tx, standings=[Standing.SHOWN, Standing.PENDING], limit=500)
        is_public = settings.get(tx, BOARD) is not BoardAccess.OFF
    return shell.page(
        request,
        "requests/one.html",
        told=found,
        post=post,
        others=[other for other in others if other.post.id != post.id],
        statuses=list(Status),
        is_public=is_public,
        done=done,
        **rights(request),
    )


def rights(request: Request) -> dict[str, Any]:
    """What the visitor may do with requests, and the words that their pages need."""
    who = visitor_of(request).who
    return {
        "may_lead": may(who, "POST", "/requests/{id}/status"),
        "may_vote": may(who, "GET", "/requests/messages"),
        "words": said.REQUEST_STATUSES,
        "words_sorts": said.SORTS,
        "words_standings": said.POST_STANDINGS,
    }


def write_down(tx: Connection, request: Request, verb: str, thing: str) -> None:
    """Who did what to a request."""
    now, address = parts_of(request).clock(), visit_of(request).address
    audit.record(tx, who=visitor_of(request).name, verb=verb, thing=thing, now=now, address=address)
