"""What the readers of our mail want to get: chosen by a link in it, without an account."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.channels.email import links
from emptychair.channels.email.links import Way
from emptychair.desk import choices, recipients, secrets, settings
from emptychair.desk.mail_settings import SIGNING
from emptychair.desk.recipients import Recipient
from emptychair.desk.settings import COMPANY_NAME
from emptychair.domain.contact import Purpose
from emptychair.web import said
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_json
from emptychair.web.texts import marked
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

NO_LINK = marked("This link leads nowhere. Take it from the mail as it is, whole.")


@router.get("/unsubscribe/{token}")
def ask(request: Request, token: str) -> Response:
    """A page with a button. Looking at it changes nothing: mail programs look at every link."""
    with parts_of(request).desk.read() as tx:
        reader, way = _reader(tx, token, links.unsubscribing)
        return _unsubscribing(request, tx, reader, _purpose(way), was_asked=True)


@router.post("/unsubscribe/{token}")
def unsubscribe(request: Request, token: str) -> Response:
    """Unsubscribe at once: from the page, or by the one click of a mail program (RFC 8058)."""
    with parts_of(request).desk.begin() as tx:
        reader, way = _reader(tx, token, links.unsubscribing)
        evidence = "the unsubscribe link of a mail"
        choices.unsubscribe(tx, reader, _purpose(way), evidence=evidence, now=parts_of(request).clock())
        return _unsubscribing(request, tx, reader, _purpose(way), was_asked=False)


@router.get("/preferences/{token}")
def choose(request: Request, token: str) -> Response:
    """What they get, purpose by purpose."""
    with parts_of(request).desk.read() as tx:
        reader, _ = _reader(tx, token, links.choosing)
        return _preferences(request, tx, reader, done=False)


@router.post("/preferences/{token}")
def change(request: Request, token: str, fields: SentFields) -> Response:
    """Get mail for the purposes that are sent as fields, and for no other."""
    now = parts_of(request).clock()
    with parts_of(request).desk.begin() as tx:
        reader, _ = _reader(tx, token, links.choosing)
        for purpose, gets in choices.chosen(tx, reader).items():
            wants = fields.text(purpose.value) in {"on", "true", "1"}
            if wants != gets:
                change = choices.subscribe if wants else choices.unsubscribe
                change(tx, reader, purpose, evidence="the page of choices", now=now)
        return _preferences(request, tx, reader, done=True)


def _reader(tx: Connection, token: str, opened: Callable[[str, str], Way | None]) -> tuple[Recipient, Way]:
    key = secrets.told(tx, SIGNING)
    way = None if key is None else opened(key.text, token)
    reader = None if way is None else recipients.find(tx, way.recipient_id)
    if way is None or reader is None:
        raise not_found(NO_LINK)
    return reader, way


def _purpose(way: Way) -> Purpose:
    if way.purpose is None:
        raise not_found(NO_LINK)
    return way.purpose


def _unsubscribing(
    request: Request, tx: Connection, reader: Recipient, purpose: Purpose, *, was_asked: bool
) -> Response:
    gets = choices.chosen(tx, reader)[purpose]
    if wanted_form(request) is not Form.HTML:
        return as_json({"address": veiled(reader.address), "purpose": purpose, "gets": gets})
    parts, key = parts_of(request), secrets.told(tx, SIGNING)
    return parts.pages.page(
        request,
        "preferences/unsubscribe.html",
        company=settings.get(tx, COMPANY_NAME),
        address=veiled(reader.address),
        what=said.PURPOSES[purpose.value],
        gets=gets,
        was_asked=was_asked,
        choices="" if key is None else links.preferences_url("", key.text, reader.id),
    )


def _preferences(request: Request, tx: Connection, reader: Recipient, *, done: bool) -> Response:
    chosen = choices.chosen(tx, reader)
    if wanted_form(request) is not Form.HTML:
        return as_json({"address": veiled(reader.address), "gets": chosen})
    return parts_of(request).pages.page(
        request,
        "preferences/page.html",
        company=settings.get(tx, COMPANY_NAME),
        address=veiled(reader.address),
        chosen=chosen,
        words=said.PURPOSES,
        done=done,
    )


def veiled(address: str) -> str:
    """Enough of an address to know one's own: a mail that is passed on tells nobody the whole of it.

    >>> veiled("ada.lovelace@example.com"), veiled("a@b.c")
    ('ad…@example.com', 'a…@b.c')
    """
    local, _, domain = address.rpartition("@")
    return f"{local[: min(2, max(1, len(local) - 1))]}…@{domain}"
