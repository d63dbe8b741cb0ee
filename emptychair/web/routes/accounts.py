"""Accounts: companies and households that customers belong to, with the days that tell it."""

from dataclasses import asdict

from fastapi import APIRouter, Request, Response

from emptychair.understand import accounts
from emptychair.web import shell
from emptychair.web.customers import data, shown
from emptychair.web.customers.household import One, household
from emptychair.web.customers.seen import wanted_of
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.customers import CUSTOMER, LONGEST_ID, MOST, PAGE, page_number, searched
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/accounts")
def every(request: Request, search: str = "", page: int = 1) -> Response:
    """A page of accounts, the largest first, with `search` in their id; JSON and CSV have 1,000 a page."""
    wanted = wanted_form(request)
    limit = PAGE if wanted is Form.HTML else MOST
    at, search = page_number(page, limit), searched(search)
    total, found = accounts.accounts(
        parts_of(request).ledger, CUSTOMER, search=search, limit=limit, offset=(at - 1) * limit
    )
    if wanted is Form.JSON:
        return as_json({"total": total, "page": at, "accounts": found})
    if wanted is Form.CSV:
        head = list(accounts.Account.__dataclass_fields__)
        return as_csv("accounts", head, [list(asdict(one).values()) for one in found])
    return shell.page(
        request,
        "customers/accounts.html",
        found=found,
        total=total,
        search=search,
        at=at,
        pages=max(1, -(-total // PAGE)),
    )


@router.get("/accounts/account")
def account(
    request: Request,
    id: str = "",  # noqa: A002
    kind: str = "",
    channel: str = "",
    before: str = "",
) -> Response:
    """One account by its `id`: everybody who was told to belong to it, how they fare together, and 100
    signals of their one history; `kind`, `channel` and `before` as for a customer. CSV has the people.
    """
    asked, wanted = wanted_of(kind, channel, before), wanted_form(request)
    found = household(parts_of(request), id[:LONGEST_ID].replace("\0", ""), asked)
    if found is None:
        raise not_found(f"Nobody was told to belong to an account {id[:LONGEST_ID]}.")
    if wanted is Form.CSV:
        return as_csv("account", _HEAD, [_row(one) for one in found.people])
    if wanted is Form.JSON:
        together = {} if found.drawn is None else data.drawn_as_data(found.drawn, found.themes)
        people = [dict(zip(_HEAD, _row(one), strict=True)) for one in found.people]
        return as_json({"account": id, "people": people, "together": found.together, **together})
    drawn = (
        {}
        if found.drawn is None
        else shown.drawn(request, found.drawn, asked, found.themes, found.colleagues)
    )
    return shell.page(request, "customers/account.html", one=found, most=MOST, **drawn)


_HEAD = ("person", "name", "first_at", "last_at", "signals", "last_signal_at", "is_silent")


def _row(one: One) -> list[object]:
    member = one.member
    last = None if one.card is None else one.card.last_at
    return [member.person, one.name, member.first_at, member.last_at, member.signals, last, one.is_silent]
