"""Hacker News: stories and comments that mention something (Algolia's search, https://hn.algolia.com/api)."""

from datetime import timedelta

import msgspec
from msgspec import Raw, Struct

from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asked import BACK, begins_at, needed
from emptychair.listen.sources.kept import compact, looked_at, remember
from emptychair.listen.sources.plain_text import plain_text
from emptychair.listen.sources.system import Ask, Errand, Fetched, System, Want

# Most that the search gives at once is a thousand.
_PAGE = 200
# The index lags behind, and a story may be put up again under an older time (their second chance pool).
_OVERLAP = 3600
_TAGS = {"both": "(story,comment)", "stories": "story", "comments": "comment"}


class _Hit(Struct):
    objectID: str  # noqa: N815  # as it is written
    created_at_i: int


class _Page(Struct):
    hits: list[Raw]


_PAGES = msgspec.json.Decoder(_Page)
_HITS = msgspec.json.Decoder(_Hit)


def step(errand: Errand) -> Fetched:
    """What is new, newest first, going down in time until what was seen before.

    The search has pages, but they shift while something is added or taken away; so each look begins at the
    oldest instant of the last one, and what is found twice there is known.
    """
    cursor = errand.cursor
    since = int(cursor.get("since", _beginning(errand)))
    until = cursor.get("until")
    hits = _asked(errand, since, until)
    fresh, seen = remember(cursor.get("seen"), [(hit.objectID, compact(raw)) for hit, raw in hits])
    newest = max([int(cursor.get("newest", 0)), *(hit.created_at_i for hit, _ in hits)])
    if len(hits) == _PAGE:
        oldest = min((hit.created_at_i for hit, _ in hits if hit.created_at_i), default=since)
        # A whole page of one second is left behind, or it would be asked for again and again.
        below = oldest if until is None or oldest < int(until) else oldest - 1
        going_on = {"since": since, "until": below, "newest": newest, "seen": seen}
        return Fetched(items=fresh, is_more=True, cursor=going_on)
    return Fetched(items=fresh, cursor={"since": max(since, newest - _OVERLAP), "seen": seen})


def _beginning(errand: Errand) -> int:
    at = begins_at(errand.setting("back", "30"), errand.now)
    return 0 if at is None else int(at.timestamp())


def _asked(errand: Errand, since: int, until: int | None) -> list[tuple[_Hit, Raw]]:
    filters = [f"created_at_i>{since}"] + ([] if until is None else [f"created_at_i<={until}"])
    params = {
        "query": errand.setting("query"),
        "tags": _TAGS[errand.setting("what", "both")],
        "numericFilters": ",".join(filters),
        "hitsPerPage": str(_PAGE),
        # The words as they stand, or "pour well" is found for "pourwell"; quotes mean what they say.
        "typoTolerance": "false",
        "advancedSyntax": "true",
    }
    url = f"{errand.means.hosts.hacker_news}/api/v1/search_by_date"
    found: _Page = errand.means.outside.ask("GET", url, params=params).decoded(_PAGES)
    return [(looked_at(raw, _HITS, lambda key: _Hit(key, 0)), raw) for raw in found.hits]


class _Item(Struct):
    objectID: str  # noqa: N815
    author: str | None = None
    created_at_i: int | None = None
    title: str | None = None
    url: str | None = None
    story_text: str | None = None
    comment_text: str | None = None
    story_title: str | None = None
    story_url: str | None = None
    story_id: int | None = None
    points: int | None = None
    num_comments: int | None = None


_ITEMS = msgspec.json.Decoder(_Item)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """A story or a comment. Raises Unheard and Unwanted."""
    try:
        item = _ITEMS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    posts.leave_out(batch, item.author)
    is_comment = item.comment_text is not None
    body = plain_text(item.comment_text or item.story_text or "")
    text = body if is_comment else "\n\n".join(part for part in (item.title, body) if part)
    return posts.said(
        batch,
        system="hackernews",
        key=item.objectID,
        name="comment" if is_comment else "post",
        text=text,
        at=instant(item.created_at_i, "created_at_i"),
        person=posts.author("hackernews", item.author),
        channel="hackernews",
        client="Hacker News",
        properties={
            "title": item.title or item.story_title,
            "url": f"https://news.ycombinator.com/item?id={item.objectID}",
            "about": item.url or item.story_url,
            "author": item.author,
            "points": item.points,
            "comments": item.num_comments,
        },
    )


SYSTEM = System(
    key="hacker_news",
    door=Door.HACKER_NEWS,
    step=step,
    every=timedelta(minutes=15),
    asks=(
        Ask(name="query", is_needed=True, check=needed("words to look for"), longest=300),
        Ask(name="what", want=Want.CHOICE, choices=tuple(_TAGS), default="both"),
        Ask(name="back", want=Want.CHOICE, choices=BACK, default="30"),
        Ask(name="leave_out", want=Want.LINES, moves=False),
    ),
)
