"""Who else is like a customer, and how those people fared; a part of the page, loaded after it."""

from fastapi import APIRouter, Request, Response

from emptychair.desk import themes
from emptychair.domain.signal import Audience
from emptychair.measure.choices import decided
from emptychair.understand import identity, profile
from emptychair.understand.person.alike import Likeness, alike
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.customers import CUSTOMER, resolved
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

SHOWN = 6
HEAD = ("person", "name", "nearness", "plan", "alike_in", "themes", "is_open")


@router.get("/customers/person/alike")
def people_alike(request: Request, id: str = "") -> Response:  # noqa: A002
    """The fifty customers who are most like the customer `id` by plan, time, activity, money and themes: how
    near and in what, and the share of them whose relationship is still open.
    """
    parts, who, wanted = parts_of(request), resolved(request, id), wanted_form(request)
    if not identity.is_known(parts.ledger, CUSTOMER, who):
        raise not_found("No signal is of this customer.")
    with parts.desk.read() as tx:
        minimum_n = decided(tx).minimum_n
        named = {theme.id: theme.name for theme in themes.every(tx, Audience.CUSTOMER)}
    found = alike(parts.ledger, CUSTOMER, who, minimum_n=minimum_n)
    shown = found.nearest[:SHOWN] if wanted is Form.HTML else found.nearest
    names = profile.names(parts.ledger, CUSTOMER, [one.life.person for one in shown])
    if wanted is Form.CSV:
        return as_csv("alike", HEAD, [list(_told(one, names, named).values()) for one in shown])
    if wanted is Form.JSON:
        people = [_told(one, names, named) for one in shown]
        return as_json({"person": who, "people": people, "staying": found.staying, "n": found.n})
    return shell.page(
        request,
        "customers/alike.html" if request.headers.get("hx-request") else "customers/alike_page.html",
        who=who,
        found=found,
        shown=shown,
        names=names,
        themes=named,
        minimum_n=minimum_n,
    )


def _told(one: Likeness, names: dict[str, str], themes: dict[str, str]) -> dict[str, object]:
    return {
        "person": one.life.person,
        "name": names.get(one.life.person, ""),
        "nearness": round(one.nearness, 4),
        "plan": one.life.plan,
        "alike_in": list(one.alike_in),
        "themes": sorted(themes[theme] for theme in one.shared if theme in themes),
        "is_open": one.life.is_open,
    }
