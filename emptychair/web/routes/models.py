"""Settings, Models: which models read on this machine, and which may write answers elsewhere."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.channels.outside import NotReached, OutsideError
from emptychair.desk import audit, secrets, settings
from emptychair.desk.refusal import Refused
from emptychair.desk.writer_settings import KEY, WRITER_ADDRESS, WRITER_SETTINGS
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_json
from emptychair.web.routes.settings import sentence
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.texts import marked
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

TITLES = {
    "writer_address": marked("Address"),
    "writer_model": marked("Model"),
    "writer_seconds": marked("Seconds"),
    "writer_tokens": marked("Tokens"),
    "writer_hourly": marked("Answers an hour"),
}


@router.get("/settings/models")
def shown(request: Request, done: str = "") -> Response:
    """Which model writes answers, where, and how much it may; never its key."""
    return _page(request, done=done)


@router.post("/settings/models")
def change(request: Request, fields: SentFields) -> Response:
    """Change the settings that are sent, all of them or none. An empty `writer_key` stays as it is,
    `forget_writer_key` drops it.
    """
    parts, by, now = parts_of(request), visitor_of(request).name, parts_of(request).clock()
    errors: dict[str, str] = {}
    with parts.desk.begin() as tx:
        for setting in WRITER_SETTINGS:
            if setting.key not in fields.values:
                continue
            try:
                value = setting.parse(fields.text(setting.key))
                if settings.change(tx, setting, value, by=by, now=now):
                    _write_down(tx, request, "change_setting", setting.key)
            except Refused as refusal:
                errors[setting.key] = sentence(refusal)
        address = settings.get(tx, WRITER_ADDRESS)
        if address and WRITER_ADDRESS.key in fields.values and WRITER_ADDRESS.key not in errors:
            errors |= _unreachable(request, address)
        if errors:
            tx.rollback()
        else:
            _keep_key(tx, request, fields)
    if errors:
        return _page(request, errors=errors, typed=fields)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse("/settings/models?done=saved", 303)
    return _page(request)


def _unreachable(request: Request, address: str) -> dict[str, str]:
    """An address that leads inside the house, which nobody allowed. A name unknown now may be known later."""
    host, port, is_secure = _place(address)
    try:
        parts_of(request).outside.address(host, port or (443 if is_secure else 80))
    except NotReached:
        return {}
    except OutsideError as error:
        return {WRITER_ADDRESS.key: f"{error}."}
    return {}


def _place(address: str) -> tuple[str, int | None, bool]:
    parts = urlsplit(address)
    return parts.hostname or "", parts.port, parts.scheme == "https"


def _keep_key(tx: Connection, request: Request, fields: Fields) -> None:
    by, now = visitor_of(request).name, parts_of(request).clock()
    if fields.text("forget_writer_key"):
        secrets.drop(tx, KEY)
        _write_down(tx, request, "forget_secret", KEY)
    elif fields.secret("writer_key"):
        secrets.keep(tx, KEY, fields.secret("writer_key"), by=by, now=now)
        _write_down(tx, request, "keep_secret", KEY)


def _write_down(tx: Connection, request: Request, verb: str, thing: str) -> None:
    now, address = parts_of(request).clock(), visit_of(request).address
    audit.record(tx, who=visitor_of(request).name, verb=verb, thing=thing, now=now, address=address)


def _page(
    request: Request, *, done: str = "", errors: dict[str, str] | None = None, typed: Fields | None = None
) -> Response:
    parts = parts_of(request)
    with parts.desk.read() as tx:
        values = {one.key: one.text(settings.get(tx, one)) for one in WRITER_SETTINGS}
        since = secrets.kept_at(tx, KEY)
    if wanted_form(request) is not Form.HTML:
        if errors:
            raise refused(errors)
        return as_json(_data(parts.search.embedder_name, values, since))
    who = visitor_of(request).who
    return shell.page(
        request,
        "settings/models.html",
        HTTPStatus(422) if errors else 200,
        entries=[{"key": one.key, "title": TITLES[one.key], "about": one.about} for one in WRITER_SETTINGS],
        values={**values, **(typed.values if typed else {})},
        errors=errors or {},
        key_since=since,
        reading=parts.search.embedder_name,
        is_set_up=bool(values["writer_address"] and values["writer_model"]),
        done=done,
        may_change=may(who, "POST", "/settings/models"),
        may_see_people=may(who, "GET", "/users"),
        may_see_sources=may(who, "GET", "/sources"),
        may_see_mail=True,
    )


def _data(reading: str, values: dict[str, str], since: Any) -> dict[str, Any]:
    return {"reading": reading, "settings": values, "key_since": since}
