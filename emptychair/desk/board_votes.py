"""Votes of the board, and the words of customers behind them; counted once for each person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, PrimaryKeyConstraint, Table, delete, func, select

from emptychair.desk import board_deeds
from emptychair.desk.adding import added
from emptychair.desk.board_deeds import Deed
from emptychair.desk.board_posts import posts
from emptychair.desk.board_voters import Voter, one_person, voters
from emptychair.desk.columns import METADATA, Instant, Words, columns, made
from emptychair.desk.ids import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A signal behind a post: somebody's words, for which a colleague (`by`) voted on their behalf.

    Only its id is kept here. The words stay in the ledger, and are gone here when they are erased there.
    """

    post_id: str
    signal_id: str
    voter_id: str
    by: str
    at: datetime


votes = Table(
    "board_votes",
    METADATA,
    Column("post_id", Id, nullable=False),
    Column("voter_id", Id, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("post_id", "voter_id"),
    Index(None, "voter_id"),
)
evidence = Table(
    "board_evidence",
    METADATA,
    Column("post_id", Id, nullable=False),
    Column("signal_id", Words(500), nullable=False),
    Column("voter_id", Id, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("post_id", "signal_id"),
    Index(None, "signal_id"),
)


def cast(tx: Connection, post_id: str, voter: Voter, *, by: str, now: datetime) -> bool:
    """True when this voter had not voted for this post."""
    row = {"post_id": post_id, "voter_id": voter.id, "by": by, "at": now}
    if not added(tx, votes, row):
        return False
    board_deeds.write(tx, Deed.VOTED, post_id, voter.id, by=by, now=now)
    return True


def withdraw(tx: Connection, root_id: str, voter: Voter, *, by: str, now: datetime) -> bool:
    """True when this person had voted for this post, or for one that it speaks for, and does not any more."""
    mine = [one for one in _of_who(tx, root_id, voter.who) if _drop(tx, *one)]
    for post_id, voter_id in mine:
        board_deeds.write(tx, Deed.UNVOTED, post_id, voter_id, by=by, now=now)
    return bool(mine)


def cast_for(tx: Connection, post_id: str, signal_id: str, voter: Voter, *, by: str, now: datetime) -> bool:
    """Vote on behalf of who said this; True when the words were not behind this post before."""
    row = {"post_id": post_id, "signal_id": signal_id, "voter_id": voter.id, "by": by, "at": now}
    if not added(tx, evidence, row):
        return False
    cast(tx, post_id, voter, by=by, now=now)
    return True


def drop_evidence(tx: Connection, root_id: str, signal_id: str, *, by: str, now: datetime) -> bool:
    """Take words from behind a post, and with them the vote that was cast for them, if nothing else is."""
    found = [one for one in behind(tx, root_id) if one.signal_id == signal_id]
    for one in found:
        same = (evidence.c.post_id == one.post_id) & (evidence.c.signal_id == signal_id)
        tx.execute(delete(evidence).where(same))
        left = (evidence.c.post_id == one.post_id) & (evidence.c.voter_id == one.voter_id)
        has_more = tx.execute(select(evidence.c.signal_id).where(left).limit(1)).first() is not None
        own = (votes.c.post_id == one.post_id) & (votes.c.voter_id == one.voter_id)
        was_on_behalf = own & (votes.c.by != one.voter_id)
        if not has_more and tx.execute(delete(votes).where(was_on_behalf)).rowcount:
            board_deeds.write(tx, Deed.UNVOTED, one.post_id, one.voter_id, by=by, now=now)
    return bool(found)


def behind(tx: Connection, root_id: str) -> list[Evidence]:
    """The words behind a post and the ones that it speaks for, newest first."""
    query = select(*columns(evidence, Evidence)).join(posts, posts.c.id == evidence.c.post_id)
    query = query.where(posts.c.root_id == root_id).order_by(evidence.c.at.desc(), evidence.c.signal_id)
    return [made(Evidence, row) for row in tx.execute(query).mappings()]


def used(tx: Connection, signal_ids: Collection[str]) -> Mapping[str, str]:
    """Of these signals those that are behind a post, and the post that speaks for it."""
    query = select(evidence.c.signal_id, posts.c.root_id).join(posts, posts.c.id == evidence.c.post_id)
    rows = tx.execute(query.where(evidence.c.signal_id.in_(signal_ids)))
    return {row[0]: row[1] for row in rows}


def count(tx: Connection, root_ids: Collection[str]) -> Mapping[str, int]:
    """How many people voted for each, once for posts that are one; only those with votes."""
    query = select(posts.c.root_id, func.count(func.distinct(one_person))).select_from(
        votes.join(posts, posts.c.id == votes.c.post_id).join(voters, voters.c.id == votes.c.voter_id)
    )
    rows = tx.execute(query.where(posts.c.root_id.in_(root_ids)).group_by(posts.c.root_id))
    return {row[0]: row[1] for row in rows}


def cast_by(tx: Connection, who: str, root_ids: Collection[str]) -> frozenset[str]:
    """For which of these posts this person voted."""
    query = select(posts.c.root_id).select_from(
        votes.join(posts, posts.c.id == votes.c.post_id).join(voters, voters.c.id == votes.c.voter_id)
    )
    return frozenset(tx.execute(query.where(posts.c.root_id.in_(root_ids), one_person == who)).scalars())


def electorate(tx: Connection, root_id: str) -> list[Voter]:
    """Everybody who voted for a post or for one that it speaks for, in the order of their ids."""
    mine = select(votes.c.voter_id).join(posts, posts.c.id == votes.c.post_id)
    mine = mine.where(posts.c.root_id == root_id)
    query = select(*columns(voters, Voter)).where(voters.c.id.in_(mine)).order_by(voters.c.id)
    return [made(Voter, row) for row in tx.execute(query).mappings()]


def asked_for(tx: Connection, root_id: str) -> Mapping[str, set[str]]:
    """For each person (`Voter.who`) the posts that they voted for, of this one and those it speaks for."""
    query = select(one_person, votes.c.post_id).select_from(
        votes.join(posts, posts.c.id == votes.c.post_id).join(voters, voters.c.id == votes.c.voter_id)
    )
    found: dict[str, set[str]] = {}
    for who, post_id in tx.execute(query.where(posts.c.root_id == root_id)):
        found.setdefault(who, set()).add(post_id)
    return found


def _of_who(tx: Connection, root_id: str, who: str) -> list[tuple[str, str]]:
    query = select(votes.c.post_id, votes.c.voter_id).select_from(
        votes.join(posts, posts.c.id == votes.c.post_id).join(voters, voters.c.id == votes.c.voter_id)
    )
    rows = tx.execute(query.where(posts.c.root_id == root_id, one_person == who))
    return [(row[0], row[1]) for row in rows]


def _drop(tx: Connection, post_id: str, voter_id: str) -> bool:
    own = (votes.c.post_id == post_id) & (votes.c.voter_id == voter_id)
    return tx.execute(delete(votes).where(own)).rowcount == 1
