"""Kinds of sources that are looked at from here: chosen, tried and made."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from secrets import token_bytes
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import fetching, source_secrets, sources
from emptychair.domain.signal import Audience
from emptychair.listen.sources import webhook
from emptychair.listen.sources.asked import SettingsRefused, Told, told
from emptychair.listen.sources.system import System
from emptychair.listen.sources.systems import SYSTEMS
from emptychair.listen.sources.trying import Trial, tried
from emptychair.web import shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.sources import audience_of, rights, source_of, write_down
from emptychair.web.sources import fetched, forms, words
from emptychair.web.sources.told import Shown
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/sources/kinds")
def every(request: Request) -> Response:
    """The kinds of sources that can be made, with what has to be told about each."""
    if wanted_form(request) is not Form.HTML:
        kinds = [
            {"kind": system.key, "name": words.KINDS[system.key].name, "fields": forms.as_data(system)}
            for system in SYSTEMS.values()
        ]
        return as_json({"kinds": kinds})
    return shell.page(request, "sources/kinds.html", kinds=words.KINDS, **rights(request))


@router.get("/sources/kinds/{kind}")
def show(request: Request, kind: str) -> Response:
    """The form of a kind."""
    system = _system(kind)
    if wanted_form(request) is not Form.HTML:
        return as_json({"kind": kind, "name": words.KINDS[kind].name, "fields": forms.as_data(system)})
    return _form(request, system, Fields({}))


@router.post("/sources/kinds/{kind}")
def create(request: Request, kind: str, fields: SentFields) -> Response:
    """A new source of this kind, called `name`, with the fields of its form. It is tried first; what does
    not work is made only when `anyway` is sent. A secret that we made up is in the answer, this once.
    """
    system = _system(kind)
    audience = audience_of(fields)
    try:
        given = _given(system, fields)
    except SettingsRefused as refusal:
        return _again(request, system, fields, refusal.faults)
    trial = tried(parts_of(request).means, system, given, {}, audience)
    if trial.trouble is not None and not fields.text("anyway"):
        return _again(request, system, fields, {}, trial)
    new_secret = ""
    if system.makes is not None and system.makes not in given.secrets:
        new_secret = webhook.new_secret(token_bytes)
        given = replace(given, secrets={**given.secrets, system.makes: new_secret})
    source = source_of(request, _made(request, system, fields.text("name"), audience, given))
    parts_of(request).reception.keys.forget()
    if wanted_form(request) is not Form.HTML:
        more = {"secret": new_secret} if new_secret else {}
        return as_json(Shown(source=source).as_data() | more, HTTPStatus.CREATED.value)
    if new_secret:  # shown here alone: nobody can ask for it again
        return fetched.page(request, source, system, rights=rights(request), new_secret=new_secret)
    return RedirectResponse(f"/sources/{quote(source.id)}?done=made", 303)


@router.post("/sources/kinds/{kind}/trial")
def attempt(request: Request, kind: str, fields: SentFields) -> Response:
    """What a source with these fields would bring now, or what is wrong. Nothing is kept."""
    system = _system(kind)
    try:
        given = _given(system, fields, is_trial=True)
    except SettingsRefused as refusal:
        return _again(request, system, fields, refusal.faults)
    trial = tried(parts_of(request).means, system, given, {}, audience_of(fields))
    if wanted_form(request) is not Form.HTML:
        return as_json(trial)
    if request.headers.get("hx-request") == "true":
        return shown(request, trial)
    return _form(request, system, fields, trial=trial)


def shown(request: Request, trial: Trial | None, faults: Mapping[str, str] | None = None) -> Response:
    """What a trial brought, as a part of a page."""
    pages = parts_of(request).pages
    return pages.page(request, "sources/trial.html", trial=trial, faults=list((faults or {}).values()))


def _system(kind: str) -> System:
    if kind not in SYSTEMS:
        raise not_found("There is no kind of source with this name.")
    return SYSTEMS[kind]


def _given(system: System, fields: Fields, *, is_trial: bool = False) -> Told:
    faults: dict[str, str] = {}
    if not is_trial and not fields.text("name"):
        faults["name"] = "A source needs a name."
    try:
        given = told(system, fields.values)
    except SettingsRefused as refusal:
        raise SettingsRefused(faults | refusal.faults) from None
    if faults:
        raise SettingsRefused(faults)
    return given


def _made(request: Request, system: System, name: str, audience: Audience, given: Told) -> str:
    parts, by = parts_of(request), visitor_of(request).name
    with parts.desk.begin() as tx:
        now = parts.clock()
        terms = {"settings": dict(given.settings)}
        source = sources.create(
            tx, kind=system.key, name=name, audience=audience, terms=terms, by=by, now=now
        )
        for secret, value in given.secrets.items():
            source_secrets.keep(tx, source.id, secret, value, by=by, now=now)
        if system.step is not None:
            fetching.begin(tx, source.id, now)
        write_down(tx, request, "create_source", source.id, {"name": source.name, "kind": system.key})
    return source.id


def _again(
    request: Request, system: System, fields: Fields, faults: Mapping[str, str], trial: Trial | None = None
) -> Response:
    """422: the form again with what is wrong; its part for htmx; or a problem for programs."""
    if wanted_form(request) is not Form.HTML:
        if faults:
            raise refused(faults)
        raise Problem(HTTPStatus(422), (trial and trial.trouble) or "")
    if request.headers.get("hx-request") == "true":
        return shown(request, trial, faults)
    return _form(request, system, fields, faults=faults, trial=trial, status=422)


def _form(
    request: Request,
    system: System,
    fields: Fields,
    *,
    faults: Mapping[str, str] | None = None,
    trial: Trial | None = None,
    status: int = 200,
) -> Response:
    return shell.page(
        request,
        "sources/kind.html",
        status,
        kind=system.key,
        is_fetched=system.step is not None,
        words=words.KINDS[system.key],
        form=forms.form_of(system, fields.values, faults or {}),
        faults=faults or {},
        trial=trial,
        name=fields.text("name"),
        audience=fields.text("audience", Audience.CUSTOMER.value),
        audiences=list(Audience),
        **rights(request),
    )
