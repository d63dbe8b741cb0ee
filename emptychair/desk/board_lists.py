"""Lists of posts with their votes, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Select, Subquery, func, or_, select

from emptychair.desk import board_votes
from emptychair.desk.board_posts import Post, Standing, Status, posts
from emptychair.desk.board_voters import one_person, voters
from emptychair.desk.board_votes import votes
from emptychair.desk.columns import columns, made


class Sort(StrEnum):
    """In which order posts are listed."""

    VOTES = "votes"
    NEWEST = "newest"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A post and how many people voted for it and for those that it speaks for."""

    post: Post
    votes: int


def page(
    tx: Connection,
    *,
    standings: Sequence[Standing] = (Standing.SHOWN,),
    statuses: Sequence[Status] = (),
    search: str = "",
    sort: Sort = Sort.VOTES,
    offset: int = 0,
    limit: int = 50,
) -> list[Listed]:
    """One page of posts that stand by themselves, where they or one that they speak for has `search`."""
    counted = _counted()
    n = func.coalesce(counted.c.n, 0)
    query = select(*columns(posts, Post), n.label("n")).select_from(
        posts.outerjoin(counted, counted.c.root_id == posts.c.id)
    )
    query = query.where(posts.c.merged_into.is_(None), posts.c.standing.in_(standings))
    if statuses:
        query = query.where(posts.c.status.in_(statuses))
    if search:
        query = query.where(posts.c.id.in_(_having(search)))
    order = {
        Sort.VOTES: (n.desc(), posts.c.created_at.desc(), posts.c.id),
        Sort.NEWEST: (posts.c.created_at.desc(), posts.c.id),
        Sort.CHANGED: (posts.c.changed_at.desc(), posts.c.id),
    }[sort]
    found = []
    for row in tx.execute(query.order_by(*order).offset(offset).limit(limit)).mappings():
        post = made(Post, {name: value for name, value in row.items() if name != "n"})  # type: ignore[arg-type]
        found.append(Listed(post=post, votes=row["n"]))
    return found


def one(tx: Connection, post: Post) -> Listed:
    """A post with its votes."""
    return Listed(post=post, votes=board_votes.count(tx, [post.root_id]).get(post.root_id, 0))


def _counted() -> Subquery:
    query = select(posts.c.root_id, func.count(func.distinct(one_person)).label("n")).select_from(
        votes.join(posts, posts.c.id == votes.c.post_id).join(voters, voters.c.id == votes.c.voter_id)
    )
    return query.group_by(posts.c.root_id).subquery("counted")


def _having(search: str) -> Select[tuple[str]]:
    text = search.lower()
    named = [func.lower(column).contains(text, autoescape=True) for column in (posts.c.title, posts.c.words)]
    return select(posts.c.root_id).where(or_(*named))
