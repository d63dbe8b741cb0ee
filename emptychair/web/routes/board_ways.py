"""Ways in to the board: an address is confirmed by a link that works once, without an account."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.channels.email.blocks import Button, Heading, Letter, Prose, Small
from emptychair.channels.email.letters import put
from emptychair.desk import board_posts, board_voters, board_votes, board_ways, settings
from emptychair.desk.ids import new_id
from emptychair.desk.settings import COMPANY_NAME
from emptychair.domain.contact import Channel, Contact, What
from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerError
from emptychair.listen.board import people
from emptychair.web.board import voter as voting
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem
from emptychair.web.render import as_json
from emptychair.web.routes.board import too_many
from emptychair.web.routes.preferences import veiled
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.texts import marked
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

OVER = marked("This link does not work any more: it works once, and for two hours. Ask for a new one.")


@router.get("/board/way")
def ask(request: Request, post: str = "") -> Response:
    """The form that asks for an address."""
    with parts_of(request).desk.read() as tx:
        voting.let_in(request, tx)
        found = board_posts.find(tx, post[:40])
        company = settings.get(tx, COMPANY_NAME)
    if wanted_form(request) is not Form.HTML:
        return as_json({"post": None if found is None else found.id})
    return parts_of(request).pages.page(request, "board/way.html", post=found, company=company, sent="")


@router.post("/board/way")
def send(request: Request, fields: SentFields) -> Response:
    """Send a link to `address`, to vote for `post` or, without one, to write posts."""
    parts, now = parts_of(request), parts_of(request).clock()
    with parts.desk.begin() as tx:
        voting.let_in(request, tx)
        voter = board_voters.at(tx, fields.text("address"), now)
        post = board_posts.find(tx, fields.text("post")[:40])
        token = board_ways.open_way(
            tx, voter.id, None if post is None else post.root_id, visit_of(request).address, now
        )
        if token is None:
            raise too_many()
        address = voter.address or ""
        _write(tx, request, address, f"{parts.base_url}/board/way/{token}")
        company = settings.get(tx, COMPANY_NAME)
    if wanted_form(request) is not Form.HTML:
        return as_json({"sent_to": veiled(address)}, HTTPStatus.ACCEPTED.value)
    return parts.pages.page(request, "board/way.html", post=post, company=company, sent=veiled(address))


@router.get("/board/way/{token}")
def look(request: Request, token: str) -> Response:
    """Asks for a click before the link is used up: mail programs open links by themselves."""
    with parts_of(request).desk.read() as tx:
        voting.let_in(request, tx)
        opened = board_ways.look(tx, token, parts_of(request).clock())
        if opened is None:
            raise Problem(HTTPStatus.GONE, OVER)
        post = None if opened.post_id is None else board_posts.find(tx, opened.post_id)
    if wanted_form(request) is not Form.HTML:
        return as_json({"post": None if post is None else post.id})
    return parts_of(request).pages.page(request, "board/confirm.html", post=post)


@router.post("/board/way/{token}")
def enter(request: Request, token: str) -> Response:
    """Use the link up: the address is theirs, their vote counts, and the browser remembers them."""
    parts, now = parts_of(request), parts_of(request).clock()
    done: Response = as_json({"confirmed": True})
    with parts.desk.begin() as tx:
        voting.let_in(request, tx)
        opened = board_ways.use(tx, token, now)
        if opened is None:
            raise Problem(HTTPStatus.GONE, OVER)
        voter = board_voters.confirm(tx, opened.voter_id, now)
        if opened.post_id is not None:
            board_votes.cast(tx, opened.post_id, voter, by=voter.id, now=now)
        if wanted_form(request) is Form.HTML:
            where = f"/board/{opened.post_id}?done=voted" if opened.post_id else "/board/new"
            done = RedirectResponse(where, 303)
        voting.keep(done, tx, voter, now)
    try:
        people.link(parts.desk, parts.ledger, [voter])
    except LedgerError:
        return done  # degraded: the job looks them up later
    return done


@router.post("/board/leaving")
def leave(request: Request) -> Response:
    """Let the browser forget who it is."""
    done: Response = RedirectResponse("/board", 303)
    if wanted_form(request) is not Form.HTML:
        done = as_json({"left": True})
    voting.drop(done)
    return done


def _write(tx: Connection, request: Request, address: str, url: str) -> None:
    """The letter with the link: owed, since they asked for it in this moment."""
    parts, now = parts_of(request), parts_of(request).clock()
    company = settings.get(tx, COMPANY_NAME) or "Empty Chair"
    letter = Letter(
        title=f"Your link to the board of {company}",
        preview="It works once",
        sender=company,
        blocks=[
            Heading("Is this you?"),
            Prose("Somebody, we hope you, wants to vote on our board with this address."),
            Button("Yes, count my vote", url),
            Small("The link works once and for two hours. If it was not you, do nothing: nothing happens."),
        ],
    )
    contact = Contact(
        people=(),
        audience=Audience.CUSTOMER,
        address=address,
        channel=Channel.EMAIL,
        purpose=None,
        what=What.MAIL,
        thing="board",
    )
    key = new_id("way")
    put(
        tx,
        letter,
        contact,
        dedupe_key=key,
        base_url=parts.base_url,
        due_at=now,
        expires_at=now + board_ways.LIFETIME,
        by="system",
        now=now,
    )
