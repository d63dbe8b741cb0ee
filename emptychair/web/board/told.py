"""A request as colleagues see it: votes, words behind it, what it is worth, what it speaks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from emptychair.desk import board_lists, board_posts, board_votes
from emptychair.desk.board_lists import Listed
from emptychair.desk.board_posts import Change, Post
from emptychair.listen.board import asking
from emptychair.listen.board.people import Worth, worth
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One request with all that is known of it; `quotes` are those words behind it that are not erased."""

    listed: Listed
    merged: Sequence[Post]
    history: Sequence[Change]
    quotes: Sequence[dict[str, Any]]
    worth: Worth
    behind: int

    def as_data(self, *, with_quotes: bool) -> dict[str, Any]:
        """As JSON; quotes only for those who may read them."""
        post, value = self.listed.post, self.worth
        spent = [{"currency": one.currency or None, "amount": one.amount} for one in value.spent]
        told = {
            "id": post.id,
            "title": post.title,
            "words": post.words,
            "status": post.status,
            "standing": post.standing,
            "merged_into": post.merged_into,
            "votes": self.listed.votes,
            "merged": [one.id for one in self.merged],
            "history": self.history,
            "evidence": self.behind,
            "worth": {
                "people": value.n,
                "known": value.known,
                "missing": value.missing,
                "payers": value.payers,
                "spent_in_365_days": spent,
            },
        }
        return told | ({"quotes": self.quotes} if with_quotes else {})


def told(request: Request, post: Post) -> Told:
    """All that is known of a request."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        listed, merged = board_lists.one(tx, post), board_posts.merged(tx, post.id)
        history, behind = board_posts.history(tx, post.id), board_votes.behind(tx, post.id)
        electorate = board_votes.electorate(tx, post.id)
    ids = [one.signal_id for one in behind]
    quotes = parts.ledger.ask(asking.message(ids)).to_pylist() if ids else []
    return Told(
        listed=listed,
        merged=merged,
        history=history,
        quotes=quotes,
        worth=worth(parts.ledger, electorate, parts.clock()),
        behind=len(ids),
    )


def post_of(request: Request, post_id: str) -> Post:
    """The post with this id. Raises a `Problem` when there is none."""
    with parts_of(request).desk.read() as tx:
        post = board_posts.find(tx, post_id[:40])
    if post is None:
        raise not_found("There is no request with this id.")
    return post
