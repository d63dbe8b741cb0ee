"""A page of a survey as it was sent: its version, its language, and what is known of how it came."""

import ipaddress
from collections.abc import Mapping

from fastapi import Request

from emptychair.desk.responses import Response
from emptychair.listen.surveys import asking, languages
from emptychair.listen.surveys.asking import Asked
from emptychair.listen.surveys.attaching import Arrived
from emptychair.web.fields import Fields
from emptychair.web.parts import parts_of
from emptychair.web.surveys.pages import TRAP
from emptychair.web.surveys.remembering import has_answered
from emptychair.web.surveys.turning import Go, Sent


def version_shown(request: Request, asked: Asked, fields: Fields) -> Asked:
    """The survey in the version that stands on the page; the newest where none is said."""
    shown = fields.text("v")
    is_number = shown.isascii() and shown.isdigit() and len(shown) < 7
    return version(request, asked, int(shown) if is_number else asked.version)


def version(request: Request, asked: Asked, number: int) -> Asked:
    """The version on which somebody began; the newest for a number that never was."""
    if number == asked.version or not 0 < number <= asked.survey.version:
        return asked
    with parts_of(request).desk.read() as tx:
        return asking.version_of(tx, asked.survey, number) or asked


def sent_of(
    request: Request,
    asked: Asked,
    fields: Fields,
    language: str,
    go: Go | None = None,
    files: Mapping[str, tuple[Arrived, ...]] | None = None,
) -> Sent:
    """What was sent, and where its sender wants to `go` (None: as they say).

    `files` None: it is a page that is still being filled in, and no file comes or goes.
    """
    said = Go(fields.text("go")) if fields.text("go") in set(Go) else Go.NEXT
    page, slug = fields.text("page"), asked.survey.slug
    return Sent(
        fields=fields,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 0,
        go=go or (Go.STAY if fields.text("speak") else said),
        language=language,
        shown_at=parts_of(request).stamps.shown_at(slug, fields.text("stamp")),
        is_trap_filled=bool(fields.text(TRAP)),
        has_answered=has_answered(request, slug),
        place=_place(request),
        files=files or {},
        removed=() if files is None else tuple(name.rpartition(".")[2] for name in fields.under("r")),
    )


def wait_of(request: Request, asked: Asked, response: Response | None, fields: Fields) -> int | None:
    """The seconds that whoever sends this has to wait; None: none.

    One respondent is known by the answer that they go on with, or by the page that we signed: what somebody
    can make up is no name.
    """
    parts, stamp = parts_of(request), fields.text("stamp")
    is_signed = parts.stamps.shown_at(asked.survey.slug, stamp) is not None
    who = response.id if response is not None else stamp if is_signed else ""
    return parts.pace.wait(asked.survey.id, who, parts.clock())


def language_of(request: Request, asked: Asked, fields: Fields) -> str:
    """The language that was chosen, or that the browser asks for."""
    chosen = fields.text("speak") or fields.text("lang")
    return languages.wanted(asked.definition, chosen, accepted(request))


def accepted(request: Request) -> str:
    """The languages that the browser asks for."""
    return request.headers.get("accept-language", "")


def _place(request: Request) -> str | None:
    """The address of who asks; None where it is that of a proxy or of this machine, which says nothing."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return None
    return str(address) if address.is_global else None
