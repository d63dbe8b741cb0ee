"""You asked, we did: those who asked for something are told once that it is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from emptychair.channels.email.blocks import Button, Heading, Letter, Prose
from emptychair.channels.email.letters import put
from emptychair.channels.templates import filled
from emptychair.desk import board_posts, board_told, board_votes, settings
from emptychair.desk.board_posts import Post, Status
from emptychair.desk.board_settings import BOARD, BoardAccess
from emptychair.desk.board_voters import Voter
from emptychair.desk.desk import Desk
from emptychair.desk.settings import COMPANY_NAME
from emptychair.domain.contact import Channel, Contact, Purpose, What
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board.people import Reach, reach_of

BATCH = 100
USUAL = "You asked for “{{ title }}”. It is there now.\n\nThank you for telling us."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One who asked and is to be told: a voter, and how they are reached."""

    voter: Voter
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Audiences:
    """Who would be told of a post (`readers`), how many were told already, how many have no address."""

    readers: Sequence[Reader]
    told: int
    without_address: int


def audience_of(desk: Desk, ledger: Ledger, post: Post) -> Audiences:
    """Everybody who voted, sorted by whether they can be told; one person once."""
    with desk.read() as tx:
        electorate = board_votes.electorate(tx, post.id)
        told = board_told.people(tx, _ids(tx, post))
    by_who: dict[str, Voter] = {}
    for voter in electorate:
        # Of two voters who are one person the one with an address of their own.
        if voter.who not in by_who or voter.address is not None:
            by_who[voter.who] = voter
    asked = [voter for who, voter in by_who.items() if who not in told]
    reach = reach_of(ledger, sorted({voter.person for voter in asked if voter.person is not None}))
    readers = [Reader(voter=voter, reach=_reached(voter, reach)) for voter in asked]
    fit = [reader for reader in readers if reader.reach.address is not None]
    return Audiences(readers=fit, told=len(by_who) - len(asked), without_address=len(readers) - len(fit))


def letter(tx: Connection, post: Post, words: str, base_url: str) -> Letter:
    """The letter as its readers get it. Raises `TemplateRefused` for words that cannot be understood."""
    text = filled(words, {"title": post.title, "company": settings.get(tx, COMPANY_NAME)})
    button = [Button("See it on the board", f"{base_url}/board/{post.id}")]
    return Letter(
        title=f"You asked, we did: {post.title}",
        preview=post.title,
        sender=settings.get(tx, COMPANY_NAME) or "Empty Chair",
        blocks=[
            Heading("You asked, we did"),
            Prose(text),
            *(button if settings.get(tx, BOARD) is BoardAccess.PUBLIC else []),
        ],
        foot=["You get this because you asked for it, or somebody wrote it down for you."],
    )


def tell(
    desk: Desk,
    ledger: Ledger,
    post: Post,
    words: str,
    *,
    base_url: str,
    by: str,
    clock: Callable[[], datetime],
) -> int:
    """Put the letter to everybody who is to be told into the outbox; how many.

    Once for each person and post, for ever: killed anywhere it can be asked for again. Whether they may be
    written to is asked when it is sent. Raises `TemplateRefused`.
    """
    told, readers = 0, audience_of(desk, ledger, post).readers
    for start in range(0, len(readers), BATCH):
        with desk.begin() as tx:
            current = board_posts.find(tx, post.id)
            if current is None or current.status is not Status.SHIPPED:
                break
            already, asked = board_told.people(tx, _ids(tx, current)), board_votes.asked_for(tx, post.id)
            text = letter(tx, current, words, base_url)
            for reader in readers[start : start + BATCH]:
                if reader.voter.who in already:
                    continue
                message = put(
                    tx,
                    text,
                    _contact(reader, post),
                    dedupe_key=f"shipped:{post.id}:{reader.voter.id}",
                    base_url=base_url,
                    due_at=clock(),
                    by=by,
                    now=clock(),
                )
                ids = sorted({post.id, *asked.get(reader.voter.who, ())})
                board_told.write(tx, ids, reader.voter.id, message.id if message else None, clock())
                told += message is not None
    return told


def _ids(tx: Connection, post: Post) -> list[str]:
    """The post and all that it speaks for."""
    return [post.id, *(one.id for one in board_posts.merged(tx, post.id))]


def _reached(voter: Voter, reach: dict[str, Reach]) -> Reach:
    known = reach.get(voter.person or "", Reach(address=None, zone=None))
    return Reach(address=voter.address or known.address, zone=known.zone)


def _contact(reader: Reader, post: Post) -> Contact:
    return Contact(
        people=(reader.voter.person,) if reader.voter.person else (),
        audience=Audience.CUSTOMER,
        address=reader.reach.address,
        channel=Channel.EMAIL,
        purpose=Purpose.UPDATES,
        what=What.MAIL,
        thing=post.id,
        zone=reader.reach.zone,
    )
