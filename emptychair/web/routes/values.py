"""What customers are worth: all of them together, by which model, and one by one."""

from fastapi import APIRouter, Request, Response

from emptychair.anticipate.value.valuing import BY_CONTRACT
from emptychair.desk.customer_values import Order
from emptychair.domain.signal import Audience
from emptychair.understand import profile
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.customers import page_number, searched
from emptychair.web.routes.voice import pens
from emptychair.web.scorecard.division import PREFIX, choices
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form
from emptychair.web.worth import listing, pictures
from emptychair.web.worth.listing import Asked

router = APIRouter()

MOST = {Form.HTML: 50, Form.JSON: 1_000, Form.CSV: 100_000}
CUSTOMER = Audience.CUSTOMER


@router.get("/customers/value")
def values(
    request: Request,
    sort: str = Order.VALUE.value,
    segment: str = "",
    currency: str = "",
    search: str = "",
    page: int = 1,
) -> Response:
    """What customers will bring in 365 days, in sum by currency and one by one: by `sort=value`, by what they
    paid in a year (`naive`), or by the chance that they buy again (`alive`). `segment` is the id of a saved
    segment, `currency` that of payments (`none`: not known), `search` a part of a name or id. JSON has 1,000
    people a page, CSV 100,000.
    """
    parts, wanted = parts_of(request), wanted_form(request)
    asked = _asked(sort, segment, currency, searched(search))
    limit = MOST[wanted]
    at = page_number(page, limit)
    found = listing.listed(parts, asked, limit, (at - 1) * limit)
    if wanted is Form.JSON:
        return as_json(found.as_data(at))
    if wanted is Form.CSV:
        return as_csv("customers-by-value", listing.HEAD, found.rows())
    write, words = pens(request)
    return shell.page(
        request,
        "worth/page.html",
        found=found,
        asked=asked,
        orders=tuple(Order),
        segments={one.removeprefix(PREFIX): name for one, name in choices(parts, CUSTOMER).items()},
        names=profile.names(parts.ledger, CUSTOMER, [one.person for one in found.values]),
        charts={
            part.currency: pictures.held_out((part.held_out or {}).get("groups", []), write, words)
            for part in found.parts
        },
        frequency=pictures.frequency,
        by_contract=BY_CONTRACT,
        no_currency=listing.NO_CURRENCY,
        at=at,
        pages=max(1, -(-found.total // limit)),
    )


def _asked(sort: str, segment: str, currency: str, search: str) -> Asked:
    order = Order(sort) if sort in set(Order) else Order.VALUE
    return Asked(
        order=order,
        segment=segment.replace("\0", "")[:40],
        currency=currency.replace("\0", "")[:10],
        search=search,
    )
