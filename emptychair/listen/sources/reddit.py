"""Reddit: posts that mention something, through its search with an app of one's own (OAuth)."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Raw, Struct

from emptychair.channels.outside import Answer
from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asked import BACK, begins_at, needed
from emptychair.listen.sources.asking import asked, wait_of
from emptychair.listen.sources.kept import compact, looked_at, remember
from emptychair.listen.sources.lending import Lent, with_token
from emptychair.listen.sources.system import Ask, Errand, Fetched, System, Want

_PAGE = 100
# The search finds a post some minutes after it was written.
_OVERLAP = 3600
_LOGIN_HINTS = {
    400: "Reddit does not take the app's id and secret.",
    401: "Reddit does not take the app's id and secret: look at reddit.com/prefs/apps.",
}
_HINTS = {
    403: "Reddit does not show this to the app: is a subreddit private?",
    404: "Reddit has no such subreddit.",
}
_NOBODY = {"[deleted]", "[removed]"}


class _Lent(Struct):
    access_token: str
    expires_in: int = 3600


class _Key(Struct):
    name: str
    created_utc: float


class _Child(Struct):
    data: Raw


class _Listing(Struct):
    children: list[_Child]
    after: str | None = None


class _Page(Struct):
    data: _Listing


_TOKENS = msgspec.json.Decoder(_Lent)
_PAGES = msgspec.json.Decoder(_Page)
_KEYS = msgspec.json.Decoder(_Key)


def step(errand: Errand) -> Fetched:
    """A page of posts, newest first, until those that were there at the last look.

    A page begins behind a post, so that new ones in front do not move it.
    """
    cursor = errand.cursor
    since = float(cursor.get("since", _beginning(errand)))
    params = {"q": errand.setting("query"), "sort": "new", "t": "all", "limit": str(_PAGE), "type": "link"}
    params |= {"raw_json": "1", "restrict_sr": "1" if errand.names("subreddits") else "0"}
    params |= {"after": cursor["after"]} if cursor.get("after") else {}
    answer = _asked(errand, params)
    listing = answer.decoded(_PAGES).data
    found = [
        (looked_at(each.data, _KEYS, lambda key: _Key(key, since + 1)), each.data)
        for each in listing.children
    ]
    wanted = [(key.name, compact(raw)) for key, raw in found if key.created_utc > since]
    fresh, seen = remember(cursor.get("seen"), reversed(wanted))
    newest = max([float(cursor.get("newest", 0)), *(key.created_utc for key, _ in found)])
    is_past = any(key.created_utc <= since for key, _ in found)
    if listing.after and found and not is_past:
        going_on: dict[str, Any] = {"since": since, "after": listing.after, "newest": newest, "seen": seen}
        wait = wait_of(answer.headers.get("x-ratelimit-remaining"), answer.headers.get("x-ratelimit-reset"))
        return Fetched(items=fresh, cursor=going_on, is_more=True, wait=wait)
    return Fetched(items=fresh, cursor={"since": max(since, newest - _OVERLAP), "seen": seen})


def _asked(errand: Errand, params: dict[str, str]) -> Answer:
    places = "+".join(quote(name.removeprefix("r/"), safe="") for name in errand.names("subreddits"))
    url = f"{errand.means.hosts.reddit}{f'/r/{places}' if places else ''}/search"

    def ask(token: str) -> Answer:
        headers = {"authorization": f"Bearer {token}"}
        return errand.means.outside.ask("GET", url, params=params, headers=headers)

    return with_token(errand, _login, ask, hints=_HINTS)


def _login(errand: Errand) -> Lent:
    lent: _Lent = asked(
        errand,
        "POST",
        errand.means.hosts.reddit_tokens,
        form={"grant_type": "client_credentials"},
        auth=(errand.setting("client_id"), errand.secrets["client_secret"]),
        hints=_LOGIN_HINTS,
    ).decoded(_TOKENS)
    return Lent(lent.access_token, timedelta(seconds=lent.expires_in))


def _beginning(errand: Errand) -> float:
    at = begins_at(errand.setting("back", "30"), errand.now)
    return 0 if at is None else at.timestamp()


class _Post(Struct):
    name: str
    title: str = ""
    selftext: str | None = None
    author: str | None = None
    created_utc: float | None = None
    permalink: str | None = None
    url: str | None = None
    subreddit: str | None = None
    score: int | None = None
    num_comments: int | None = None
    over_18: bool | None = None


_POSTS = msgspec.json.Decoder(_Post)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """A post. Raises Unheard and Unwanted."""
    try:
        post = _POSTS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    posts.leave_out(batch, post.author)
    body = (post.selftext or "").strip()
    parts = (post.title.strip(), "" if body in _NOBODY else body)
    return posts.said(
        batch,
        system="reddit",
        key=post.name,
        name="post",
        text="\n\n".join(part for part in parts if part),
        at=instant(post.created_utc, "created_utc"),
        person=None if post.author in _NOBODY else posts.author("reddit", post.author),
        channel="reddit",
        client="Reddit",
        properties={
            "title": post.title,
            "url": f"https://www.reddit.com{post.permalink}" if post.permalink else post.url,
            "about": post.url,
            "subreddit": post.subreddit,
            "author": post.author,
            "points": post.score,
            "comments": post.num_comments,
            "over_18": post.over_18 or None,
        },
    )


def _subreddits(text: str) -> str:
    names = [part.strip().removeprefix("/").removeprefix("r/") for part in text.replace("\n", ",").split(",")]
    found = [name for name in dict.fromkeys(names) if name]
    if len(found) > 50 or any(not name.replace("_", "").isalnum() or not name.isascii() for name in found):
        raise ValueError("expected names of subreddits with commas between them, at most 50")
    return ", ".join(found)


SYSTEM = System(
    key="reddit",
    door=Door.REDDIT,
    step=step,
    every=timedelta(minutes=15),
    asks=(
        Ask(name="query", is_needed=True, check=needed("words to look for"), longest=500),
        Ask(name="subreddits", check=_subreddits),
        Ask(name="client_id", is_needed=True),
        Ask(name="client_secret", want=Want.SECRET, is_needed=True),
        Ask(name="back", want=Want.CHOICE, choices=BACK, default="30"),
        Ask(name="leave_out", want=Want.LINES, moves=False),
    ),
)
