"""Customers: a list to look through, and one of them with everything that is known and why."""

from dataclasses import asdict
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.domain.person import is_visitor
from emptychair.domain.signal import Audience
from emptychair.understand import profile
from emptychair.understand.profile import Sorting
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.customers import data, shown
from emptychair.web.customers.seen import seen, wanted_of
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.risk.person import risk_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form
from emptychair.web.worth.person import worth_of

router = APIRouter()

CUSTOMER = Audience.CUSTOMER
LONGEST_ID = 210
PAGE = 50
MOST = 1_000
FURTHEST = 1_000_000


@router.get("/customers")
def people(
    request: Request, search: str = "", sort: str = Sorting.LAST_SEEN.value, page: int = 1
) -> Response:
    """A page of customers, sorted, those that fit `search` (a part of an id, a whole address or device);
    JSON and CSV have 1,000 a page.
    """
    wanted = wanted_form(request)
    sorting = Sorting(sort) if sort in set(Sorting) else Sorting.LAST_SEEN
    limit = PAGE if wanted is Form.HTML else MOST
    at, search = page_number(page, limit), searched(search)
    total, cards = profile.people(
        parts_of(request).ledger,
        CUSTOMER,
        search=search,
        sorting=sorting,
        limit=limit,
        offset=(at - 1) * limit,
    )
    if wanted is Form.JSON:
        return as_json({"total": total, "page": at, "people": cards})
    if wanted is Form.CSV:
        head = list(profile.Card.__dataclass_fields__)
        return as_csv("customers", head, [list(asdict(card).values()) for card in cards])
    return shell.page(
        request,
        "customers/page.html",
        cards=cards,
        names=profile.names(parts_of(request).ledger, CUSTOMER, [card.person for card in cards]),
        total=total,
        search=search,
        sorting=sorting,
        sortings=tuple(Sorting),
        at=at,
        pages=max(1, -(-total // PAGE)),
    )


@router.get("/customers/person")
def person(
    request: Request,
    id: str = "",  # noqa: A002
    kind: str = "",
    channel: str = "",
    before: str = "",
    done: str = "",
) -> Response:
    """One customer by any `id`: how they fare, what hurt, promises, facts, ids with their evidence, accounts,
    and 100 signals of the history, newest first.

    `kind` and `channel` keep one of each; `before` is where the next page of the history begins. CSV has that
    page.
    """
    who, wanted = resolved(request, id), wanted_form(request)
    if who != id and wanted is Form.HTML:
        return RedirectResponse(address(who, done), 303)
    asked = wanted_of(kind, channel, before)
    found = seen(parts_of(request), CUSTOMER, who, asked)
    if found is None:
        raise not_found(f"No signal is of a customer {id[:LONGEST_ID]}.")
    if wanted is Form.JSON:
        return as_json(
            {
                **data.as_data(found),
                "risk": risk_of(parts_of(request), who).as_data(),
                "value": worth_of(parts_of(request), who).as_data(),
            }
        )
    if wanted is Form.CSV:
        return as_csv("history", data.HEAD, data.rows(found.drawn, found.themes))
    return shell.page(
        request,
        "customers/person.html",
        one=found,
        risk=risk_of(parts_of(request), who),
        worth=worth_of(parts_of(request), who),
        **shown.drawn(request, found.drawn, asked, found.themes, found.colleagues),
        is_visitor=is_visitor,
        done=done,
        **rights(request),
    )


def resolved(request: Request, written: str) -> str:
    """The person whom an id means. Raises 404 for an id of nobody."""
    if not 0 < len(written) <= LONGEST_ID or "\0" in written:
        raise not_found("Name a customer by an `id`.")
    who = parts_of(request).ledger.who.resolve(CUSTOMER.value, [written])[written]
    if who is None:
        raise not_found("This visitor is nobody yet: nothing tells who it is.")
    return who


def address(who: str, done: str = "") -> str:
    """Where the page of a person is."""
    return f"/customers/person?id={quote(who, safe='')}" + (f"&done={quote(done)}" if done else "")


def rights(request: Request) -> dict[str, bool]:
    """What the visitor may do on these pages."""
    who = visitor_of(request).who
    return {
        "may_judge": may(who, "POST", "/customers/person/merging"),
        "may_export": may(who, "GET", "/customers/person/export"),
    }


def searched(text: str) -> str:
    """What is searched for, as far as an id can be long."""
    return text.replace("\0", "").strip()[:LONGEST_ID]


def page_number(page: int, limit: int) -> int:
    """The number of a page that there can be."""
    return max(1, min(page, FURTHEST // limit))
