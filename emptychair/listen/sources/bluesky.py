"""Bluesky: posts that mention something, through the search of the AT Protocol with an app password."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct

from emptychair.channels.outside import Answer, Answered
from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asked import BACK, begins_at, needed, server_address
from emptychair.listen.sources.asking import asked
from emptychair.listen.sources.kept import compact, looked_at, remember
from emptychair.listen.sources.lending import Lent, with_token
from emptychair.listen.sources.system import Ask, Errand, Fetched, System, Want

_PAGE = 100
# The search lags behind, and posts carry the time at which they say that they were written.
_OVERLAP = timedelta(hours=1)
_LOGIN_HINTS = {
    400: "Bluesky does not know this handle.",
    401: "Bluesky does not take this handle with this app password: make a new one under Settings, Privacy "
    "and security, App passwords.",
}
_HINTS = {400: "Bluesky does not understand this search."}


class _Session(Struct):
    accessJwt: str  # noqa: N815  # as it is written


class _Key(Struct):
    uri: str
    indexedAt: str = ""  # noqa: N815


class _Page(Struct):
    posts: list[Raw]
    cursor: str | None = None


_SESSIONS = msgspec.json.Decoder(_Session)
_PAGES = msgspec.json.Decoder(_Page)
_KEYS = msgspec.json.Decoder(_Key)


def step(errand: Errand) -> Fetched:
    """A page of what was written since the last look, newest first, up to the moment at which this one began.

    What comes later does not move the pages, and what is found twice is known.
    """
    cursor = errand.cursor
    since, until = cursor.get("since", _beginning(errand)), cursor.get("until") or _text(errand.now)
    params = {"q": errand.setting("query"), "sort": "latest", "limit": str(_PAGE), "until": until}
    params |= {"since": since} if since else {}
    params |= {"cursor": cursor["page"]} if cursor.get("page") else {}
    answer = _asked(errand, params)
    found: _Page = answer.decoded(_PAGES)
    keys = [looked_at(raw, _KEYS, lambda key: _Key(key)) for raw in found.posts]
    items = [(key.uri, compact(raw)) for key, raw in zip(keys, found.posts, strict=True)]
    fresh, seen = remember(cursor.get("seen"), reversed(items))
    if found.cursor and found.posts:
        page = {"since": since, "until": until, "page": found.cursor, "seen": seen}
        return Fetched(items=fresh, cursor=page, is_more=True, wait=_wait(answer, errand.now))
    begun_at = datetime.fromisoformat(until)
    return Fetched(items=fresh, cursor={"since": _text(begun_at - _OVERLAP), "seen": seen})


def _asked(errand: Errand, params: dict[str, str]) -> Answer:
    url = f"{errand.setting('server', _SERVER)}/xrpc/app.bsky.feed.searchPosts"

    def ask(token: str) -> Answer:
        headers = {"authorization": f"Bearer {token}"}
        return errand.means.outside.ask("GET", url, params=params, headers=headers)

    return with_token(errand, _login, ask, hints=_HINTS, is_over=_is_over)


def _login(errand: Errand) -> Lent:
    url = f"{errand.setting('server', _SERVER)}/xrpc/com.atproto.server.createSession"
    told = {"identifier": errand.setting("handle"), "password": errand.secrets["password"]}
    session: _Session = asked(errand, "POST", url, json=told, hints=_LOGIN_HINTS).decoded(_SESSIONS)
    # A session works for some two hours; it is renewed when it is refused.
    return Lent(session.accessJwt, timedelta(hours=2))


def _is_over(refusal: Answered) -> bool:
    return refusal.status == 401 or (refusal.status == 400 and b"ExpiredToken" in refusal.body)


def _wait(answer: Answer, now: datetime) -> timedelta | None:
    try:
        if int(answer.headers.get("ratelimit-remaining", "1")) > 0:
            return None
        renewed_at = datetime.fromtimestamp(int(answer.headers["ratelimit-reset"]), UTC)
        return min(max(renewed_at - now, timedelta(seconds=1)), timedelta(hours=1))
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def _beginning(errand: Errand) -> str | None:
    at = begins_at(errand.setting("back", "30"), errand.now)
    return None if at is None else _text(at)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Author(Struct):
    did: str
    handle: str = ""
    displayName: str | None = None  # noqa: N815


class _Record(Struct):
    text: str = ""
    createdAt: str | None = None  # noqa: N815
    langs: list[str] | None = None
    reply: Any = None


class _Post(Struct):
    uri: str
    author: _Author
    record: _Record
    indexedAt: str | None = None  # noqa: N815
    likeCount: int | None = None  # noqa: N815
    replyCount: int | None = None  # noqa: N815


_POSTS = msgspec.json.Decoder(_Post)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """A post. Raises Unheard and Unwanted."""
    try:
        post = _POSTS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    posts.leave_out(batch, post.author.handle, post.author.did)
    return posts.said(
        batch,
        system="bluesky",
        key=post.uri,
        name="reply" if post.record.reply else "post",
        text=post.record.text,
        at=_written_at(post),
        # A handle may change hands; the id stays.
        person=posts.author("bluesky", post.author.did),
        channel="bluesky",
        client="Bluesky",
        properties={
            "url": f"https://bsky.app/profile/{post.author.did}/post/{post.uri.rpartition('/')[2]}",
            "handle": post.author.handle,
            "author": post.author.displayName,
            "languages": post.record.langs,
            "likes": post.likeCount,
            "replies": post.replyCount,
        },
    )


def _written_at(post: _Post) -> datetime | None:
    """The earlier of when a post says it was written and when it was seen, as the search sorts them."""
    told = instant(post.record.createdAt, "createdAt")
    seen = instant(post.indexedAt, "indexedAt")
    return min((at for at in (told, seen) if at is not None), default=None)


_SERVER = "https://bsky.social"

SYSTEM = System(
    key="bluesky",
    door=Door.BLUESKY,
    step=step,
    every=timedelta(minutes=15),
    asks=(
        Ask(name="query", is_needed=True, check=needed("words to look for"), longest=300),
        Ask(name="handle", is_needed=True, check=lambda text: text.lstrip("@").lower()),
        Ask(name="password", want=Want.SECRET, is_needed=True),
        Ask(name="server", default=_SERVER, check=server_address),
        Ask(name="back", want=Want.CHOICE, choices=BACK, default="30"),
        Ask(name="leave_out", want=Want.LINES, moves=False),
    ),
)
