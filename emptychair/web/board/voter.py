"""Who votes: somebody who came by a link to their address, kept in a signed cookie; or somebody signed in."""

from datetime import UTC, datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import Connection

from emptychair.channels.email.signing import signed, told
from emptychair.desk import board_voters, secrets, settings, users
from emptychair.desk.board_settings import BOARD, BoardAccess
from emptychair.desk.board_voters import Voter
from emptychair.web.door import SignInFirst
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.visitor import visitor_of

COOKIE = "__Host-voter"
USE, KEY = "voter", "board.signing"
LIFETIME = timedelta(days=90)


def let_in(request: Request, tx: Connection) -> None:
    """Let those pass whom the board is for. Raises a `Problem` for others; when it is off nobody sees it."""
    access = settings.get(tx, BOARD)
    if access is BoardAccess.OFF:
        raise not_found("There is no board here.")
    if access is BoardAccess.SIGNED_IN and visitor_of(request).user is None:
        raise SignInFirst(is_new=users.is_empty(tx))


def voter_of(request: Request, tx: Connection) -> Voter | None:
    """Who asks, if they may vote: their address is confirmed. None for everybody else."""
    key, token = secrets.told(tx, KEY), request.cookies.get(COOKIE, "")
    thing = None if key is None or not token else told(key.text, USE, token)
    if thing is None:
        return None
    voter_id, _, since = thing.partition(".")
    if not since.isdecimal() or parts_of(request).clock() - _instant(since) > LIFETIME:
        return None
    return board_voters.find(tx, voter_id)


def known_here(request: Request, tx: Connection, now: datetime) -> Voter | None:
    """The same, and who is signed in: an owner gave them their account at their address."""
    user = visitor_of(request).user
    if user is None:
        return voter_of(request, tx)
    return board_voters.confirm(tx, board_voters.at(tx, user.email, now).id, now)


def keep(response: Response, tx: Connection, voter: Voter, now: datetime) -> None:
    """Let the browser show from now on who it is."""
    token = signed(secrets.own_key(tx, KEY, now).text, USE, f"{voter.id}.{int(now.timestamp())}")
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response) -> None:
    """Take it from the browser."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds[:12]), UTC)
