"""What customers are likely to need next: parts of their pages, loaded after them; and who needs a thing."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from emptychair.anticipate.need.likely import Suggestion, who
from emptychair.anticipate.need.things import Goal
from emptychair.anticipate.need.voiced import Said
from emptychair.understand import accounts, identity, profile
from emptychair.web import shell
from emptychair.web.customers import likely
from emptychair.web.customers.household import MOST_TOGETHER
from emptychair.web.customers.likely import Likely
from emptychair.web.customers.seen import cursor
from emptychair.web.customers.telling import anchor
from emptychair.web.needs.naming import called
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json, locale_of
from emptychair.web.routes.customers import CUSTOMER, LONGEST_ID, MOST, address, resolved
from emptychair.web.texts import texts
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

LONGEST_ITEM = 500
HEAD = ("person", "name", "why", "because", "people", "of", "usual", "days", "last_on")


@router.get("/customers/person/next")
def person_next(request: Request, id: str = "") -> Response:  # noqa: A002
    """What the customer `id` is likely to need next: the first three of what to buy, to use and to ask, each
    with its reason, and needs that people like them voiced and they did not.
    """
    parts, one = parts_of(request), resolved(request, id)
    if not identity.is_known(parts.ledger, CUSTOMER, one):
        raise not_found("No signal is of this customer.")
    return _answer(request, {"person": one}, likely.likely_of(parts, [one]), address(one))


@router.get("/accounts/account/next")
def account_next(request: Request, id: str = "") -> Response:  # noqa: A002
    """What the people of the account `id` are likely to need next: the first three of each kind, those that
    are likely for most of them before.
    """
    account = id[:LONGEST_ID].replace("\0", "")
    members = accounts.members(parts_of(request).ledger, CUSTOMER, account)
    if not members:
        raise not_found(f"Nobody was told to belong to an account {account}.")
    people = [member.person for member in members[:MOST_TOGETHER]]
    found = likely.likely_of(parts_of(request), people)
    return _answer(request, {"account": account}, found, f"/accounts/account?id={quote(account, safe='')}")


@router.get("/customers/likely")
def likely_for(request: Request, goal: str = Goal.NEW_PRODUCT.value, item: str = "") -> Response:
    """Customers who are likely to need the `item` next (a product, feature or theme by its id or its name),
    the likeliest first, 1,000 at most, each with the reason. `goal` is what is foretold of it.
    """
    parts, wanted = parts_of(request), wanted_form(request)
    models = likely.models(parts)
    chosen = Goal(goal) if goal in set(Goal) else Goal.NEW_PRODUCT
    items = [] if chosen not in models else list(
        zip(models[chosen].model.items, models[chosen].model.names, strict=True)
    )  # fmt: skip
    item = item[:LONGEST_ITEM].replace("\0", "").strip()
    key = next((one for one, name in items if item in (one, name)), "")
    found = _who(parts, chosen, key) if key else []
    names = profile.names(parts.ledger, CUSTOMER, [one for one, _ in found])
    rows = [_row(one, names.get(one, ""), why) for one, why in found]
    if wanted is Form.CSV:
        return as_csv("likely", HEAD, rows)
    if wanted is Form.JSON:
        told = [dict(zip(HEAD, row, strict=True)) for row in rows]
        return as_json({"goal": chosen, "item": key or None, "items": len(items), "people": told})
    return shell.page(
        request,
        "customers/likely_list.html",
        goals=tuple(models),
        goal=chosen,
        items=items[:MOST],
        asked=item,
        key=key,
        called=dict(items).get(key, ""),
        found=found[:200],
        total=len(found),
        most=MOST,
        names=names,
        card=models[chosen].card if chosen in models else None,
    )


def _who(parts: Parts, goal: Goal, item: str) -> list[tuple[str, Suggestion]]:
    """From memory while it is new: it looks at everybody."""
    one = likely.models(parts)[goal]
    changes = parts.ledger.state().version
    return parts.kept.get(
        ("likely", goal, item, changes, one.model.end),
        lambda: who(parts.ledger, CUSTOMER, one.model, one.words, item, parts.clock(), MOST),
    )


def _row(person: str, name: str, why: Suggestion) -> list[Any]:
    return [
        person,
        name,
        why.why,
        why.because,
        why.people,
        why.of,
        round(why.usual, 4),
        why.days,
        why.last_on,
    ]


def stands(said: Said) -> str:
    """Where words stand in a history: the end of an address of a page that begins with them."""
    at = cursor(said.occurred_at + timedelta(microseconds=1), "")
    return f"{urlencode({'before': at})}#{anchor(said.signal)}"


def _answer(request: Request, whose: dict[str, str], found: Likely, back: str) -> Response:
    wanted = wanted_form(request)
    if wanted is Form.CSV:
        return as_csv("next", likely.HEAD, found.rows())
    if wanted is Form.JSON:
        return as_json({**whose, **found.as_data()})
    words = texts(locale_of(request).language)
    people = [said.person for one in found.voiced for said in one.said]
    return shell.page(
        request,
        "customers/next.html" if request.headers.get("hx-request") else "customers/next_page.html",
        found=found,
        back=back,
        whose=next(iter(whose.values())),
        base=request.url.path,
        is_account="account" in whose,
        names=profile.names(parts_of(request).ledger, CUSTOMER, people),
        titles={one.id: called(one.kind, one.key, one.title, words) for one in found.voiced if one.is_alarm},
        place=lambda said: f"{address(said.person)}&{stands(said)}",
    )
