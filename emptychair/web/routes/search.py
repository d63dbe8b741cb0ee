"""Search: people first, then what they said, by its words and by what it means."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from emptychair.desk import sources
from emptychair.domain.signal import Audience, Kind
from emptychair.understand import profile
from emptychair.understand.profile import Card
from emptychair.understand.search.finding import By, Found, Hit
from emptychair.understand.search.opened import MOST
from emptychair.understand.search.words import FACETS
from emptychair.web import shell
from emptychair.web.access import LEADERS, may
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.customers import page_number
from emptychair.web.search.wanted import TONES, Wanted, wanted
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE = 20
PEOPLE = 5
COLUMNS = (
    "id", "person", "kind", "name", "channel", "source", "text", "score", "occurred_at", "tone", "copies",
    "by",
)  # fmt: skip


@router.get("/search")
def search(
    request: Request,
    q: str = "",
    like: str = "",
    by: str = "",
    audience: str = "",
    kind: str = "",
    channel: str = "",
    source: str = "",
    tone: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
    page: int = 1,
) -> Response:
    """People and quotes for `q` (words, and "words in a row"), or quotes that mean what `like` (an id) does.

    `by` is `both`, `words` or `meaning`; all others limit what is looked through. JSON and CSV have 1,000
    a page.
    """
    asked = wanted(
        {"q": q, "like": like, "by": by, "audience": audience, "kind": kind, "channel": channel,
         "source": source, "tone": tone, "from": first, "to": last}
    )  # fmt: skip
    parts, form = parts_of(request), wanted_form(request)
    if asked.audience is Audience.EMPLOYEE and not _sees_employees(request):
        raise Problem(HTTPStatus.FORBIDDEN, "What employees say is for leads and owners.")
    limit = PAGE if form is Form.HTML else MOST
    at = page_number(page, limit)
    origin, found = _found(parts, asked, (at - 1) * limit, limit)
    people = _people(request, asked) if at == 1 else []
    names = profile.names(parts.ledger, asked.audience, [card.person for card in people]) if people else {}
    read, unread = parts.ledger.readings.progress()
    if form is Form.CSV:
        return as_csv("search", COLUMNS, [[getattr(hit, name) for name in COLUMNS] for hit in found.hits])
    if form is Form.JSON:
        return as_json(
            {
                "total": found.total,
                "with_words": found.with_words,
                "page": at,
                "read": read,
                "unread": unread,
                "people": [{**asdict(card), "name": names.get(card.person, "")} for card in people],
                "quotes": found.hits,
            }
        )
    return shell.page(
        request,
        "search/page.html",
        asked=asked,
        origin=origin,
        found=found,
        people=people,
        names=names,
        read=read,
        unread=unread,
        at=at,
        pages=max(1, -(-found.total // PAGE)),
        sees_employees=_sees_employees(request),
        kinds=[one for one in parts.search.values("kind", asked.audience.value) if one in set(Kind)],
        choices={name: parts.search.values(name, asked.audience.value) for name in FACETS[1:]},
        source_names=_source_names(parts),
        tones=TONES,
        By=By,
    )


def _found(parts: Parts, asked: Wanted, skipped: int, limit: int) -> tuple[Hit | None, Found]:
    """The quote whose like is wanted, where one is, and what was found. Raises 404 for an id of no quote."""
    if not asked.like:
        found = parts.search.find(
            asked.q, asked.among, tone=asked.tone, by=asked.by, skipped=skipped, limit=limit
        )
        return None, found
    origin = parts.search.quote(asked.like, asked.audience)
    if origin is None:
        raise not_found("There are no such words.")
    return origin, parts.search.like(
        origin.id, origin.text, asked.among, tone=asked.tone, skipped=skipped, limit=limit
    )


def _people(request: Request, asked: Wanted) -> list[Card]:
    """Who is called so, where somebody may look at people and did not ask for certain words."""
    if not asked.q or asked.like or asked.is_limited or asked.audience is not Audience.CUSTOMER:
        return []
    if not may(visitor_of(request).who, "GET", "/customers"):
        return []
    ledger = parts_of(request).ledger
    _, found = profile.people(ledger, asked.audience, search=asked.q, limit=PEOPLE)
    return found or profile.named(ledger, asked.audience, asked.q, PEOPLE)


def _sees_employees(request: Request) -> bool:
    return visitor_of(request).who in LEADERS


def _source_names(parts: Parts) -> dict[str, str]:
    with parts.desk.read() as tx:
        return {one.id: one.name for one in sources.every(tx, with_removed=True)}
