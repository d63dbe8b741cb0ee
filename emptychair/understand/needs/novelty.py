"""Whether a need is on the board already: posts that are like it, and how far what they ask for has come."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from emptychair.desk import board_lists
from emptychair.desk.board_lists import Listed
from emptychair.desk.board_posts import Standing
from emptychair.understand.needs.phrases import Embed

# The cosine from which a post is shown as like a need, with the small vectors of words; without them, the
# share of words.
ALIKE, SHARED = 0.55, 0.34
MOST_POSTS, SHOWN = 2_000, 5
_WORD = re.compile(r"\w{3,}")
_EMPTY = frozenset(
    {
        "the", "and", "for", "you", "your", "with", "that", "this", "are", "was", "can", "could", "would",
        "should", "have", "has", "not", "but", "all", "any", "from", "our", "what", "when", "where", "how",
        "want", "need", "like", "please", "add", "get", "more", "there", "they", "them", "than", "then",
        "too", "very", "just", "also", "will", "been", "into", "about",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A post that is like a need, and how much (0 to 1)."""

    listed: Listed
    likeness: float


def similar(tx: Connection, texts: Sequence[str], embed: Embed | None) -> list[Similar]:
    """The posts that are most like any of these texts (the need in several wordings); none: it is new."""
    posts = board_lists.page(tx, standings=(Standing.SHOWN, Standing.PENDING), limit=MOST_POSTS)
    told = [text for text in texts if text.strip()]
    if not posts or not told:
        return []
    titles, wholes = (
        [one.post.title for one in posts],
        [f"{one.post.title} {one.post.words}" for one in posts],
    )
    if embed is None:
        likeness = [max(_shared(text, whole) for text in told) for whole in wholes]
        least = SHARED
    else:
        own = embed(told)
        near = [own @ embed(column).T for column in (titles, wholes)]
        likeness = [float(max(one[:, n].max() for one in near)) for n in range(len(posts))]
        least = ALIKE
    found = [
        Similar(listed=one, likeness=min(1.0, value))
        for one, value in zip(posts, likeness, strict=True)
        if value >= least
    ]
    return sorted(found, key=lambda one: -one.likeness)[:SHOWN]


def _shared(text: str, whole: str) -> float:
    """The share of the words of a text that stand in the other one, beginnings of five letters alike."""
    own, other = _words(text), _words(whole)
    return len(own & other) / len(own) if own else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(one[:5] for one in _WORD.findall(text.casefold()) if one not in _EMPTY)
