"""Journeys: where customers are lost, how long it takes, how they feel at each step, and what they say."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from emptychair.desk import journeys as desk
from emptychair.desk.journeys import Journey
from emptychair.domain.signal import Kind
from emptychair.understand.fields import fields
from emptychair.understand.journeys import steps as stepping
from emptychair.understand.journeys.paths import Branch
from emptychair.understand.signs import Sign
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.formats import Formats
from emptychair.web.journeys import pictures, seen, telling
from emptychair.web.journeys.lengths import length
from emptychair.web.journeys.seen import CUSTOMER, DAYS, Seen
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.voice import pens
from emptychair.web.scorecard.division import choices
from emptychair.web.segments.words import Speaker
from emptychair.web.texts import Texts
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

GAPS = (30, 24 * 60, 7 * 24 * 60)
LONGEST_NAME = 200


@router.get("/journeys")
def every(request: Request, archived: str = "") -> Response:
    """The journeys that are looked at; archived ones with `archived=yes`."""
    with parts_of(request).desk.read() as tx:
        found = desk.every(tx, archived=archived == "yes")
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({"journeys": [telling.as_data(one) for one in found]})
    if wanted is Form.CSV:
        head = ("id", "name", "description", "steps", "origin", "changed_at")
        rows = [
            (one.id, one.name, one.description, len(one.definition["steps"]), one.origin, one.changed_at)
            for one in found
        ]
        return as_csv("journeys", head, rows)
    return shell.page(
        request,
        "journeys/page.html",
        found=[(one, stepping.read(one.definition)) for one in found],
        is_archived=archived == "yes",
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.get("/journeys/found")
def found(request: Request, days: int = 365) -> Response:
    """The commonest order in which customers who are new in the last `days` do things for the first time."""
    parts = parts_of(request)
    proposal = seen.proposal(parts, days_of(days))
    if wanted_form(request) is not Form.HTML:
        steps = None if proposal is None or proposal.steps is None else stepping.as_data(proposal.steps)
        told = None if proposal is None else proposal
        return as_json(
            {
                "definition": steps,
                "people": 0 if told is None else told.people,
                "followed": 0 if told is None else told.followed,
                "reason": "There is no data." if told is None else told.reason,
            }
        )
    return shell.page(
        request,
        "journeys/found.html",
        proposal=proposal,
        lines=[] if proposal is None or proposal.steps is None else _lines(request, proposal.steps.steps),
        days=days_of(days),
        **rights(request),
    )


@router.get("/journeys/paths")
def paths(
    request: Request,
    kind: str = "did",
    name: str = "",
    way: str = "after",
    minutes: int = 30,
    days: int = 365,
) -> Response:
    """What customers do next `after` their first signal of a `kind` and a `name`, or did `before` it, three
    steps deep; a session ends after so many `minutes` (30, 1440, 10080) without anything.
    """
    parts = parts_of(request)
    told = Kind(kind) if kind in set(Kind) else Kind.DID
    name = name.replace("\0", "").strip()[:LONGEST_NAME]
    gap, is_before = minutes if minutes in GAPS else GAPS[0], way == "before"
    sign = Sign(kind=told, names=(name,) if name else ())
    tree = seen.tree(parts, sign, days_of(days), gap, is_before=is_before) if name else None
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({"kind": told, "name": name, "way": way, "minutes": gap, "paths": tree})
    if wanted is Form.CSV:
        rows = [] if tree is None else list(_rows(tree.branches, ()))
        return as_csv("paths", ("step_1", "step_2", "step_3", "people", "share", "low", "high"), rows)
    write, words = pens(request)
    return shell.page(
        request,
        "journeys/paths.html",
        tree=tree,
        kind=told,
        kinds=tuple(Kind),
        name=name,
        is_before=is_before,
        minutes=gap,
        gaps=[(one, length(one, write, words)) for one in GAPS],
        days=days_of(days),
        all_days=DAYS,
        **rights(request),
    )


@router.get("/journeys/{id}")
def one(request: Request, id: str, days: int = 365, by: str = "") -> Response:  # noqa: A002
    """A journey of those who began it in the last `days` (90, 365, 730): how many get to each step, how long
    it takes, how they feel; `by` a field, or `segment:` and an id, has the steps of each value. What is felt
    at a step is associated with it, never caused by it.
    """
    parts, journey = parts_of(request), journey_of(request, id)
    steps = stepping.read(journey.definition)
    looked = seen.seen(parts, steps, days_of(days), by.replace("\0", "")[:LONGEST_NAME])
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({**telling.as_data(journey), **telling.seen_as_data(looked)})
    if wanted is Form.CSV:
        return as_csv("journey", telling.HEAD, telling.rows(looked))
    write, words = pens(request)
    title = words.gettext("Who gets to each step of %(name)s", name=journey.name)
    return shell.page(
        request,
        "journeys/one.html",
        journey=journey,
        seen=looked,
        lines=_lines(request, steps.steps),
        opening=opening(looked, write, words),
        chart=pictures.way(looked.way, title, write, words) if looked.way else Markup(""),
        title=title,
        lengths=lambda minutes: length(minutes, write, words),
        days=days_of(days),
        all_days=DAYS,
        fields=fields(parts.ledger),
        segments=choices(parts, CUSTOMER),
        done=request.query_params.get("done", ""),
        **rights(request),
    )


def opening(found: Seen, write: Formats, words: Texts) -> Markup:
    """The sentence that the page begins with: the worst step, where most are lost; empty without people."""
    if found.way is None or not found.way.entered:
        return Markup("")
    parts = []
    if found.worst is not None and found.worst.against is not None and found.worst.unhappy is not None:
        parts.append(
            Markup("<strong>{}</strong> {}").format(
                found.steps.steps[found.worst.place].name,
                words.gettext(
                    "is where people are unhappiest: %(share)s of those who spoke around it said something"
                    " negative last, %(points)s points more than of those who spoke elsewhere (associated,"
                    " not shown to be the cause).",
                    share=write.percent(found.worst.unhappy.value, 0),
                    points=write.decimal(100 * found.worst.against.value, 0),
                ),
            )
        )
    else:
        nowhere = words.gettext("At no step are people clearly unhappier than those who spoke elsewhere.")
        parts.append(Markup("{}").format(nowhere))
    widest = found.widest
    if widest is not None and widest.of_before is not None:
        parts.append(
            Markup("{} <strong>{}</strong>{}").format(
                words.gettext("Most are lost before"),
                widest.name,
                words.gettext(
                    ": %(share)s of %(n)s get there.",
                    share=write.percent(widest.of_before.value, 0),
                    n=write.count(widest.of_before.n),
                ),
            )
        )
    return Markup(" ").join(parts)


def journey_of(request: Request, journey_id: str) -> Journey:
    """The journey with this id. Raises 404."""
    with parts_of(request).desk.read() as tx:
        found = desk.find(tx, journey_id[:40])
    if found is None:
        raise not_found("There is no such journey.")
    return found


def days_of(days: int) -> int:
    """One of the periods there are."""
    return days if days in DAYS else 365


def rights(request: Request) -> dict[str, bool]:
    """What the visitor may do on these pages."""
    return {"may_change": may(visitor_of(request).who, "POST", "/journeys")}


def _lines(request: Request, steps: Sequence[stepping.Step]) -> list[str]:
    """Which signals are each step, in words."""
    write, words = pens(request)
    speaker = Speaker(write, words, {})
    return [speaker.sign(step.sign) for step in steps]


def _rows(branches: Sequence[Branch], before: tuple[str, ...]) -> Any:
    for one in branches:
        way = (*before, one.label or "(end)")
        share = one.share
        told = (None, None, None) if share is None else (share.value, share.low, share.high)
        yield (*way, *("",) * (3 - len(way)), one.people, *told)
        yield from _rows(one.branches, way)
