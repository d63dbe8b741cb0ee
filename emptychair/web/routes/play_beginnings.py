"""A play begins: what it would be and could show, and its start, when lots tell who is called."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from emptychair.act.plays import enrolling
from emptychair.act.plays.beginning import Beginning, beginning
from emptychair.act.plays.enrolling import Enrolled, enrolled
from emptychair.desk import settings
from emptychair.desk.plays import Course, Goal, Play, new_play_id
from emptychair.domain.arm import Arm
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.experiment.goals import names_done
from emptychair.experiment.planning import Plan, planned
from emptychair.understand.tenure import end_of_data
from emptychair.web import said, shell
from emptychair.web.fields import SentFields, checked
from emptychair.web.parts import Parts, parts_of
from emptychair.web.plays import naming
from emptychair.web.plays.forms import PURPOSES, Asked, asked
from emptychair.web.plays.told import as_data, told
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.requests import write_down
from emptychair.web.routes.research import back
from emptychair.web.routes.voice import pens
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

MOST_NAMES = 200
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What a play that is asked for would be."""

    begins: Beginning
    drawn: Enrolled
    end: datetime


@router.get("/plays/new")
def prepare(request: Request) -> Response:
    """What a play would be, by any fields of `POST /plays`. Nobody is drawn by it.

    JSON has how many would be in each arm, and the least rise that would be found.
    """
    parts, (write, words) = parts_of(request), pens(request)
    wish = asked(checked(dict(request.query_params)))
    made = _prepared(parts, wish, new_play_id())
    plan = _plan(parts, wish, made)
    if wanted_form(request) is not Form.HTML:
        return as_json(
            {
                "about": wish.about,
                "about_id": wish.about_id,
                **made.drawn.as_data(made.begins.meant),
                "treated": made.drawn.count(Arm.TREATED),
                "held_out": made.drawn.count(Arm.HELD_OUT),
                "plan": plan,
            }
        )
    name = naming.called(parts, wish.about, wish.about_id, made.begins.name, words)
    year = Period(start=made.end - YEAR, end=made.end)
    return shell.page(
        request,
        "plays/new.html",
        wish=wish,
        name=name,
        begins=made.begins,
        drawn=made.drawn,
        treated=made.drawn.count(Arm.TREATED),
        held=made.drawn.count(Arm.HELD_OUT),
        plan=naming.plan(plan, wish.goal, wish.goal_name, wish.days, write, words),
        names=[row["name"] for row in parts.ledger.ask(names_done(year, MOST_NAMES)).to_pylist()],
        purposes={one: naming.PURPOSE_NAMES[one] for one in reversed(PURPOSES)},
        not_in=naming.NOT_IN | said.WHY_NOT,
        goals=Goal,
    )


@router.post("/plays")
def start(request: Request, fields: SentFields) -> Response:
    """Start a play: `about` (warning, need, segment, risk), `about_id` (of risk: how many `first`), `title`,
    `deed` (what whoever calls is to do), `purpose` (updates, marketing, service), `share` (percent who are
    left alone), `goal` (staying, or doing with a `goal_name`), `days` until it is looked at. Lots tell who is
    called.
    """
    parts, play_id = parts_of(request), new_play_id()
    wish = asked(fields)
    if not wish.title:
        raise refused({"title": "Say in a few words what the play is."})
    made = _prepared(parts, wish, play_id)
    if not made.drawn.count(Arm.TREATED):
        raise refused({"about_id": "Nobody of them can be called: see who is passed over, and why."})
    if wish.purpose is not None and not made.drawn.count(Arm.HELD_OUT):
        raise refused({"share": "With one person nobody can be left alone to compare with."})
    now, (_, words) = parts.clock(), pens(request)
    play = Play(
        id=play_id,
        title=wish.title,
        about=wish.about,
        about_id=made.begins.id,
        about_name=naming.called(parts, wish.about, wish.about_id, made.begins.name, words)[:200],
        deed=wish.deed,
        purpose=wish.purpose,
        share=wish.share,
        goal=wish.goal,
        goal_name=wish.goal_name,
        days=wish.days,
        framed=made.drawn.as_data(made.begins.meant),
        course=Course.OPEN,
        by=visitor_of(request).name,
        started_at=now,
        closed_at=None,
    )
    with parts.desk.begin() as tx:
        if not enrolling.start(tx, play, made.drawn, now):
            raise Problem(HTTPStatus.CONFLICT, "Somebody of them came into another play just now: try again.")
        write_down(tx, request, "start_play", play.id)
    return back(request, f"/plays/{play.id}?done=started", as_data(told(parts, play)), 201)


def _prepared(parts: Parts, wish: Asked, play_id: str) -> _Prepared:
    now = parts.clock()
    begins = beginning(parts.desk, parts.ledger, wish.about, wish.about_id, now, first=wish.first)
    if begins is None:
        raise not_found("There is no such thing of customers to begin with.")
    if begins.refusal:
        raise refused({"about": f"No play begins with a model that is not reliable. {begins.refusal}"})
    drawn = enrolled(
        parts.desk,
        parts.ledger,
        begins.people,
        play_id=play_id,
        purpose=wish.purpose,
        share=wish.share,
        now=now,
    )
    end = end_of_data(parts.ledger, Audience.CUSTOMER, now) or now
    return _Prepared(begins=begins, drawn=drawn, end=end)


def _plan(parts: Parts, wish: Asked, made: _Prepared) -> Plan:
    with parts.desk.read() as tx:
        gap = settings.get(tx, settings.GAP_DAYS, Audience.CUSTOMER)
        least = settings.get(tx, settings.MINIMUM_N)
    return planned(
        parts.ledger,
        made.drawn.arms,
        wish.goal,
        wish.goal_name,
        wish.days,
        end=made.end,
        gap_days=gap,
        minimum_n=least,
    )
