"""Settings, Mail: who mail comes from, which servers carry it, and whether it works."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.channels.email import trying
from emptychair.channels.email.dkim import KeyTrouble, make_key
from emptychair.channels.email.records import records
from emptychair.channels.email.terms import key_file
from emptychair.channels.outside import NotReached, OutsideError
from emptychair.desk import audit, lines, outbox, secrets, settings
from emptychair.desk.addresses import fit
from emptychair.desk.mail_settings import (
    BOUNCE_PASSWORD,
    BOUNCE_PORT,
    BOUNCE_SERVER,
    MAIL_FROM,
    MAIL_PORT,
    MAIL_SERVER,
    MAIL_SETTINGS,
    PASSWORD,
    RETURNING,
    SENDING,
    SIGNING,
    Security,
)
from emptychair.desk.refusal import Refused
from emptychair.desk.settings import Setting
from emptychair.web import said, shell
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
    "mail_from": marked("From address"),
    "mail_from_name": marked("From name"),
    "mail_reply_to": marked("Answers go to"),
    "mail_server": marked("Mail server"),
    "mail_port": marked("Port"),
    "mail_security": marked("Protection"),
    "mail_user": marked("User"),
    "mail_pace": marked("Messages a minute to one domain"),
    "mail_dkim_selector": marked("DKIM selector"),
    "bounce_address": marked("Undeliverable mail comes back to"),
    "bounce_server": marked("Server of that mailbox"),
    "bounce_port": marked("Port"),
    "bounce_security": marked("Protection"),
    "bounce_user": marked("User"),
    "bounce_folder": marked("Folder"),
}
PASSWORDS = {"mail_password": PASSWORD, "bounce_password": BOUNCE_PASSWORD}


@router.get("/settings/mail")
def shown(request: Request, done: str = "") -> Response:
    """How mail is set up, whether it works, and the records that belong into the DNS. No secrets."""
    return _page(request, done=done)


@router.post("/settings/mail")
def change(request: Request, fields: SentFields) -> Response:
    """Change the settings that are sent; all of them or none. An empty password stays as it is."""
    parts, by, now = parts_of(request), visitor_of(request).name, parts_of(request).clock()
    errors = _unreachable(request, fields)
    with parts.desk.begin() as tx:
        for setting in MAIL_SETTINGS:
            if setting.key not in fields.values:
                continue
            try:
                value = setting.parse(fields.text(setting.key))
                if settings.change(tx, setting, value, by=by, now=now):
                    _write_down(tx, request, "change_setting", setting.key)
            except Refused as refusal:
                errors[setting.key] = sentence(refusal)
        if errors:
            tx.rollback()
        else:
            _keep_passwords(tx, request, fields)
            secrets.own_key(tx, SIGNING, now)
            for line in (lines.SMTP, lines.IMAP):
                lines.resume(tx, line)
    if errors:
        return _page(request, errors=errors, typed=fields)
    return _changed(request, "saved")


@router.post("/settings/mail/test")
def send_test(request: Request, fields: SentFields) -> Response:
    """Put a test mail to `address` into the outbox; without one to whoever asks."""
    parts, now, visitor = parts_of(request), parts_of(request).clock(), visitor_of(request)
    address = fit(fields.text("address") or (visitor.user.email if visitor.user else ""))
    with parts.desk.begin() as tx:
        if not settings.get(tx, MAIL_FROM) or not settings.get(tx, MAIL_SERVER):
            raise refused({"address": "Set up the mail server and the From address first."})
        trying.write(tx, address, base_url=parts.base_url, by=visitor.name, now=now)
        lines.resume(tx, lines.SMTP)
        _write_down(tx, request, "send_test_mail", address[:80])
    return _changed(request, "test")


@router.post("/settings/mail/resuming")
def resume(request: Request) -> Response:
    """Try the servers again at once."""
    with parts_of(request).desk.begin() as tx:
        for line in (lines.SMTP, lines.IMAP):
            lines.resume(tx, line)
    return _changed(request, "resumed")


@router.post("/settings/mail/key")
def new_key(request: Request) -> Response:
    """Make the key for signing (DKIM), when there is none."""
    parts = parts_of(request)
    if make_key(key_file(parts.home)):
        with parts.desk.begin() as tx:
            _write_down(tx, request, "make_mail_key", "dkim")
    return _changed(request, "key")


def _unreachable(request: Request, fields: Fields) -> dict[str, str]:
    """Servers whose names lead inside the house, which nobody allowed. A name unknown now may be later."""
    parts, errors = parts_of(request), {}
    for server, port in ((MAIL_SERVER, MAIL_PORT), (BOUNCE_SERVER, BOUNCE_PORT)):
        host = fields.text(server.key)
        if not host:
            continue
        with parts.desk.read() as tx:
            is_known = host == settings.get(tx, server)
        if is_known:
            continue
        try:
            parts.outside.address(server.parse(host), port.default)
        except (NotReached, Refused):
            continue
        except OutsideError as error:
            errors[server.key] = f"{error}."
    return errors


def _keep_passwords(tx: Connection, request: Request, fields: Fields) -> None:
    by, now = visitor_of(request).name, parts_of(request).clock()
    for name, secret in PASSWORDS.items():
        if fields.text(f"forget_{name}"):
            secrets.drop(tx, secret)
            _write_down(tx, request, "forget_secret", secret)
        elif fields.secret(name):
            secrets.keep(tx, secret, fields.secret(name), by=by, now=now)
            _write_down(tx, request, "keep_secret", secret)


def _write_down(tx: Connection, request: Request, verb: str, thing: str) -> None:
    now, address = parts_of(request).clock(), visit_of(request).address
    audit.record(tx, who=visitor_of(request).name, verb=verb, thing=thing, now=now, address=address)


def _changed(request: Request, done: str) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/settings/mail?done={done}", 303)
    with parts_of(request).desk.read() as tx:
        return as_json(_as_data(request, tx))


def _values(tx: Connection) -> dict[str, str]:
    return {setting.key: setting.text(settings.get(tx, setting)) for setting in MAIL_SETTINGS}


def _as_data(request: Request, tx: Connection) -> dict[str, Any]:
    has = {name: secrets.kept_at(tx, secret) for name, secret in PASSWORDS.items()}
    states = [lines.state(tx, line) for line in (lines.SMTP, lines.IMAP)]
    return {
        "settings": _values(tx),
        "passwords_since": has,
        "lines": states,
        "records": _records(request, tx)[0],
    }


def _records(request: Request, tx: Connection) -> tuple[Any, str]:
    """The records for the DNS, and what is wrong with the key."""
    values = _values(tx)
    home = parts_of(request).home
    try:
        return records(values["mail_from"], values["mail_server"], values["mail_dkim_selector"], home), ""
    except KeyTrouble as trouble:
        return records(values["mail_from"], values["mail_server"], "", home), str(trouble)


def _page(
    request: Request, *, done: str = "", errors: dict[str, str] | None = None, typed: Fields | None = None
) -> Response:
    parts = parts_of(request)
    if wanted_form(request) is not Form.HTML:
        if errors:
            raise refused(errors)
        with parts.desk.read() as tx:
            return as_json(_as_data(request, tx))
    with parts.desk.read() as tx:
        data = _as_data(request, tx)
        tests = outbox.of_thing(tx, trying.THING)[-3:]
        found, trouble = _records(request, tx)
    who, values = visitor_of(request).who, data["settings"]
    return shell.page(
        request,
        "mail/page.html",
        HTTPStatus(422) if errors else 200,
        sending=[_entry(setting) for setting in SENDING],
        returning=[_entry(setting) for setting in RETURNING],
        values={**values, **(typed.values if typed else {})},
        errors=errors or {},
        securities=[one.value for one in Security],
        has=data["passwords_since"],
        lines=data["lines"],
        records=found,
        key_trouble=trouble,
        has_key=key_file(parts.home).exists(),
        is_set_up=bool(values["mail_from"] and values["mail_server"]),
        tests=reversed(tests),
        states=said.MAIL_STATES,
        done=done,
        now=parts.clock(),
        may_change=may(who, "POST", "/settings/mail"),
        may_see_people=may(who, "GET", "/users"),
        may_see_sources=may(who, "GET", "/sources"),
        may_see_mail=True,
    )


def _entry(setting: Setting[Any]) -> dict[str, str]:
    return {"key": setting.key, "title": TITLES[setting.key], "about": setting.about}
