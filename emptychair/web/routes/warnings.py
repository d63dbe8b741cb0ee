"""Early warnings: what goes wrong for more people than usual, and one of them with everybody it touches."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.anticipate.warnings import looking
from emptychair.anticipate.warnings.touched import MOST_LISTED, definition
from emptychair.desk import early_warnings, plays, segments, warning_looks, work
from emptychair.desk.early_warnings import LONGEST_REASON, KeptWarning, Standing
from emptychair.desk.segments import LONGEST_NAME
from emptychair.domain.signal import Audience
from emptychair.understand import profile
from emptychair.understand.segments import reading
from emptychair.web import said, shell
from emptychair.web.access import may
from emptychair.web.fields import SentFields
from emptychair.web.formats import Formats
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.requests import write_down
from emptychair.web.routes.voice import pens
from emptychair.web.texts import Texts
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form
from emptychair.web.warnings import naming, pictures
from emptychair.web.warnings.told import scope_of, warning_as_data

router = APIRouter()

PAGE = 50
HEAD = (
    "id", "kind", "key", "cell", "standing", "since", "raised_on", "last_on", "ended_on", "people", "days",
    "observed", "of", "expected", "ratio", "low", "high", "p", "adjusted_p", "dispersion",
)  # fmt: skip


@router.get("/warnings")
def every(request: Request) -> Response:
    """The warnings that go on, and those that are over or dismissed."""
    parts, wanted = parts_of(request), wanted_form(request)
    with parts.desk.read() as tx:
        look, found = warning_looks.last(tx), early_warnings.every(tx)
        is_looking = any(one.kind == looking.KIND for one in work.open_work(tx))
    if wanted is Form.JSON:
        return as_json({"look": look, "warnings": [warning_as_data(one) for one in found]})
    if wanted is Form.CSV:
        rows = [warning_as_data(one) for one in found]
        return as_csv("warnings", HEAD, [[_cell(row[name]) for name in HEAD] for row in rows])
    write, words = pens(request)
    on = [one for one in found if is_on(one)]
    return shell.page(
        request,
        "warnings/page.html",
        look=look,
        opening=naming.sentence(on[0], write, words) if on else "",
        on=[line(one, write, words) for one in on],
        past=[line(one, write, words) for one in found if not is_on(one)],
        is_looking=is_looking,
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.post("/warnings/looking")
def look_now(request: Request) -> Response:
    """Look for trouble now, in the background."""
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        looking.ask(tx, by=visitor_of(request).name, now=parts.clock())
        write_down(tx, request, "look_for_trouble", "customer")
    if wanted_form(request) is Form.HTML:
        return RedirectResponse("/warnings?done=looking", 303)
    return as_json({"looking": True})


@router.get("/warnings/{id}")
def one(request: Request, id: str, page: int = 1) -> Response:  # noqa: A002
    """One warning: what, where, since when, its course, who is touched and what they paid; CSV has the
    people.
    """
    parts, warning, wanted = parts_of(request), warning_of(request, id), wanted_form(request)
    found = scope_of(parts, warning)
    if wanted is Form.CSV:
        rows = [[each.person, each.times, each.last_at] for each in found.people]
        return as_csv("people", ("person", "times", "last_at"), rows)
    course = pictures.days(warning)
    if wanted is Form.JSON:
        spent = [{"currency": each.currency or None, "amount": each.amount} for each in found.spent]
        return as_json(
            {
                **warning_as_data(warning),
                "days_of_course": [{"day": at.date(), "people": n, "of": of} for at, n, of in course],
                "touched": found.total,
                "touched_people": found.people[:1_000],
                "worth": {"payers": found.payers, "spent_in_365_days": spent},
                "segment": _definition(request, warning),
            }
        )
    write, words = pens(request)
    with parts.desk.read() as tx:
        started = plays.of(tx, [warning.id])
    pages = max(1, -(-len(found.people) // PAGE))
    at = max(1, min(page, pages))
    shown = found.people[(at - 1) * PAGE : at * PAGE]
    title = words.gettext("%(name)s, by day", name=naming.called(warning.kind, warning.key, words))
    return shell.page(
        request,
        "warnings/one.html",
        warning=warning,
        name=naming.called(warning.kind, warning.key, words),
        where=naming.where(warning.cell, words),
        opening=naming.sentence(warning, write, words),
        times=naming.times(warning, write, words),
        also=[
            (naming.called(each["kind"], each["key"], words), naming.where(each["cell"], words))
            for each in warning.also
        ],
        course=pictures.large_course(warning, title, write, words),
        course_title=title,
        days=course,
        found=found,
        people=shown,
        names=profile.names(parts.ledger, Audience.CUSTOMER, [one.person for one in shown]),
        at=at,
        pages=pages,
        most=MOST_LISTED,
        segment=_definition(request, warning),
        plays=started,
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.post("/warnings/{id}/standing")
def stand(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Watch it, dismiss it with a `reason`, or look at it as new again (`standing`)."""
    parts, warning = parts_of(request), warning_of(request, id)
    name, reason = fields.text("standing"), fields.text("reason")
    if name not in set(Standing):
        raise refused({"standing": "Choose watching, dismissed or new."})
    if name == Standing.DISMISSED and not 0 < len(reason) <= LONGEST_REASON:
        raise refused({"reason": f"Say in 1 to {LONGEST_REASON} letters why it is dismissed."})
    chosen = Standing(name)
    kept = reason if chosen is Standing.DISMISSED else ""
    with parts.desk.begin() as tx:
        by = visitor_of(request).name
        if early_warnings.stand(tx, warning.id, chosen, by=by, now=parts.clock(), reason=kept):
            write_down(tx, request, f"{chosen.value}_warning", warning.id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/warnings/{warning.id}?done={chosen.value}", 303)
    return as_json(warning_as_data(warning_of(request, warning.id)))


@router.post("/warnings/{id}/segment")
def save(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Save who is touched as a segment, under a `name`."""
    parts, warning = parts_of(request), warning_of(request, id)
    told, name = _definition(request, warning), " ".join(fields.text("name").split())
    if told is None:
        raise refused({"name": "No conditions tell these people: take the list instead."})
    if not 0 < len(name) <= LONGEST_NAME:
        raise refused({"name": f"A name has 1 to {LONGEST_NAME} letters."})
    with parts.desk.begin() as tx:
        made = segments.create(
            tx,
            audience=Audience.CUSTOMER,
            name=name,
            description=f"Made of the warning {warning.id}.",
            definition=told,
            by=visitor_of(request).name,
            now=parts.clock(),
        )
        write_down(tx, request, "create_segment", made.id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/segments/{made.id}?done=created", 303)
    return as_json({"id": made.id, "name": made.name, "definition": made.definition}, 201)


def is_on(warning: KeptWarning) -> bool:
    """Whether it goes on and somebody has to look at it."""
    return warning.ended_at is None and warning.standing is not Standing.DISMISSED


def line(warning: KeptWarning, write: Formats, words: Texts) -> dict[str, Any]:
    """A warning as a row of a table."""
    name = naming.called(warning.kind, warning.key, words)
    return {
        "warning": warning,
        "name": name,
        "where": naming.where(warning.cell, words),
        "times": naming.times(warning, write, words),
        "course": pictures.small_course(warning, name, write, words),
    }


def rights(request: Request) -> dict[str, Any]:
    """What the visitor may do on these pages, and the words that they need."""
    return {
        "may_change": may(visitor_of(request).who, "POST", "/warnings/looking"),
        "may_start": may(visitor_of(request).who, "POST", "/plays"),
        "standing_names": said.WARNING_STANDINGS,
    }


def warning_of(request: Request, warning_id: str) -> KeptWarning:
    """The warning with this id. Raises 404 when there is none."""
    with parts_of(request).desk.read() as tx:
        warning = early_warnings.find(tx, warning_id[:40])
    if warning is None:
        raise not_found("There is no such warning.")
    return warning


def _definition(request: Request, warning: KeptWarning) -> dict[str, Any] | None:
    told = definition(warning, parts_of(request).ledger.promoted)
    return None if told is None else reading.as_data(told)


def _cell(value: Any) -> Any:
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, dict) else value
