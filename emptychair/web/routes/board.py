"""The public board: what others ask for, a vote for it, and what became of it."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import board_deeds, board_lists, board_posts, board_votes, settings
from emptychair.desk.board_deeds import Deed
from emptychair.desk.board_lists import Listed, Sort
from emptychair.desk.board_posts import Post, Standing, Status
from emptychair.desk.board_settings import BOARD_CHECKED
from emptychair.desk.board_voters import Voter
from emptychair.desk.board_ways import HOUR
from emptychair.desk.settings import COMPANY_NAME
from emptychair.web import said
from emptychair.web.board import voter as voting
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 25, 1_000
ROADMAP = (Status.PLANNED, Status.IN_PROGRESS, Status.SHIPPED)
# So much an hour and voter: enough for everybody who means it.
VOTES_AN_HOUR, POSTS_AN_HOUR = 60, 5
_HEAD = ("id", "title", "status", "votes", "created_at")


@router.get("/board")
def every(request: Request, status: str = "", search: str = "", sort: str = "", page: int = 1) -> Response:
    """A page of posts: of one `status`, with `search` in them, sorted by `votes`, `newest` or `changed`."""
    chosen = [Status(status)] if status in set(Status) else []
    order = Sort(sort) if sort in set(Sort) else Sort.VOTES
    wanted, page = wanted_form(request), min(max(page, 1), 10_000)
    size = PAGE if wanted is Form.HTML else MOST
    with parts_of(request).desk.read() as tx:
        voting.let_in(request, tx)
        found = board_lists.page(
            tx,
            statuses=chosen,
            search=search[:200],
            sort=order,
            offset=(page - 1) * size,
            limit=size + 1,
        )
        context = _context(request, tx, found[:size])
    if wanted is Form.JSON:
        return as_json({"posts": [as_data(one) for one in found[:size]], "has_more": len(found) > size})
    if wanted is Form.CSV:
        return as_csv("board", _HEAD, [list(as_data(one).values()) for one in found[:size]])
    return parts_of(request).pages.page(
        request,
        "board/page.html",
        found=found[:size],
        has_more=len(found) > size,
        number=page,
        chosen=chosen[0] if chosen else None,
        search=search,
        sort=order,
        sorts=list(Sort),
        statuses=list(Status),
        **context,
    )


@router.get("/board/roadmap")
def roadmap(request: Request) -> Response:
    """What is planned, in progress and shipped, most wanted first."""
    with parts_of(request).desk.read() as tx:
        voting.let_in(request, tx)
        columns = {one: board_lists.page(tx, statuses=[one], limit=MOST) for one in ROADMAP}
        context = _context(request, tx, [listed for found in columns.values() for listed in found])
    if wanted_form(request) is not Form.HTML:
        return as_json({one.value: [as_data(listed) for listed in found] for one, found in columns.items()})
    return parts_of(request).pages.page(request, "board/roadmap.html", columns=columns, **context)


@router.get("/board/new")
def form(request: Request, title: str = "") -> Response:
    """The form for a post of one's own."""
    with parts_of(request).desk.read() as tx:
        voting.let_in(request, tx)
        context = _context(request, tx, [])
    if wanted_form(request) is not Form.HTML:
        return as_json({"may_post": context["voter"] is not None or context["is_signed_in"]})
    return parts_of(request).pages.page(request, "board/new.html", title=title[:140], **context)


@router.post("/board/posts")
def write(request: Request, fields: SentFields) -> Response:
    """A post with `title` and `words`, and one's own vote for it; it may be looked at first."""
    parts, now = parts_of(request), parts_of(request).clock()
    with parts.desk.begin() as tx:
        voting.let_in(request, tx)
        voter = _voter(request, tx)
        if board_posts.written_since(tx, voter.id, now - HOUR) >= POSTS_AN_HOUR:
            raise too_many()
        standing = Standing.PENDING if settings.get(tx, BOARD_CHECKED) else Standing.SHOWN
        post = board_posts.create(
            tx, fields.text("title"), fields.text("words"), standing=standing, by=voter.id, now=now
        )
        board_deeds.write(tx, Deed.ASKED, post.id, voter.id, by=voter.id, now=now)
        board_votes.cast(tx, post.id, voter, by=voter.id, now=now)
        listed = board_lists.one(tx, post)
    if wanted_form(request) is not Form.HTML:
        return as_json(as_data(listed) | {"standing": post.standing}, HTTPStatus.CREATED.value)
    is_shown = standing is Standing.SHOWN
    return RedirectResponse(f"/board/{post.id}?done=posted" if is_shown else "/board?done=pending", 303)


@router.get("/board/{id}")
def one(request: Request, id: str, done: str = "") -> Response:  # noqa: A002
    """One post, its votes and what became of it. One that was merged leads to the post that speaks for it."""
    with parts_of(request).desk.read() as tx:
        voting.let_in(request, tx)
        post = _shown(tx, id)
        if post.id != post.root_id and wanted_form(request) is Form.HTML:
            return RedirectResponse(f"/board/{post.root_id}", 303)
        listed, history = board_lists.one(tx, post), board_posts.history(tx, post.id)
        context = _context(request, tx, [listed])
    if wanted_form(request) is not Form.HTML:
        told = [{"after": one.after, "note": one.note, "at": one.at} for one in history]
        merged_into = post.root_id if post.root_id != post.id else None
        return as_json(as_data(listed) | {"words": post.words, "history": told, "merged_into": merged_into})
    return parts_of(request).pages.page(
        request, "board/one.html", one=listed, history=history, **(context | {"done": done})
    )


@router.post("/board/{id}/votes")
def vote(request: Request, id: str) -> Response:  # noqa: A002
    """One's vote for a post. Who is not known yet is asked for an address first."""
    return _voted(request, id, is_for=True)


@router.post("/board/{id}/votes/withdrawal")
def withdraw(request: Request, id: str) -> Response:  # noqa: A002
    """Take one's vote back."""
    return _voted(request, id, is_for=False)


def _voted(request: Request, post_id: str, *, is_for: bool) -> Response:
    parts, now = parts_of(request), parts_of(request).clock()
    with parts.desk.begin() as tx:
        voting.let_in(request, tx)
        post = _shown(tx, post_id)
        voter = voting.known_here(request, tx, now)
        if voter is None and wanted_form(request) is Form.HTML:
            return RedirectResponse(f"/board/way?post={post.root_id}", 303)
        voter = voter or _voter(request, tx)
        if board_deeds.done_since(tx, voter.id, now - HOUR) >= VOTES_AN_HOUR:
            raise too_many()
        if is_for and post.root_id not in board_votes.cast_by(tx, voter.who, [post.root_id]):
            board_votes.cast(tx, post.root_id, voter, by=voter.id, now=now)
        elif not is_for:
            board_votes.withdraw(tx, post.root_id, voter, by=voter.id, now=now)
        root = board_posts.find(tx, post.root_id) or post
        listed = board_lists.one(tx, root)
    if wanted_form(request) is not Form.HTML:
        return as_json(as_data(listed) | {"is_mine": is_for})
    return RedirectResponse(f"/board/{root.id}", 303)


def _voter(request: Request, tx: Connection) -> Voter:
    voter = voting.known_here(request, tx, parts_of(request).clock())
    if voter is None:
        detail = "Confirm your address first: ask for a link to it on the board."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    return voter


def _shown(tx: Connection, post_id: str) -> Post:
    """The post, when others may see it; one that speaks for it has to be shown too."""
    post = board_posts.find(tx, post_id[:40])
    root = None if post is None else board_posts.find(tx, post.root_id)
    if post is None or root is None or root.standing is not Standing.SHOWN:
        raise not_found("There is no such post.")
    return post


def too_many() -> Problem:
    """429: more than anybody does by hand."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS, "That is a lot in an hour. Try again later.", retry_after=3600
    )


def as_data(listed: Listed) -> dict[str, Any]:
    """What everybody may see of a post in a list."""
    post = listed.post
    return {
        "id": post.id,
        "title": post.title,
        "status": post.status,
        "votes": listed.votes,
        "created_at": post.created_at,
    }


def _context(request: Request, tx: Connection, found: list[Listed]) -> dict[str, Any]:
    user = getattr(request.state.visitor, "user", None)
    voter = voting.voter_of(request, tx)
    mine = frozenset[str]()
    if voter is not None and user is None:
        mine = board_votes.cast_by(tx, voter.who, [one.post.id for one in found])
    return {
        "company": settings.get(tx, COMPANY_NAME),
        "voter": voter,
        "is_signed_in": user is not None,
        "mine": mine,
        "words": said.REQUEST_STATUSES,
        "words_sorts": said.SORTS,
        "done": request.query_params.get("done", ""),
    }
