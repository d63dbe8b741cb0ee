"""A source that is looked at from here: how it stands, looked at now, told otherwise."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import fetching, source_secrets, sources
from emptychair.desk.sources import Source
from emptychair.listen.sources.asked import SettingsRefused, Told, asks, told
from emptychair.listen.sources.system import System
from emptychair.listen.sources.systems import SYSTEMS
from emptychair.listen.sources.trying import Trial, tried
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.kinds import shown
from emptychair.web.routes.sources import days_of, rights, source_of, write_down
from emptychair.web.sources import fetched
from emptychair.web.sources import told as told_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/sources/{id}/health")
def health(request: Request, id: str, days: int = 7) -> Response:  # noqa: A002
    """When it was looked at, how that went, and when it is looked at again."""
    source, system = _fetched(request, id)
    if wanted_form(request) is not Form.HTML:
        with parts_of(request).desk.read() as tx:
            return as_json({"fetching": told_of.as_fetched(fetching.find(tx, id))})
    stands = fetched.standing(request, source, system, days_of(days))
    pages = parts_of(request).pages
    return pages.page(request, "sources/standing.html", **stands, **rights(request))


@router.post("/sources/{id}/run")
def run(request: Request, id: str) -> Response:  # noqa: A002
    """Look now, also when it was stopped; within a second or two."""
    _fetched(request, id)
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        if not fetching.hurry(tx, id, parts.clock()):
            raise not_found("Nothing is fetched for this source: it sends by itself.")
        write_down(tx, request, "run_source", id, {})
    return _answer(request, id, "running", HTTPStatus.ACCEPTED)


@router.post("/sources/{id}/trial")
def attempt(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """What it would bring now with these fields; those that are not sent are as they are."""
    source, system = _fetched(request, id)
    try:
        given = _given(request, source, system, fields)
    except SettingsRefused as refusal:
        return _again(request, source, system, fields, refusal.faults)
    trial = _tried(request, source, system, given)
    return as_json(trial) if wanted_form(request) is not Form.HTML else shown(request, trial)


@router.post("/sources/{id}/settings")
def change(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Change `name` and the fields of its kind, those that are sent. It is tried first; what does not work is
    kept only when `anyway` is sent. Where it looks elsewhere now it begins from the beginning.
    """
    source, system = _fetched(request, id)
    try:
        given = _given(request, source, system, fields)
    except SettingsRefused as refusal:
        return _again(request, source, system, fields, refusal.faults)
    trial = _tried(request, source, system, given)
    if trial.trouble is not None and not fields.text("anyway"):
        return _again(request, source, system, fields, {}, trial)
    _kept(request, source, system, fields, given)
    parts_of(request).reception.keys.forget()
    return _answer(request, id, "saved")


def _kept(request: Request, source: Source, system: System, fields: Fields, given: Told) -> None:
    parts, by = parts_of(request), visitor_of(request).name
    with parts.desk.begin() as tx:
        now = parts.clock()
        if "name" in fields.values:
            sources.rename(tx, source.id, fields.text("name"))
        sources.change_terms(tx, source.id, settings=dict(given.settings))
        for name, value in given.secrets.items():
            source_secrets.keep(tx, source.id, name, value, by=by, now=now)
        before = source.terms.get("settings") or {}
        if _looks_elsewhere(system, before, given.settings):
            fetching.restart(tx, source.id, now)
        else:
            fetching.hurry(tx, source.id, now)
        told_of = ", ".join(sorted(name for name in fields.values if name != "anyway"))
        write_down(tx, request, "change_source", source.id, {"fields": told_of})


def _looks_elsewhere(system: System, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    places = [ask.name for ask in system.asks if ask.moves and not ask.is_secret]
    return any(before.get(name) != after.get(name) for name in places)


def _given(request: Request, source: Source, system: System, fields: Fields) -> Told:
    """The fields that are sent over those that are there; a box that is not ticked is not sent by forms."""
    with parts_of(request).desk.read() as tx:
        has = frozenset(source_secrets.known(tx, source.id))
    values = dict(fields.values)
    if wanted_form(request) is not Form.HTML:
        values = {**(source.terms.get("settings") or {}), **values}
    return told(system, values, has=has & {ask.name for ask in asks(system)})


def _tried(request: Request, source: Source, system: System, given: Told) -> Trial:
    parts = parts_of(request)
    with parts.desk.read() as tx:
        secrets = source_secrets.reveal(tx, source.id)
    return tried(parts.means, system, given, secrets.values, source.audience)


def _fetched(request: Request, source_id: str) -> tuple[Source, System]:
    """The source and its kind. Raises a `Problem` for one that nothing has to be told about."""
    source = source_of(request, source_id)
    if source.kind not in SYSTEMS:
        raise not_found("This source sends by itself.")
    return source, SYSTEMS[source.kind]


def _again(
    request: Request,
    source: Source,
    system: System,
    fields: Fields,
    faults: Mapping[str, str],
    trial: Trial | None = None,
) -> Response:
    """422: the page again with what is wrong; its part for htmx; or a problem for programs."""
    if wanted_form(request) is not Form.HTML:
        raise refused(faults) if faults else Problem(HTTPStatus(422), (trial and trial.trouble) or "")
    if request.headers.get("hx-request") == "true":
        return shown(request, trial, faults)
    return fetched.page(
        request,
        source,
        system,
        rights=rights(request),
        typed=fields.values,
        faults=faults,
        trial=trial,
        status=422,
    )


def _answer(request: Request, source_id: str, done: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/sources/{quote(source_id)}?done={done}", 303)
    source = source_of(request, source_id)
    with parts_of(request).desk.read() as tx:
        how = fetching.find(tx, source_id)
    return as_json(fetched.told_of(source, how), status.value)
