"""What surrounds every page: the company's name, the ledger's health, and what the visitor may open."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from emptychair.desk import settings
from emptychair.desk.settings import COMPANY_NAME
from emptychair.web.access import may
from emptychair.web.parts import parts_of
from emptychair.web.texts import marked
from emptychair.web.visitor import visitor_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the navigation, under its group; `key` is the letter after `g`."""

    path: str
    group: str
    name: str
    icon: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The company as it calls itself, how many signals it has, and why the ledger is not whole (or None).

    `may_search`: a box for words is on every page.
    """

    company: str
    signals: int
    degraded: str | None
    places: tuple[Place, ...]
    may_search: bool

    @property
    def groups(self) -> dict[str, list[Place]]:
        """The places of each group, in the order of the loop: listen, understand, act, measure."""
        found: dict[str, list[Place]] = {}
        for place in self.places:
            found.setdefault(place.group, []).append(place)
        return found


PLACES = (
    Place(path="/today", group=marked("Now"), name=marked("Today"), icon="sun", key="d"),
    Place(path="/surveys", group=marked("Listen"), name=marked("Surveys"), icon="clipboard-list", key="v"),
    Place(path="/requests", group=marked("Listen"), name=marked("Requests"), icon="lightbulb", key="r"),
    Place(
        path="/voice",
        group=marked("Understand"),
        name=marked("Voice"),
        icon="message-square-quote",
        key="w",
    ),
    Place(path="/customers", group=marked("Understand"), name=marked("Customers"), icon="users", key="c"),
    Place(path="/journeys", group=marked("Understand"), name=marked("Journeys"), icon="arrow-right", key="j"),
    Place(path="/segments", group=marked("Understand"), name=marked("Segments"), icon="funnel", key="p"),
    Place(path="/plays", group=marked("Act"), name=marked("Plays"), icon="phone", key="l"),
    Place(path="/scorecard", group=marked("Measure"), name=marked("Scorecard"), icon="gauge", key="s"),
    Place(path="/imports", group=marked("Run"), name=marked("Import"), icon="upload", key="i"),
    Place(path="/outbox", group=marked("Run"), name=marked("Outbox"), icon="mail", key="o"),
    Place(path="/settings", group=marked("Run"), name=marked("Settings"), icon="settings", key="e"),
)


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page inside its shell, for somebody who is signed in; a part of it for htmx needs none."""
    parts = parts_of(request)
    return parts.pages.page(request, template, status, shell=_shell(request), **context)


def _shell(request: Request) -> Shell:
    parts, who = parts_of(request), visitor_of(request).who
    with parts.desk.read() as tx:
        company = settings.get(tx, COMPANY_NAME)
    state = parts.ledger.state()
    return Shell(
        company=company,
        signals=state.rows,
        degraded=state.degraded,
        places=tuple(place for place in PLACES if may(who, "GET", place.path)),
        may_search=may(who, "GET", "/search"),
    )
