"""What is done with one request: shown, moved, merged and taken apart, voted for, told of."""

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.channels.email.blocks import as_text
from emptychair.channels.templates import TemplateRefused
from emptychair.desk import board_posts, board_voters, board_votes
from emptychair.desk.board_posts import Post, Standing, Status
from emptychair.listen.board import asking, telling
from emptychair.web import shell
from emptychair.web.board.told import post_of, told
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.requests import rights, write_down
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.post("/requests/{id}")
def edit(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Change `title` and `words`."""
    parts, post = parts_of(request), post_of(request, id)
    title, words = fields.text("title", post.title), fields.text("words", post.words)
    with parts.desk.begin() as tx:
        if board_posts.edit(tx, post.id, title, words, parts.clock()):
            write_down(tx, request, "edit_request", post.id)
    return _changed(request, post.id, "saved")


@router.post("/requests/{id}/approval")
def approve(request: Request, id: str) -> Response:  # noqa: A002
    """Show it to others."""
    return _stood(request, id, Standing.SHOWN)


@router.post("/requests/{id}/hiding")
def hide(request: Request, id: str) -> Response:  # noqa: A002
    """Show it to nobody but colleagues; it can be shown again."""
    return _stood(request, id, Standing.HIDDEN)


@router.post("/requests/{id}/status")
def move(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Give it another `status`, with a `note` that everybody sees."""
    parts, post = parts_of(request), _root(request, id)
    status = fields.text("status")
    if status not in set(Status):
        raise refused({"status": f"Expected one of {', '.join(Status)}."})
    with parts.desk.begin() as tx:
        by, now = visitor_of(request).name, parts.clock()
        if board_posts.move(tx, post.id, Status(status), fields.text("note"), by=by, now=now):
            write_down(tx, request, "move_request", post.id)
    return _changed(request, post.id, "moved")


@router.post("/requests/{id}/merging")
def merge(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Let the request `into` speak for this one too. It can be undone."""
    parts, post = parts_of(request), post_of(request, id)
    with parts.desk.begin() as tx:
        root = board_posts.merge(tx, post.id, fields.text("into")[:40], parts.clock())
        if root is None:
            raise refused({"into": "Choose another request that is not merged with this one already."})
        write_down(tx, request, "merge_request", post.id)
    return _changed(request, root.id, "merged")


@router.post("/requests/{id}/merging/undoing")
def unmerge(request: Request, id: str) -> Response:  # noqa: A002
    """Let it stand by itself again, with every vote that was cast for it."""
    parts, post = parts_of(request), post_of(request, id)
    with parts.desk.begin() as tx:
        if board_posts.unmerge(tx, post.id, parts.clock()):
            write_down(tx, request, "unmerge_request", post.id)
    return _changed(request, post.id, "unmerged")


@router.post("/requests/{id}/behalf")
def vote(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Vote on behalf of who said the message `signal`; its words are behind the request from now on."""
    parts, post = parts_of(request), post_of(request, id)
    signal_id = fields.text("signal")
    found = parts.ledger.ask(asking.message([signal_id])).to_pylist() if signal_id else []
    if not found:
        raise refused({"signal": "There is no message with this id."})
    person = found[0]["person"]
    if person is None:
        raise refused({"signal": "Nobody is named as the author of this message, so nobody can vote by it."})
    with parts.desk.begin() as tx:
        by, now = visitor_of(request).name, parts.clock()
        voter = board_voters.of_person(tx, person, now)
        if board_votes.cast_for(tx, post.root_id, signal_id, voter, by=by, now=now):
            write_down(tx, request, "vote_on_behalf", post.root_id)
    if wanted_form(request) is Form.HTML and "back" in fields.values:
        query = urlencode({"post": post.id, "search": fields.text("back"), "done": "voted"})
        return RedirectResponse(f"/requests/messages?{query}", 303)
    return _changed(request, post.root_id, "voted")


@router.post("/requests/{id}/behalf/removal")
def take_back(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Take the message `signal` from behind the request, and the vote that was cast for it."""
    parts, post = parts_of(request), post_of(request, id)
    with parts.desk.begin() as tx:
        by, now = visitor_of(request).name, parts.clock()
        if not board_votes.drop_evidence(tx, post.root_id, fields.text("signal"), by=by, now=now):
            raise not_found("This message is not behind this request.")
        write_down(tx, request, "take_vote_back", post.root_id)
    return _changed(request, post.root_id, "taken")


@router.get("/requests/{id}/telling")
def preview(request: Request, id: str, words: str = telling.USUAL) -> Response:  # noqa: A002
    """Who would be told that it is there, and the letter as they would get it."""
    return _telling(request, _shipped(request, id), words)


@router.post("/requests/{id}/telling")
def tell(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Tell everybody who asked, once and for ever, with these `words`; without `send` only show them."""
    parts, post = parts_of(request), _shipped(request, id)
    words = fields.text("words", telling.USUAL)
    if not fields.text("send"):
        return _telling(request, post, words)
    try:
        told = telling.tell(
            parts.desk,
            parts.ledger,
            post,
            words,
            base_url=parts.base_url,
            by=visitor_of(request).name,
            clock=parts.clock,
        )
    except TemplateRefused as error:
        raise refused({"words": f"These words cannot be sent: {error}."}) from None
    with parts.desk.begin() as tx:
        write_down(tx, request, "tell_voters", post.id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/requests/{post.id}?done=told", 303)
    return as_json({"told": told})


def _telling(request: Request, post: Post, words: str) -> Response:
    parts, error, text = parts_of(request), "", ""
    found = telling.audience_of(parts.desk, parts.ledger, post)
    try:
        with parts.desk.read() as tx:
            text = as_text(telling.letter(tx, post, words, parts.base_url))
    except TemplateRefused as trouble:
        error = f"These words cannot be sent: {trouble}."
    numbers = {"readers": len(found.readers), "told": found.told, "without_address": found.without_address}
    if wanted_form(request) is not Form.HTML:
        if error:
            raise refused({"words": error})
        return as_json(numbers | {"text": text})
    return shell.page(
        request,
        "requests/telling.html",
        422 if error else 200,
        post=post,
        words_typed=words,
        text=text,
        error=error,
        **numbers,
        **rights(request),
    )


def _shipped(request: Request, post_id: str) -> Post:
    post = _root(request, post_id)
    if post.status is not Status.SHIPPED:
        raise Problem(HTTPStatus.CONFLICT, "Say that it is shipped first; then those who asked can be told.")
    return post


def _root(request: Request, post_id: str) -> Post:
    post = post_of(request, post_id)
    if post.root_id != post.id:
        detail = "This request is merged into another one, which speaks for it; undo that first."
        raise Problem(HTTPStatus.CONFLICT, detail)
    return post


def _stood(request: Request, post_id: str, standing: Standing) -> Response:
    parts, post = parts_of(request), post_of(request, post_id)
    with parts.desk.begin() as tx:
        if board_posts.stand(tx, post.id, standing, parts.clock()):
            write_down(tx, request, f"{standing.value}_request", post.id)
    return _changed(request, post.id, standing.value)


def _changed(request: Request, post_id: str, done: str) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/requests/{post_id}?done={done}", 303)
    return as_json(told(request, post_of(request, post_id)).as_data(with_quotes=rights(request)["may_vote"]))
