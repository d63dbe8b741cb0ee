"""Mastodon: posts with a hashtag, or those that mention an account (https://docs.joinmastodon.org/methods/)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Raw, Struct

from emptychair.channels.outside import Answer
from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asked import BACK, begins_at, server_address
from emptychair.listen.sources.asking import asked
from emptychair.listen.sources.kept import compact, looked_at, remember
from emptychair.listen.sources.plain_text import plain_text
from emptychair.listen.sources.system import Ask, Errand, Fetched, System, Want

_PAGE = 40
# Posts of other servers come late, under the time at which they were written.
_OVERLAP = timedelta(hours=2)
_HINTS = {
    401: "The server shows this to signed-in accounts only: give an access token with the right read.",
    403: "The access token does not have the right read (read:statuses, read:notifications).",
    404: "The server has no such timeline: is it a Mastodon server?",
    422: "The server shows this to signed-in accounts only: give an access token with the right read.",
}


class _Status(Struct):
    id: str


class _Notification(Struct):
    id: str
    status: Raw = Raw(b"null")


_LISTS = msgspec.json.Decoder(list[Raw])
_STATUSES = msgspec.json.Decoder(_Status)
_NOTIFICATIONS = msgspec.json.Decoder(_Notification)


def step(errand: Errand) -> Fetched:
    """A page of posts, going forward in time; a hashtag after the other."""
    return _mentions(errand) if errand.setting("what") == "mentions" else _tagged(errand)


def _tagged(errand: Errand) -> Fetched:
    """Posts with one of the hashtags. Their ids say when they were written: a look can begin earlier."""
    tags = errand.names("hashtags")
    at = min(int(errand.cursor.get("at", 0)), len(tags) - 1)
    tag = tags[at].lstrip("#").lower()
    newest: Mapping[str, str] = errand.cursor.get("newest") or {}
    behind = str(errand.cursor.get("behind") or _overlapped(newest.get(tag)) or _first(errand))
    answer = _asked(errand, f"/api/v1/timelines/tag/{quote(tag, safe='')}", {"min_id": behind})
    found = [(_id(raw), _told(errand, raw)) for raw in answer.decoded(_LISTS)]
    fresh, seen = remember(errand.cursor.get("seen"), sorted(found, key=lambda each: _number(each[0])))
    furthest = str(max([_number(behind), *(_number(key) for key, _ in found)]))
    going_on: dict[str, Any] = {"seen": seen, "newest": {**newest, tag: furthest}}
    wait = _wait(answer, errand.now)
    if len(found) >= _PAGE and furthest != behind:
        return Fetched(items=fresh, cursor=going_on | {"at": at, "behind": furthest}, is_more=True, wait=wait)
    if at + 1 < len(tags):
        return Fetched(items=fresh, cursor=going_on | {"at": at + 1}, is_more=True, wait=wait)
    return Fetched(items=fresh, cursor=going_on)


def _mentions(errand: Errand) -> Fetched:
    """Posts that mention the token's account, by the order in which its server heard of them."""
    behind = str(errand.cursor.get("behind", "0"))
    answer = _asked(errand, "/api/v1/notifications", {"min_id": behind, "types[]": "mention"})
    found = [looked_at(raw, _NOTIFICATIONS, lambda key: _Notification(key)) for raw in answer.decoded(_LISTS)]
    items = [_told(errand, each.status) for each in reversed(found) if bytes(each.status) != b"null"]
    furthest = str(max([_number(behind), *(_number(each.id) for each in found)]))
    is_more = len(found) >= _PAGE and furthest != behind
    wait = _wait(answer, errand.now) if is_more else None
    return Fetched(items=items, cursor={"behind": furthest}, is_more=is_more, wait=wait)


def _asked(errand: Errand, path: str, params: dict[str, str]) -> Answer:
    token = errand.secrets.get("token")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    url = errand.setting("server") + path
    return asked(errand, "GET", url, params={"limit": str(_PAGE), **params}, headers=headers, hints=_HINTS)


def _wait(answer: Answer, now: datetime) -> timedelta | None:
    """How long to wait when this was the last request that the server allows for now."""
    try:
        if int(answer.headers.get("x-ratelimit-remaining", "1")) > 0:
            return None
        renewed_at = datetime.fromisoformat(answer.headers["x-ratelimit-reset"])
        return min(max(renewed_at - now, timedelta(seconds=1)), timedelta(hours=1))
    except (KeyError, ValueError, TypeError):
        return None


def _first(errand: Errand) -> str:
    """The id that a post of the beginning would have: milliseconds since 1970 and 16 bits."""
    at = begins_at(errand.setting("back", "30"), errand.now)
    return "0" if at is None else str(int(at.timestamp() * 1000) << 16)


def _overlapped(newest: str | None) -> str | None:
    if newest is None:
        return None
    return str(max(0, int(newest) - (int(_OVERLAP.total_seconds() * 1000) << 16)))


def _id(raw: Raw) -> str:
    return looked_at(raw, _STATUSES, lambda key: _Status(key)).id


def _number(key: str) -> int:
    return int(key) if key.isascii() and key.isdigit() and len(key) < 30 else 0


def _told(errand: Errand, raw: Raw) -> bytes:
    server = urlsplit(errand.setting("server")).hostname
    what = "mention" if errand.setting("what") == "mentions" else "post"
    return compact(msgspec.json.encode({"server": server, "what": what, "status": raw}))


class _Account(Struct):
    acct: str
    display_name: str | None = None
    followers_count: int | None = None
    bot: bool | None = None


class _Tag(Struct):
    name: str


class _Post(Struct):
    id: str
    account: _Account
    content: str = ""
    spoiler_text: str | None = None
    uri: str | None = None
    url: str | None = None
    created_at: str | None = None
    visibility: str | None = None
    language: str | None = None
    tags: list[_Tag] = []


class _Item(Struct):
    server: str
    what: str
    status: _Post


_ITEMS = msgspec.json.Decoder(_Item)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """A post. Raises Unheard and Unwanted."""
    try:
        item = _ITEMS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    post, account = item.status, item.status.account
    handle = account.acct if "@" in account.acct else f"{account.acct}@{item.server}"
    posts.leave_out(batch, account.acct, handle)
    parts = (post.spoiler_text or "", plain_text(post.content))
    return posts.said(
        batch,
        system="mastodon",
        # The same post has an id of its own on every server, and one address everywhere.
        key=post.uri or f"{item.server}/{post.id}",
        name=item.what if item.what == "mention" else "post",
        text="\n\n".join(part for part in parts if part),
        at=instant(post.created_at, "created_at"),
        person=posts.author("mastodon", handle),
        channel="mastodon",
        client="Mastodon",
        properties={
            "url": post.url or post.uri,
            "author": account.display_name,
            "followers": account.followers_count,
            "is_robot": account.bot or None,
            "visibility": post.visibility,
            "language": post.language,
            "tags": [tag.name for tag in post.tags[:20]],
        },
    )


def _hashtags(text: str) -> str:
    tags = [part.strip().lstrip("#") for part in text.replace("\n", ",").split(",") if part.strip()]
    if len(tags) > 20 or any(not tag or " " in tag or "/" in tag for tag in tags):
        raise ValueError("expected hashtags with commas between them, at most 20")
    return ", ".join(dict.fromkeys(tags))


def _faults(settings: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    if settings.get("what") != "mentions" and not settings.get("hashtags"):
        return {"hashtags": "Name at least one hashtag."}
    return {}


SYSTEM = System(
    key="mastodon",
    door=Door.MASTODON,
    step=step,
    every=timedelta(minutes=15),
    faults=_faults,
    asks=(
        Ask(name="server", is_needed=True, check=server_address),
        Ask(name="what", want=Want.CHOICE, choices=("hashtags", "mentions"), default="hashtags"),
        Ask(name="hashtags", check=_hashtags),
        Ask(name="token", want=Want.SECRET),
        Ask(name="back", want=Want.CHOICE, choices=BACK, default="30"),
        Ask(name="leave_out", want=Want.LINES, moves=False),
    ),
)
