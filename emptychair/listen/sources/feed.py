"""RSS and Atom: what blogs, forums, review sites and status pages publish."""

from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct

from emptychair.channels.outside import Limits
from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asked import web_address
from emptychair.listen.sources.asking import asked
from emptychair.listen.sources.kept import compact, looked_at, remember
from emptychair.listen.sources.limited import TooHard
from emptychair.listen.sources.plain_text import plain_text
from emptychair.listen.sources.system import Ask, Errand, Fetched, SourceTrouble, System, Want

_LIMITS = Limits(seconds=45, most=10 << 20)
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"


class _Feed(Struct):
    entries: list[Raw]
    title: str | None = None


class _Key(Struct):
    id: str | None = None
    link: str | None = None
    title: str | None = None
    published: str | None = None


_FEEDS = msgspec.json.Decoder(_Feed)
_KEYS = msgspec.json.Decoder(_Key)


def step(errand: Errand) -> Fetched:
    """The entries that were not there at the last look; nothing is read where the server says unchanged."""
    cursor = errand.cursor
    address = errand.setting("address")
    headers = {"accept": _ACCEPT}
    if cursor.get("etag"):
        headers["if-none-match"] = str(cursor["etag"])
    if cursor.get("modified"):
        headers["if-modified-since"] = str(cursor["modified"])
    answer = asked(errand, "GET", address, headers=headers, limits=_LIMITS)
    if answer.status == 304:
        return Fetched(cursor=cursor)
    found = _read(errand, address, answer.headers.get("content-type", ""), answer.body)
    entries = [(_key(raw), _with_feed(raw, found.title, address)) for raw in found.entries]
    # Feeds begin with the newest; they are remembered and kept in the order in which they were written.
    fresh, seen = remember(cursor.get("seen"), reversed(entries))
    told = {"etag": answer.headers.get("etag"), "modified": answer.headers.get("last-modified")}
    return Fetched(items=fresh, cursor={"seen": seen, **{name: text for name, text in told.items() if text}})


def _read(errand: Errand, address: str, kind: str, body: bytes) -> _Feed:
    head = msgspec.json.encode({"content-type": kind, "content-location": address})
    try:
        feed: _Feed = _FEEDS.decode(errand.means.limited.read("feed", head + b"\n" + body))
    except TooHard as reason:
        raise SourceTrouble(
            f"{address} is no feed that can be read: {reason}. Give the address of the feed itself, not of "
            "the page around it.",
            is_temporary=True,
        ) from None
    return feed


def _key(raw: Raw) -> str:
    told = looked_at(raw, _KEYS, lambda key: _Key(id=key))
    return told.id or told.link or f"{told.title}\x1f{told.published}"


def _with_feed(raw: Raw, title: str | None, address: str) -> bytes:
    return compact(msgspec.json.encode({"feed": title, "address": address, "entry": raw}))


class _Content(Struct):
    value: str = ""
    type: str | None = None


class _Entry(Struct):
    id: str | None = None
    link: str | None = None
    title: str | None = None
    summary: str | None = None
    content: list[_Content] = []
    author: str | None = None
    published: str | None = None
    published_parsed: str | None = None
    updated_parsed: str | None = None
    tags: Any = None


class _Item(Struct):
    entry: _Entry
    feed: str | None = None
    address: str = ""


_ITEMS = msgspec.json.Decoder(_Item)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """An entry. Raises Unheard and Unwanted."""
    try:
        item = _ITEMS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    entry = item.entry
    posts.leave_out(batch, entry.author)
    title = plain_text(entry.title or "")
    body = plain_text(next((each.value for each in entry.content if each.value), entry.summary or ""))
    text = body if body.startswith(title) else "\n\n".join(part for part in (title, body) if part)
    return posts.said(
        batch,
        system="feed",
        key=_known(item),
        name="post",
        text=text,
        at=instant(entry.published_parsed or entry.updated_parsed, "published"),
        person=None,
        channel="feed",
        client="RSS, Atom",
        properties={
            "title": title,
            "url": entry.link,
            "author": entry.author,
            "feed": item.feed,
            "tags": _terms(entry.tags),
        },
    )


def _known(item: _Item) -> str:
    """An id that is an address is one everywhere (Atom's are); any other only in its feed."""
    entry = item.entry
    own = entry.id or entry.link
    if own is None:
        return f"{item.address} {entry.title}\x1f{entry.published}"
    return own if ":" in own else f"{item.address} {own}"


def _terms(tags: Any) -> list[str]:
    found = tags if isinstance(tags, list) else []
    return [str(tag["term"])[:100] for tag in found[:20] if isinstance(tag, dict) and tag.get("term")]


SYSTEM = System(
    key="feed",
    door=Door.FEED,
    step=step,
    every=timedelta(minutes=60),
    asks=(
        Ask(name="address", is_needed=True, check=web_address),
        Ask(name="leave_out", want=Want.LINES, moves=False),
    ),
)
