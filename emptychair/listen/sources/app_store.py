"""Apple's App Store: the newest customer reviews of an app, country by country, from Apple's public feed."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.reasons import Refusal, Unwanted
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asking import asked
from emptychair.listen.sources.kept import compact, looked_at, remember
from emptychair.listen.sources.system import Ask, Errand, Fetched, System, Want

# The feed has ten pages of fifty reviews, and answers 400 beyond.
PAGES = 10
MOST_COUNTRIES = 30
_APP = re.compile(r"(?:.*/id)?(\d{5,12})(?:[/?#].*)?")
_REVIEWER = re.compile(r"/id(\d+)")
_HINTS = {
    400: "The App Store knows no app with this number in this country.",
    404: "The App Store knows no app with this number in this country.",
}


class _Label(Struct, frozen=True):
    label: str = ""


class _Key(Struct):
    id: _Label


class _Body(Struct):
    # One review alone is an object in place of a list.
    entry: Raw = Raw(b"[]")


class _Page(Struct):
    feed: _Body


_PAGES = msgspec.json.Decoder(_Page)
_LISTS = msgspec.json.Decoder(list[Raw])
_KEYS = msgspec.json.Decoder(_Key)


def step(errand: Errand) -> Fetched:
    """One page of one country. Every look reads all pages: reviews move between them while they are read."""
    countries = errand.names("countries")
    at, page = int(errand.cursor.get("at", 0)), int(errand.cursor.get("page", 1))
    country = countries[min(at, len(countries) - 1)].lower()
    app = errand.setting("app")
    entries = _asked(errand, app, country, page)
    seen: Mapping[str, list[str]] = errand.cursor.get("seen") or {}
    found = [(_key(raw), _told(raw, app, country)) for raw in entries]
    fresh, known = remember(seen.get(country), reversed(found))
    going_on: dict[str, Any] = {"seen": {**seen, country: known}}
    is_last = not entries or page >= PAGES
    if is_last and at + 1 >= len(countries):
        return Fetched(items=fresh, cursor=going_on)
    where = {"at": at + 1, "page": 1} if is_last else {"at": at, "page": page + 1}
    return Fetched(items=fresh, cursor=going_on | where, is_more=True)


def _asked(errand: Errand, app: str, country: str, page: int) -> list[Raw]:
    way = f"{country}/rss/customerreviews/page={page}/id={app}/sortby=mostrecent/json"
    answer = asked(errand, "GET", f"{errand.means.hosts.app_store}/{way}", hints=_HINTS)
    found: _Page = answer.decoded(_PAGES)
    entry = found.feed.entry
    return _LISTS.decode(entry) if bytes(entry).lstrip().startswith(b"[") else [entry]


def _key(raw: Raw) -> str:
    return looked_at(raw, _KEYS, lambda key: _Key(id=_Label(key))).id.label


def _told(raw: Raw, app: str, country: str) -> bytes:
    return compact(msgspec.json.encode({"app": app, "country": country, "entry": raw}))


class _Author(Struct, frozen=True):
    name: _Label = _Label()
    uri: _Label = _Label()


class _Entry(Struct):
    id: _Label
    rating: _Label | None = field(default=None, name="im:rating")
    version: _Label = field(default=_Label(), name="im:version")
    votes: _Label = field(default=_Label(), name="im:voteCount")
    author: _Author = _Author()
    title: _Label = _Label()
    content: _Label = _Label()
    updated: _Label = _Label()


class _Item(Struct):
    app: str
    country: str
    entry: _Entry


_ITEMS = msgspec.json.Decoder(_Item)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """A review. Raises Unheard and Unwanted."""
    try:
        item = _ITEMS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    entry = item.entry
    if entry.rating is None:  # older feeds begin with the app itself
        raise Unwanted(Refusal.NOT_A_REVIEW)
    reviewer = _REVIEWER.search(entry.author.uri.label)
    parts = (entry.title.label.strip(), entry.content.label.strip())
    return posts.reviewed(
        batch,
        system="appstore",
        key=entry.id.label,
        stars=entry.rating.label,
        text="\n\n".join(part for part in parts if part),
        at=instant(entry.updated.label, "updated"),
        person=posts.author("appstore", reviewer[1] if reviewer else None),
        channel="app store",
        client="App Store",
        properties={
            "title": entry.title.label,
            "author": entry.author.name.label,
            "version": entry.version.label,
            "votes": entry.votes.label,
            "country": item.country,
            "app": item.app,
        },
    )


def app_number(text: str) -> str:
    """The number of an app, also out of its address in the App Store.

    >>> app_number("https://apps.apple.com/us/app/pourwell/id1234567890?mt=8")
    '1234567890'
    """
    found = _APP.fullmatch(text)
    if found is None:
        raise ValueError("expected the number of the app, or its address in the App Store")
    return found[1]


def country_list(text: str) -> str:
    """Countries by their two letters, with commas."""
    found = list(dict.fromkeys(part.strip().lower() for part in text.replace("\n", ",").split(",")))
    countries = [part for part in found if part]
    if not countries or any(not re.fullmatch("[a-z]{2}", part) for part in countries):
        raise ValueError("expected countries by their two letters, such as us, de, jp")
    if len(countries) > MOST_COUNTRIES:
        raise ValueError(f"expected at most {MOST_COUNTRIES} countries")
    return ", ".join(countries)


SYSTEM = System(
    key="app_store",
    door=Door.APP_STORE,
    step=step,
    every=timedelta(hours=6),
    asks=(
        Ask(name="app", is_needed=True, check=app_number, longest=300),
        Ask(name="countries", want=Want.LINE, is_needed=True, default="us", check=country_list),
    ),
)
