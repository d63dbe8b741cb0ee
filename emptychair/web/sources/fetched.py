"""A source that is looked at from here, as pages and programs get it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response

from emptychair.desk import source_secrets
from emptychair.desk.fetching import Fetching
from emptychair.desk.source_secrets import Known
from emptychair.desk.sources import Source
from emptychair.listen.sources import webhook
from emptychair.listen.sources.asked import asks
from emptychair.listen.sources.system import System
from emptychair.listen.sources.trying import Trial
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.render import as_json
from emptychair.web.sources import forms, told, words
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

_FRESH = timedelta(seconds=10)


def told_of(source: Source, how: Fetching | None) -> dict[str, Any]:
    """A source with its settings; of its secrets nothing."""
    shown = told.Shown(source=source, fetching=how)
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "audience": source.audience,
        "state": shown.state,
        "created_at": source.created_at,
        "settings": dict(source.terms.get("settings") or {}),
        "fetching": told.as_fetched(how),
    }


def health(source: Source, how: Fetching | None, now: datetime) -> dict[str, Any]:
    """What the health line shows; `is_running` asks the page to look again soon."""
    is_open = source.paused_at is None and how is not None and how.stopped_at is None
    is_held = how is not None and how.held_until is not None and how.held_until > now
    is_due = is_open and how is not None and how.due_at <= now
    # A moment longer, until questions see what came and the books have it.
    is_fresh = how is not None and how.succeeded_at is not None and now - how.succeeded_at < _FRESH
    is_running = is_open and (is_held or is_due)
    return {
        "source": source,
        "how": how,
        "now": now,
        "is_running": is_running,
        "is_watched": is_running or is_fresh,
    }


def standing(request: Request, source: Source, system: System, days: int) -> dict[str, Any]:
    """What the page shows of how a source stands: its health, its books, where it is sent, what is known."""
    parts = parts_of(request)
    now = parts.clock()
    books = parts.ledger.books(told.since(days, now))
    with parts.desk.read() as tx:
        one = told.one(tx, source, books, told.since(days, now))
    return {
        "one": one,
        "days": days,
        "periods": told.PERIODS,
        "hook": hook(parts.base_url, source) if system.step is None else None,
        "is_mapped": system.is_mapped,
        "has_books": system.door is not None,
        **health(source, one.fetching, now),
    }


def page(
    request: Request,
    source: Source,
    system: System,
    *,
    rights: Mapping[str, Any],
    days: int = 7,
    done: str = "",
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    trial: Trial | None = None,
    new_secret: str = "",
    status: int = 200,
) -> Response:
    """One source: how it stands, its books, what was told about it."""
    parts = parts_of(request)
    stands = standing(request, source, system, days)
    one: told.Shown = stands["one"]
    with parts.desk.read() as tx:
        known = source_secrets.known(tx, source.id)
    if wanted_form(request) is not Form.HTML:
        more = {"secrets": _set(system, known), "books": one.tally, "parked": one.as_data()["parked"]}
        return as_json(told_of(source, one.fetching) | more | {"since": told.since(days, parts.clock())})
    typed = typed if typed is not None else forms.typed_of(system, source.terms.get("settings") or {})
    return shell.page(
        request,
        "sources/fetched.html",
        status,
        kind=words.KINDS[system.key],
        form=forms.form_of(system, typed, faults or {}, known),
        name=typed.get("name", source.name),
        faults=faults or {},
        trial=trial,
        done=done,
        new_secret=new_secret,
        **stands,
        **rights,
    )


def hook(base_url: str, source: Source) -> dict[str, str]:
    """Where messages are sent, and how that is tried."""
    url = f"{base_url}/webhooks/{source.id}"
    if (source.terms.get("settings") or {}).get("scheme") == webhook.SHARED:
        told = "-H 'X-Webhook-Secret: <secret>'"
        return {"url": url, "example": f"curl {url} {told} --json '{_EXAMPLE}'"}
    return {"url": url, "example": _SIGNED.replace("<url>", url).replace("<body>", _EXAMPLE)}


_EXAMPLE = '{"id": 1, "email": "ada@example.com", "text": "It works."}'
_SIGNED = """# pip install standardwebhooks
import time, urllib.request
from datetime import datetime, timezone
from standardwebhooks import Webhook

body, now = '<body>', datetime.fromtimestamp(int(time.time()), timezone.utc)
headers = {
    "content-type": "application/json",
    "webhook-id": "msg_1",
    "webhook-timestamp": str(int(now.timestamp())),
    "webhook-signature": Webhook("whsec_...").sign("msg_1", now, body),
}
urllib.request.urlopen(urllib.request.Request("<url>", body.encode(), headers))"""


def _set(system: System, known: Mapping[str, Known]) -> dict[str, datetime | None]:
    """When each secret was given; the secrets themselves are shown to nobody."""
    secrets = [ask.name for ask in asks(system) if ask.is_secret]
    return {name: known[name].set_at if name in known else None for name in secrets}
