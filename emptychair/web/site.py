"""The site: every route behind its door, every answer in its form."""

import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from emptychair.channels.outside import Outside
from emptychair.desk.desk import Desk
from emptychair.ledger.errors import LedgerError
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.understand.ask.asking import Ask
from emptychair.understand.language.own import Own
from emptychair.understand.research.transcribing import Transcriber
from emptychair.understand.search.finding import Search
from emptychair.understand.voice.praising import Praising
from emptychair.web.access import rule_for
from emptychair.web.assets import assets
from emptychair.web.customers.live import Live
from emptychair.web.door import admit
from emptychair.web.errors import answer_errors
from emptychair.web.fields import LONGEST_BODY
from emptychair.web.guard import BodyLimit, OwnOrigin, SecurityHeaders
from emptychair.web.intake import paths as intake
from emptychair.web.intake.door import Collector
from emptychair.web.intake.hooks import Hooks
from emptychair.web.kept import Kept
from emptychair.web.parts import Parts
from emptychair.web.readings import Readings
from emptychair.web.render import Pages
from emptychair.web.research.arriving import MOST_OF_TRANSCRIPT
from emptychair.web.routes import (
    accounts,
    answering,
    api,
    ask,
    aspects,
    board,
    board_ways,
    consents,
    customers,
    drivers,
    fetched,
    health,
    identity,
    imports,
    interviews,
    journey_deeds,
    journeys,
    judgements,
    kinds,
    mail,
    mappings,
    me,
    meanings,
    models,
    need_alarms,
    need_cards,
    needs,
    next_need,
    outbox,
    parked,
    parked_events,
    person_alike,
    person_export,
    person_stream,
    play_beginnings,
    play_calls,
    plays,
    preferences,
    request_deeds,
    requests,
    research,
    research_highlights,
    research_insights,
    research_sessions,
    risk,
    risk_models,
    scorecard,
    search,
    segment_deeds,
    segments,
    settings,
    setup,
    sign_in,
    sources,
    stops,
    studies,
    study_people,
    survey_answers,
    survey_ballots,
    survey_draws,
    survey_editing,
    survey_files,
    survey_nonresponse,
    survey_preview,
    survey_results,
    survey_sharing,
    surveys,
    taxonomy,
    theme_edits,
    theme_names,
    today,
    users,
    values,
    voice,
    warnings,
    widget,
    write_keys,
)
from emptychair.web.scorecard.asked import warm
from emptychair.web.surveys.arriving import MOST_OF_PAGE
from emptychair.web.wanted import Suffixes

ROUTERS = (
    health, setup, sign_in, scorecard, search, imports, parked, settings, mail, models, ask, outbox, stops,
    consents, preferences, kinds, fetched, mappings, sources, write_keys, identity, meanings, parked_events,
    surveys, survey_results,
    survey_answers, survey_files, survey_editing, survey_preview, survey_sharing, survey_draws,
    survey_nonresponse, survey_ballots, answering, widget, voice, aspects, drivers, theme_edits, theme_names,
    taxonomy,
    need_alarms, needs, need_cards, research,
    research_sessions, research_highlights, research_insights, studies, study_people, interviews,
    segment_deeds, segments, journey_deeds, journeys, risk, risk_models, customers, values,
    person_stream, person_export, person_alike, next_need, judgements, accounts, users, me, board_ways, board,
    requests, request_deeds, today, warnings, play_beginnings,
    plays, play_calls, api,
)  # fmt: skip


def site(
    *,
    ledger: Ledger,
    desk: Desk,
    home: Path,
    base_url: str,
    clock: Callable[[], datetime],
    version: str,
    reception: Reception,
    outside: Outside | None = None,
    means: Means | None = None,
    own_model: Own | None = None,
    local_token: str | None = None,
    max_upload_bytes: int = 4_096_000_000,
    transcriber: Transcriber | None = None,
) -> FastAPI:
    """The application to be served. Raises `RouteWithoutRule` when a route is not in the table of rules.

    `means` are what sources may use to look elsewhere; without them, and without `outside`, nothing that lies
    inside can be reached. Without a `transcriber` no audio is taken.
    """
    outside = outside or (means.outside if means is not None else Outside(clock=clock))
    means = means or Means(outside=outside, limited=Limited(), desk=desk, home=home, clock=clock)
    app = FastAPI(
        title="Empty Chair",
        version=version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(admit)],
        lifespan=_warmed,
    )
    search_of = Search(home / "language", ledger, own_model)
    app.state.parts = Parts(
        ledger=ledger,
        desk=desk,
        home=home,
        base_url=base_url.rstrip("/"),
        clock=clock,
        assets=assets(),
        pages=Pages(assets(), version),
        readings=Readings(),
        kept=Kept(clock),
        reception=reception,
        outside=outside,
        means=means,
        local_token=local_token,
        max_upload_bytes=max_upload_bytes,
        search=search_of,
        ask=Ask(home / "language", ledger, search_of),
        praising=Praising(home / "language", ledger, search_of),
        live=Live(ledger, clock),
        transcriber=transcriber,
    )
    for method, path in routes():
        rule_for(method, path)
    for module in ROUTERS:
        app.include_router(module.router)
    answer_errors(app)
    _stand_guard(app, base_url, max_upload_bytes)
    # Before all guards: clients of others come from everywhere, and have no session.
    app.add_middleware(Hooks, ledger=ledger, desk=desk, reception=reception, clock=clock)
    app.add_middleware(
        Collector, ledger=ledger, reception=reception, base_url=base_url.rstrip("/"), clock=clock
    )
    return app


@asynccontextmanager
async def _warmed(app: FastAPI) -> AsyncIterator[None]:
    """While the first people find their way in, the numbers that they will ask for are computed."""
    parts: Parts = app.state.parts
    # A daemon: a computation that nobody waits for must not keep a stopped server alive.
    threading.Thread(target=_warm, args=(parts,), name="warm", daemon=True).start()
    yield


def _warm(parts: Parts) -> None:
    with suppress(LedgerError):  # degraded, or closed in the meantime: then the pages say so
        warm(parts)


def routes() -> list[tuple[str, str]]:
    """Method and path of every route there is, those of the collector too."""
    found = [route for module in ROUTERS for route in module.router.routes if isinstance(route, APIRoute)]
    pages = [(method, route.path) for route in found for method in sorted(route.methods or ())]
    return [*pages, *intake.taking(), *intake.telling(), ("POST", intake.HOOK)]


def _stand_guard(app: FastAPI, base_url: str, max_upload_bytes: int) -> None:
    """The last one added is the first to see a request."""
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=6)
    # The form around a file adds its boundary and its head to the file's size.
    app.add_middleware(
        BodyLimit,
        usual=LONGEST_BODY,
        by_path={"/imports": max_upload_bytes + 4096},
        with_files=(
            (re.compile("/s/[^/]+"), MOST_OF_PAGE),
            (re.compile("/voice/research/sessions/[^/]+/transcript"), MOST_OF_TRANSCRIPT),
        ),
    )
    app.add_middleware(Suffixes)
    app.add_middleware(OwnOrigin, base_url=base_url, open_to_all=("/unsubscribe/", "/widget/"))
    app.add_middleware(SecurityHeaders, is_https=base_url.startswith("https://"))
