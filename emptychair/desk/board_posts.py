"""Posts of the board: what people ask for, where it stands, and which posts are one and the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Connection, Index, Table, Text, func, select, update

from emptychair.desk import turns
from emptychair.desk.columns import METADATA, Choice, Instant, RowNumber, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused

LONGEST_TITLE, LONGEST_WORDS = 140, 5_000


class Status(StrEnum):
    """How far what is asked for has come."""

    OPEN = "open"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    SHIPPED = "shipped"
    DECLINED = "declined"


class Standing(StrEnum):
    """Whether others see a post: not before it was looked at, nor after it was hidden."""

    PENDING = "pending"
    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post. `by` is a voter's id, or a user's who wrote it down.

    `merged_into` is the post that says the same, None for one that stands by itself; `root_id` the post at
    the end of that way, or itself. Votes stay with the post that they were cast for.
    """

    id: str
    title: str
    words: str
    status: Status
    standing: Standing
    by: str
    merged_into: str | None
    root_id: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a post's status, with what was said about it."""

    post_id: str
    before: Status
    after: Status
    note: str
    by: str
    at: datetime


posts = Table(
    "board_posts",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("title", Words(LONGEST_TITLE), nullable=False),
    Column("words", Text, nullable=False),
    Column("status", Choice(Status), nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("by", Id, nullable=False),
    Column("merged_into", Id),
    Column("root_id", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "standing", "status"),
    Index(None, "root_id"),
    Index(None, "by", "created_at"),
)
changes = Table(
    "board_changes",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("post_id", Id, nullable=False),
    Column("before", Choice(Status), nullable=False),
    Column("after", Choice(Status), nullable=False),
    Column("note", Words(500), nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "post_id"),
    sqlite_autoincrement=True,
)


def create(tx: Connection, title: str, words: str, *, standing: Standing, by: str, now: datetime) -> Post:
    """The post that is there from now on, open. Raises `Refused` for what is no title, or too long."""
    post_id = new_id("pst")
    row: dict[str, object] = {"id": post_id, "root_id": post_id, "by": by, "standing": standing}
    row |= {"title": _title(title), "words": _words(words), "status": Status.OPEN}
    tx.execute(posts.insert().values(**row, created_at=now, changed_at=now))
    return _the(tx, post_id)


def find(tx: Connection, post_id: str) -> Post | None:
    """The post with this id, or None."""
    row = tx.execute(select(*columns(posts, Post)).where(posts.c.id == post_id)).mappings().first()
    return None if row is None else made(Post, row)


def edit(tx: Connection, post_id: str, title: str, words: str, now: datetime) -> bool:
    """True when the post says something else now."""
    values = {"title": _title(title), "words": _words(words)}
    before = find(tx, post_id)
    if before is None or (before.title, before.words) == (values["title"], values["words"]):
        return False
    tx.execute(update(posts).where(posts.c.id == post_id).values(**values, changed_at=now))
    return True


def stand(tx: Connection, post_id: str, standing: Standing, now: datetime) -> bool:
    """True when it is shown, or hidden, from now on and was not before."""
    other = (posts.c.id == post_id) & (posts.c.standing != standing)
    return tx.execute(update(posts).where(other).values(standing=standing, changed_at=now)).rowcount == 1


def move(tx: Connection, post_id: str, status: Status, note: str, *, by: str, now: datetime) -> bool:
    """True when it has another status from now on; the change is kept with its note."""
    before = find(tx, post_id)
    note = whole(note.strip(), 500)
    if before is None or before.status is status:
        return False
    same = (posts.c.id == post_id) & (posts.c.status == before.status)
    if tx.execute(update(posts).where(same).values(status=status, changed_at=now)).rowcount != 1:
        return False
    row = {"post_id": post_id, "before": before.status, "after": status, "note": note, "by": by, "at": now}
    tx.execute(changes.insert().values(**row))
    return True


def history(tx: Connection, post_id: str) -> list[Change]:
    """Every change of its status, newest first."""
    query = select(*columns(changes, Change)).where(changes.c.post_id == post_id)
    return [made(Change, row) for row in tx.execute(query.order_by(changes.c.id.desc())).mappings()]


def merge(tx: Connection, post_id: str, into_id: str, now: datetime) -> Post | None:
    """The post that speaks for both from now on; None when they are one already, or one is not there.

    Nothing is moved: votes, words and status stay with the duplicate, and come back when it is undone.
    """
    turns.take(tx, ["board"])
    post, into = find(tx, post_id), find(tx, into_id)
    if post is None or into is None or post.merged_into is not None or into.root_id == post.id:
        return None
    tx.execute(update(posts).where(posts.c.root_id == post.id).values(root_id=into.root_id))
    tx.execute(update(posts).where(posts.c.id == post.id).values(merged_into=into.root_id, changed_at=now))
    return _the(tx, into.root_id)


def unmerge(tx: Connection, post_id: str, now: datetime) -> bool:
    """True when it stands by itself again, with the posts that had been merged into it."""
    turns.take(tx, ["board"])
    post = find(tx, post_id)
    if post is None or post.merged_into is None:
        return False
    query = select(posts.c.id, posts.c.merged_into).where(posts.c.root_id == post.root_id)
    own = _below(post.id, {row.id: row.merged_into for row in tx.execute(query)})
    tx.execute(update(posts).where(posts.c.id.in_(own)).values(root_id=post.id))
    tx.execute(update(posts).where(posts.c.id == post.id).values(merged_into=None, changed_at=now))
    return True


def merged(tx: Connection, root_id: str) -> list[Post]:
    """The posts that this one speaks for besides itself, oldest first."""
    query = select(*columns(posts, Post)).where(posts.c.root_id == root_id, posts.c.id != root_id)
    return [made(Post, row) for row in tx.execute(query.order_by(posts.c.created_at, posts.c.id)).mappings()]


def counts(tx: Connection) -> Mapping[tuple[Standing, Status], int]:
    """How many posts that stand by themselves are where."""
    query = select(posts.c.standing, posts.c.status, func.count()).where(posts.c.merged_into.is_(None))
    rows = tx.execute(query.group_by(posts.c.standing, posts.c.status))
    return {(row[0], row[1]): row[2] for row in rows}


def written_since(tx: Connection, by: str, since: datetime) -> int:
    """How many posts somebody wrote since then."""
    query = select(func.count()).select_from(posts).where(posts.c.by == by, posts.c.created_at > since)
    return int(tx.execute(query).scalar_one())


def _below(post_id: str, parents: Mapping[str, str | None]) -> set[str]:
    own = {post_id}
    while more := {one for one, parent in parents.items() if parent in own} - own:
        own |= more
    return own


def _the(tx: Connection, post_id: str) -> Post:
    post = find(tx, post_id)
    if post is None:
        raise RuntimeError(f"the post {post_id} is gone while it is written")
    return post


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused(Reason.NAME_IS_EMPTY, "say in a few words what is asked for")
    return whole(title, LONGEST_TITLE)


def _words(words: str) -> str:
    return whole(words.replace("\r\n", "\n").strip(), LONGEST_WORDS)
