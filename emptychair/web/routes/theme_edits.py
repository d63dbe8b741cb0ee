"""What people change about themes: names, what belongs together, where words belong; each with its undo."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import audit, theme_edits, themes
from emptychair.desk.themes import LONGEST_NAME, Standing, Theme
from emptychair.domain.signal import Audience
from emptychair.understand.reading import learning
from emptychair.understand.reading.edited import Change
from emptychair.understand.voice.quotes import sentence
from emptychair.web.access import LEADERS
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import forbidden, not_found, refused
from emptychair.web.render import as_json
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

MOST_PATTERNS, LONGEST_PATTERN = 20, 80


@router.post("/voice/finding")
def find_anew(request: Request, fields: SentFields) -> Response:
    """Look for the themes of an `audience` anew, in the background; names and changes stay."""
    whose = audience_of(request, fields.text("audience", Audience.CUSTOMER.value))
    with parts_of(request).desk.begin() as tx:
        _again(tx, request, whose)
        _write_down(tx, request, "find_themes", whose.value)
    return _done(request, f"/voice?audience={whose.value}&done=finding", {"audience": whose})


@router.post("/voice/themes/{id}/renaming")
def rename(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Call a theme by another `name` from now on."""
    name = " ".join(fields.text("name").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise refused({"name": f"A name has 1 to {LONGEST_NAME} letters."})
    with parts_of(request).desk.begin() as tx:
        theme = _theme(tx, request, id)
        _change(tx, request, theme, Change.RENAME, {"theme": theme.id, "name": name})
        themes.rename(tx, theme.id, name, parts_of(request).clock())
    return _back(request, theme.id, theme.audience)


@router.post("/voice/themes/{id}/merging")
def merge(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Put a theme into another (`into`, its id): what was said of it is said of that one from now on."""
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        theme, into = _theme(tx, request, id), _theme(tx, request, fields.text("into"))
        if theme.id == into.id or theme.audience is not into.audience:
            raise refused({"into": "Choose another theme of the same audience."})
        _change(tx, request, theme, Change.MERGE, {"theme": theme.id, "into": into.id})
        _again(tx, request, theme.audience)
    return _back(request, into.id, theme.audience)


@router.post("/voice/themes/{id}/moving")
def move(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Say that words (`signal`, `place`: the sentence, from 0) are not of this theme but of another (`to`, an
    id), or of none (empty). Words that are like them follow.
    """
    with parts_of(request).desk.begin() as tx:
        theme = _theme(tx, request, id)
        to = _theme(tx, request, fields.text("to")).id if fields.text("to") else ""
        signal, place = _words(request, theme, fields)
        says = {"from": theme.id, "to": to, "signal": signal, "place": place}
        _change(tx, request, theme, Change.MOVE, says)
        _again(tx, request, theme.audience)
    return _back(request, theme.id, theme.audience)


@router.post("/voice/themes/{id}/pinning")
def pin(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Show a theme by these words (`signal`, `place`: the sentence, from 0) from now on."""
    with parts_of(request).desk.begin() as tx:
        theme = _theme(tx, request, id)
        if theme.audience is Audience.EMPLOYEE:
            raise refused({"signal": "Words of a single employee show no theme."})
        signal, place = _words(request, theme, fields)
        _change(tx, request, theme, Change.PIN, {"theme": theme.id, "signal": signal, "place": place})
        themes.show_by(tx, theme.id, f"{place} {signal}", parts_of(request).clock())
    return _back(request, theme.id, theme.audience)


@router.post("/voice/themes/{id}/parting")
def part(request: Request, id: str) -> Response:  # noqa: A002
    """Look for several things in a theme, in the background: each becomes a theme, if there are any."""
    with parts_of(request).desk.begin() as tx:
        theme = _theme(tx, request, id)
        _change(tx, request, theme, Change.SPLIT, {"theme": theme.id})
        _again(tx, request, theme.audience)
    return _back(request, theme.id, theme.audience)


@router.post("/voice/themes/{id}/ruling")
def rule(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Put all texts under this theme that have one of `patterns` (one a line: a word or several in a row; a
    star at the end of a word stands for any ending).
    """
    patterns = [" ".join(line.split()) for line in fields.text("patterns").splitlines() if line.strip()]
    if not 0 < len(patterns) <= MOST_PATTERNS or any(len(one) > LONGEST_PATTERN for one in patterns):
        said = f"Write 1 to {MOST_PATTERNS} lines of at most {LONGEST_PATTERN} letters."
        raise refused({"patterns": said})
    with parts_of(request).desk.begin() as tx:
        theme = _theme(tx, request, id)
        _change(tx, request, theme, Change.RULE, {"theme": theme.id, "patterns": patterns})
        _again(tx, request, theme.audience)
    return _back(request, theme.id, theme.audience)


@router.post("/voice/edits/{id}/undoing")
def undo(request: Request, id: str) -> Response:  # noqa: A002
    """Take a change back; themes are as they would be without it when they are found again, which begins."""
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        edit = theme_edits.find(tx, id)
        if edit is None:
            raise not_found("There is no such change.")
        audience_of(request, edit.audience.value)
        if theme_edits.undo(tx, id, by=visitor_of(request).name, now=parts.clock()):
            _again(tx, request, edit.audience)
            _write_down(tx, request, "undo_theme_edit", id)
    return _done(request, f"/voice?audience={edit.audience.value}&done=undone", {"id": id})


def _theme(tx: Connection, request: Request, theme_id: str) -> Theme:
    """The theme with this id, of an audience that the visitor may listen to."""
    theme = themes.find(tx, theme_id[:40])
    if theme is None or theme.standing is Standing.GONE:
        raise not_found("There is no such theme.")
    audience_of(request, theme.audience.value)
    return theme


def _words(request: Request, theme: Theme, fields: Fields) -> tuple[str, int]:
    """The signal and the place of a sentence that there is."""
    signal, place = fields.text("signal"), fields.text("place", "0")
    at = int(place) if place.isdecimal() and len(place) < 6 else -1
    if sentence(parts_of(request).ledger, theme.audience, signal, at) is None:
        raise refused({"signal": "There are no such words."})
    return signal, at


def audience_of(request: Request, name: str) -> Audience:
    """The audience of this name, when the visitor may listen to it. Raises 403 otherwise."""
    whose = Audience(name) if name in set(Audience) else Audience.CUSTOMER
    if whose is Audience.EMPLOYEE and visitor_of(request).who not in LEADERS:
        raise forbidden("What employees say is for leads and owners.")
    return whose


def _change(tx: Connection, request: Request, theme: Theme, kind: Change, says: dict[str, Any]) -> None:
    by, now = visitor_of(request).name, parts_of(request).clock()
    theme_edits.add(tx, theme.audience, kind.value, says, by=by, now=now)
    _write_down(tx, request, f"{kind.value}_theme", theme.id)


def _again(tx: Connection, request: Request, audience: Audience) -> None:
    learning.ask(tx, audience, by=visitor_of(request).name, now=parts_of(request).clock())


def _write_down(tx: Connection, request: Request, verb: str, thing: str) -> None:
    audit.record(tx, who=visitor_of(request).name, verb=verb, thing=thing, now=parts_of(request).clock())


def _back(request: Request, theme_id: str, audience: Audience) -> Response:
    return _done(
        request, f"/voice/themes/{theme_id}?audience={audience.value}&done=changed", {"id": theme_id}
    )


def _done(request: Request, path: str, told: dict[str, Any]) -> Response:
    return RedirectResponse(path, 303) if wanted_form(request) is Form.HTML else as_json(told)
