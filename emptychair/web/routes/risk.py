"""Who may leave, by what would be lost: customers one by one, employees as far as one is entitled to."""

import math
from typing import Any

from fastapi import APIRouter, Request, Response

from emptychair.desk import settings
from emptychair.desk.risk_scores import Order
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.domain.signal import Audience
from emptychair.understand import profile
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.parts import Parts, parts_of
from emptychair.web.render import as_csv, as_json
from emptychair.web.risk import listing
from emptychair.web.risk.groups import groups
from emptychair.web.risk.listing import Asked, Listed
from emptychair.web.risk.rights import may_name
from emptychair.web.routes.customers import page_number, searched
from emptychair.web.scorecard.division import PREFIX, choices
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 1_000
LEASTS = (0, 5, 10, 20, 30, 50, 70)
CUSTOMER, EMPLOYEE = Audience.CUSTOMER, Audience.EMPLOYEE


@router.get("/customers/risk")
def customers(
    request: Request,
    sort: str = Order.LOSS.value,
    least: float = 0,
    segment: str = "",
    currency: str = "",
    search: str = "",
    page: int = 1,
) -> Response:
    """A page of customers in a relationship by expected loss (`sort=loss`) or chance of leaving (`chance`),
    with band, reasons and what changed in a week. `least` is the smallest chance in percent, `segment` the id
    of a saved segment, `currency` that of payments, `search` a part of a name or id; JSON and CSV have 1,000
    a page.
    """
    asked = _asked(sort, least, segment, currency, searched(search))
    found, at, limit = _listed(request, CUSTOMER, asked, page)
    if (told := _twin(request, found, at, "customers-at-risk")) is not None:
        return told
    parts = parts_of(request)
    return shell.page(
        request,
        "risk/page.html",
        found=found,
        asked=asked,
        leasts=LEASTS,
        segments={one.removeprefix(PREFIX): name for one, name in choices(parts, CUSTOMER).items()},
        names=profile.names(parts.ledger, CUSTOMER, [one.person for one in found.scores]),
        at=at,
        pages=max(1, -(-found.total // limit)),
        may_see_models=may(visitor_of(request).who, "GET", "/models/risk"),
        may_start=may(visitor_of(request).who, "POST", "/plays"),
    )


@router.get("/employees/risk")
def employees(request: Request, least: float = 0, page: int = 1) -> Response:
    """Employees who may leave: by name for the owner, and for leads where the owner allows it (the setting
    `employee_risk`); for others who lead, groups of five and more. `least` and `page` as for customers.
    """
    parts = parts_of(request)
    if not may_name(parts, visitor_of(request).who, EMPLOYEE):
        return _in_groups(request)
    asked = _asked(Order.CHANCE.value, least, "", "")
    found, at, limit = _listed(request, EMPLOYEE, asked, page)
    if (told := _twin(request, found, at, "employees-at-risk")) is not None:
        return told
    return shell.page(
        request,
        "risk/employees.html",
        found=found,
        asked=asked,
        leasts=LEASTS,
        names=profile.names(parts.ledger, EMPLOYEE, [one.person for one in found.scores]),
        grouped=None,
        at=at,
        pages=max(1, -(-found.total // limit)),
    )


def _in_groups(request: Request) -> Response:
    parts = parts_of(request)
    grouped = groups(parts)
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({"by": grouped.by, "everybody": grouped.everybody, "groups": grouped.groups,
                        "hidden": grouped.hidden})  # fmt: skip
    if wanted is Form.CSV:
        rows = [(one.name, one.n, one.expected, one.low, one.high) for one in grouped.groups]
        return as_csv("employees-at-risk", ("group", "people", "expected", "low", "high"), rows)
    found = listing.listed(parts, EMPLOYEE, _asked("", 101, "", ""), 1, 0, 1.0)
    return shell.page(
        request, "risk/employees.html", found=found, asked=None, leasts=LEASTS, names={}, grouped=grouped,
        at=1, pages=1,
    )  # fmt: skip


def _asked(sort: str, least: float, segment: str, currency: str, search: str = "") -> Asked:
    order = Order(sort) if sort in set(Order) else Order.LOSS
    share = min(max(least, 0.0), 101.0) / 100 if math.isfinite(least) else 0.0
    segment = segment.replace("\0", "")[:40]
    return Asked(order=order, least=share, segment=segment, currency=currency[:3], search=search)


def _listed(request: Request, audience: Audience, asked: Asked, page: int) -> tuple[Listed, int, int]:
    """(the page, its number, how many are on one)."""
    parts = parts_of(request)
    limit = PAGE if wanted_form(request) is Form.HTML else MOST
    at = page_number(page, limit)
    found = listing.listed(parts, audience, asked, limit, (at - 1) * limit, margin_of(parts))
    return found, at, limit


def _twin(request: Request, found: Listed, at: int, name: str) -> Response | None:
    """The list as JSON or CSV; None where a page is wanted."""
    rows = [listing.as_data(one, found.margin) for one in found.scores]
    wanted = wanted_form(request)
    if wanted is Form.CSV:
        return as_csv(name, listing.HEAD, [listing.as_row(row) for row in rows])
    if wanted is not Form.JSON:
        return None
    told: dict[str, Any] = {"summary": found.summary, "total": found.total, "page": at, "people": rows}
    return as_json(told)


def margin_of(parts: Parts) -> float:
    """The share of what is paid that is earned; 1 while nobody said."""
    with parts.desk.read() as tx:
        margin = settings.get(tx, MARGIN_PERCENT)
    return 1.0 if margin is None else margin / 100
