"""The scorecard: who stays, for how long, and what they say, with what is certain about it."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.anticipate.risk.at_risk import AtRisk
from emptychair.domain.signal import Audience
from emptychair.measure.export import as_csv as metrics_as_csv
from emptychair.measure.export import as_objects
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.formats import Formats
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json, csv_file, locale_of
from emptychair.web.risk.summary import card, of_choice
from emptychair.web.scorecard.asked import field_names, measured, view
from emptychair.web.scorecard.build import Measured
from emptychair.web.scorecard.choice import CUSTOM, LAST_YEAR, Choice, Filters, chosen, quarters
from emptychair.web.scorecard.division import choices
from emptychair.web.scorecard.view import Grid, Page
from emptychair.web.scorecard.words import Pen
from emptychair.web.texts import texts
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/", include_in_schema=False)
def start(request: Request) -> Response:
    """The first page is Today, and the scorecard for whoever may not read of customers."""
    is_reader = may(visitor_of(request).who, "GET", "/today")
    return RedirectResponse("/today" if is_reader else "/scorecard", 303)


@router.get("/scorecard")
def show(
    request: Request,
    audience: str = "",
    period: str = "",
    as_of: str = "",
    by: str = "",
    value: str = "",
    part: str = "",
) -> Response:
    """Every number of an audience with interval, n and who is missing.

    `period` is `year`, a quarter such as `2026-Q3`, or `custom` with the days `from` and `to`; `by` a field
    to split by, or `segment:` and the id of one, and `value` one of its values; `part` the table behind one
    chart.
    """
    parts = parts_of(request)
    choice = chosen(request.query_params, Audience.CUSTOMER)
    found, wanted, pen = measured(parts, choice), wanted_form(request), _pen(request)
    if part:
        return _part(request, None if found is None else view(parts, choice, found, pen), part, choice)
    if wanted is Form.JSON:
        return as_json(_as_data(found, choice, of_choice(request, choice)))
    if wanted is Form.CSV:
        return csv_file("scorecard", metrics_as_csv(found.standing.metrics if found else ()))
    return _page(request, choice, found, pen)


def _page(request: Request, choice: Choice, found: Measured | None, pen: Pen) -> Response:
    parts = parts_of(request)
    state = parts.ledger.state()
    text = pen.texts.gettext
    words = {Audience.CUSTOMER: text("Customers"), Audience.EMPLOYEE: text("Employees")}
    return shell.page(
        request,
        "scorecard/page.html",
        view=None if found is None else view(parts, choice, found, pen),
        at_risk=card(request, choice, pen),
        degraded=state.degraded,
        whom=words[choice.audience].lower(),
        choice=_form(parts, choice, found, pen, words),
    )


def _form(
    parts: Parts, choice: Choice, found: Measured | None, pen: Pen, words: Mapping[Audience, str]
) -> Filters:
    """The filters with their choices."""
    text = pen.texts.gettext
    periods = [
        (LAST_YEAR, text("Last 12 months")),
        *quarters(parts.clock(), pen),
        (CUSTOM, text("Own dates")),
    ]
    if choice.period_name not in {name for name, _ in periods}:
        periods.insert(1, (choice.period_name, choice.period_name))
    metrics = found.standing.metrics if found else ()
    values = list(dict.fromkeys(metric.segment[1] for metric in metrics if metric.segment))
    names = field_names(parts) if found is not None else ()
    return Filters(
        query=choice.query,
        audiences=[(one.value, words[one]) for one in Audience],
        audience=choice.audience.value,
        periods=periods,
        period=choice.period_name,
        start=choice.start if choice.period_name == CUSTOM else "",
        end=choice.end if choice.period_name == CUSTOM else "",
        fields=names,
        segments=choices(parts, choice.audience) if names else {},
        by=choice.by or "",
        values=values,
        value=choice.value or "",
    )


def _as_data(found: Measured | None, choice: Choice, at_risk: AtRisk | None) -> dict[str, object]:
    standing = None if found is None else found.standing
    return {
        "audience": choice.audience,
        "as_of": None if standing is None else standing.as_of,
        "sentence": "" if found is None else " ".join(one.text for one in found.opening),
        "metrics": [] if standing is None else as_objects(standing.metrics),
        "changes": {} if standing is None else standing.changes,
        "at_risk": at_risk,
        "tables": {} if standing is None else {"cohorts": "part=cohorts", "survival": "part=survival"},
    }


def _part(request: Request, shown: Page | None, name: str, choice: Choice) -> Response:
    grid: Grid | None = None if shown is None else shown.grids.get(name)
    if grid is None:
        known = ", ".join(shown.grids) if shown else "none"
        raise not_found(f"There is no table of this name; there are: {known}.")
    if wanted_form(request) is Form.CSV:
        return as_csv(name, grid.keys, grid.data)
    if wanted_form(request) is Form.HTML:
        return shell.page(request, "scorecard/table.html", grid=grid, choice=choice)
    rows = [dict(zip(grid.keys, row, strict=True)) for row in grid.data]
    return as_json({"name": name, "about": grid.caption, "rows": rows})


def _pen(request: Request) -> Pen:
    locale = locale_of(request)
    return Pen(Formats(locale), texts(locale.language))
