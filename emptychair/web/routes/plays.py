"""Plays: whom to call and whom to leave alone, how far the calls are, and what came of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from emptychair.desk import play_people, plays, users
from emptychair.desk.play_people import State
from emptychair.desk.plays import Course, Play
from emptychair.domain.arm import Arm
from emptychair.domain.signal import Audience
from emptychair.understand import profile
from emptychair.web import said, shell
from emptychair.web.access import may
from emptychair.web.parts import parts_of
from emptychair.web.plays import naming
from emptychair.web.plays.told import CALL_HEAD, Told, as_data, call_as_data, told
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.requests import write_down
from emptychair.web.routes.research import back
from emptychair.web.routes.voice import pens
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 25, 10_000
HEAD = (
    "id", "title", "about", "about_id", "about_name", "course", "started_at", "ends_at", "treated",
    "held_out",
)  # fmt: skip
OPEN_STATES, PAST_STATES = (State.TO_DO, State.TAKEN), (State.DONE, State.SKIPPED)


@router.get("/plays")
def every(request: Request) -> Response:
    """All plays, those that are open first, with their calls and what came of them."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        found = plays.every(tx)
    lines = [told(parts, one) for one in found]
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({"plays": [as_data(one) for one in lines]})
    if wanted is Form.CSV:
        rows = [as_data(one) for one in lines]
        return as_csv("plays", HEAD, [[row[name] for name in HEAD] for row in rows])
    write, words = pens(request)
    return shell.page(
        request,
        "plays/page.html",
        lines=[(one, naming.opening(one, write, words)) for one in lines],
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.get("/plays/{id}")
def one(request: Request, id: str, page: int = 1, past: str = "") -> Response:  # noqa: A002
    """One play: what is to be done, a page of its calls (`past=yes`: those made or left out), and what came
    of it. CSV has every call. Whoever is left alone is counted, and named nowhere.
    """
    parts = parts_of(request)
    play = play_of(request, id)
    found, wanted = told(parts, play), wanted_form(request)
    states = PAST_STATES if past == "yes" else OPEN_STATES
    pages = max(1, -(-found.called(*states) // PAGE))
    at = max(1, min(page, pages))
    with parts.desk.read() as tx:
        if wanted is Form.HTML:
            calls = play_people.calls(tx, play.id, states, PAGE, (at - 1) * PAGE)
        else:
            calls = play_people.calls(tx, play.id, tuple(State), MOST)
        by = {user.id: user.name for user in users.everyone(tx)}
    rows = [call_as_data(each) for each in calls]
    if wanted is Form.JSON:
        return as_json({**as_data(found), "call_list": rows})
    if wanted is Form.CSV:
        head = (*CALL_HEAD, "note")
        return as_csv("calls", head, [[row[name] for name in head] for row in rows])
    return _page(request, found, calls, by, at=at, pages=pages, past=past == "yes")


@router.post("/plays/{id}/closing")
def close(request: Request, id: str) -> Response:  # noqa: A002
    """Call nobody for it any more. What came of it is seen on its day all the same."""
    parts, play = parts_of(request), play_of(request, id)
    with parts.desk.begin() as tx:
        if plays.close(tx, play.id, parts.clock()):
            write_down(tx, request, "close_play", play.id)
    return back(request, f"/plays/{play.id}?done=closed", {"id": play.id, "course": Course.CLOSED})


@router.post("/plays/{id}/reopening")
def reopen(request: Request, id: str) -> Response:  # noqa: A002
    """Call people for it again. 422 once its day is over: what came of it is known by then."""
    parts, play = parts_of(request), play_of(request, id)
    if parts.clock() >= play.ends_at:
        raise refused({"id": "Its day is over: start a new play."})
    with parts.desk.begin() as tx:
        if plays.reopen(tx, play.id):
            write_down(tx, request, "reopen_play", play.id)
    return back(request, f"/plays/{play.id}?done=reopened", {"id": play.id, "course": Course.OPEN})


@router.post("/plays/{id}/removal")
def remove(request: Request, id: str) -> Response:  # noqa: A002
    """Take a play back of which nobody was called. 422 when somebody was: then it can be closed."""
    parts, play = parts_of(request), play_of(request, id)
    with parts.desk.begin() as tx:
        if not play_people.remove(tx, play.id):
            raise refused({"id": "Somebody was called, or is in hand: close it instead."})
        plays.remove(tx, play.id)
        write_down(tx, request, "remove_play", play.id)
    return back(request, "/plays?done=removed", {"id": play.id})


def play_of(request: Request, play_id: str) -> Play:
    """The play with this id. Raises 404 without one."""
    with parts_of(request).desk.read() as tx:
        found = plays.find(tx, play_id[:40])
    if found is None:
        raise not_found("There is no such play.")
    return found


def _page(
    request: Request,
    found: Told,
    calls: Sequence[Any],
    by: dict[str, str],
    *,
    at: int,
    pages: int,
    past: bool,
) -> Response:
    parts, (write, words) = parts_of(request), pens(request)
    people = [each.person for each in calls if each.person]
    return shell.page(
        request,
        "plays/one.html",
        told=found,
        play=found.play,
        opening=naming.opening(found, write, words),
        goal=naming.goal(found.play.goal, found.play.goal_name, found.play.days, words),
        why_open=naming.why_open(found, write, words),
        about_link=naming.link(found.play),
        calls=calls,
        names=profile.names(parts.ledger, Audience.CUSTOMER, people),
        by=by,
        at=at,
        pages=pages,
        past=past,
        states=naming.STATES,
        outcomes=naming.OUTCOMES,
        not_in=naming.NOT_IN | said.WHY_NOT,
        purpose=naming.PURPOSE_NAMES["service" if found.play.purpose is None else found.play.purpose.value],
        counts={state.value: found.called(state) for state in State},
        arms=Arm,
        now=parts.clock(),
        why=request.query_params.get("why", ""),
        until=_instant(request.query_params.get("until", "")),
        done=request.query_params.get("done", ""),
        **rights(request),
    )


def rights(request: Request) -> dict[str, Any]:
    """What the visitor may do with plays."""
    who = visitor_of(request).who
    return {
        "may_start": may(who, "POST", "/plays"),
        "may_call": may(who, "POST", "/plays/{id}/calls/{call}/taking"),
    }


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
