"""Accounts: companies and households that customers belong to, with the days that tell it."""

from dataclasses import asdict

from fastapi import APIRouter, Request, Response

from emptychair.understand import accounts
from emptychair.web import shell
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
def account(request: Request, id: str = "") -> Response:  # noqa: A002
    """One account by its `id`: everybody who was told to belong to it, from when until when."""
    found = accounts.members(parts_of(request).ledger, CUSTOMER, id[:LONGEST_ID].replace("\0", ""))
    if not found:
        raise not_found(f"Nobody was told to belong to an account {id[:LONGEST_ID]}.")
    if wanted_form(request) is Form.JSON:
        return as_json({"account": id, "people": found})
    if wanted_form(request) is Form.CSV:
        head = list(accounts.Member.__dataclass_fields__)
        return as_csv("account", head, [list(asdict(one).values()) for one in found])
    return shell.page(request, "customers/account.html", account=id, found=found[:MOST], total=len(found))
