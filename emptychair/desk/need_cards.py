"""Need cards: what people want to get done, in job form, which say the same, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, Connection, Index, Table, Text, select, update

from emptychair.desk import turns
from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused

LONGEST_TITLE, LONGEST_PART, LONGEST_REASON = 140, 500, 500


class Standing(StrEnum):
    """Whether a card is worked with, or was put aside."""

    OPEN = "open"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A need in job form: when this happens, I want that, so that I get there. Parts may be empty."""

    when: str
    want: str
    so_that: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card. `is_proposed`: nobody edited its statement yet.

    `root_id` is the card that speaks for it, or itself; `post_id` a linked post of the board.
    """

    id: str
    title: str
    when_part: str
    want_part: str
    so_that_part: str
    is_proposed: bool
    standing: Standing
    reason: str
    merged_into: str | None
    root_id: str
    post_id: str | None
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def statement(self) -> Statement:
        """Its three parts."""
        return Statement(when=self.when_part, want=self.want_part, so_that=self.so_that_part)


need_cards = Table(
    "need_cards",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("title", Words(LONGEST_TITLE), nullable=False),
    Column("when_part", Text, nullable=False),
    Column("want_part", Text, nullable=False),
    Column("so_that_part", Text, nullable=False),
    Column("is_proposed", Boolean, nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("reason", Words(LONGEST_REASON), nullable=False),
    Column("merged_into", Id),
    Column("root_id", Id, nullable=False),
    Column("post_id", Id),
    Column("created_by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_by", Id, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "root_id"),
    Index(None, "standing", "created_at"),
)


def create(
    tx: Connection, title: str, statement: Statement, *, is_proposed: bool, by: str, now: datetime
) -> Card:
    """The card that is there from now on. Raises `Refused` without a title, or with too long a text."""
    card_id = new_id("ned")
    row: dict[str, object] = {"id": card_id, "root_id": card_id, **_words(title, statement)}
    row |= {"is_proposed": is_proposed, "standing": Standing.OPEN, "reason": ""}
    row |= {"created_by": by, "created_at": now, "changed_by": by, "changed_at": now}
    tx.execute(need_cards.insert().values(**row))
    return _the(tx, card_id)


def edit(tx: Connection, card_id: str, title: str, statement: Statement, *, by: str, now: datetime) -> bool:
    """True when there is such a card; it says this from now on, and nothing proposed any more."""
    return _changed(tx, card_id, by, now, **_words(title, statement), is_proposed=False)


def dismiss(tx: Connection, card_id: str, reason: str, *, by: str, now: datetime) -> bool:
    """True when it is put aside from now on."""
    reason = whole(reason.strip(), LONGEST_REASON)
    return _changed(tx, card_id, by, now, standing=Standing.DISMISSED, reason=reason)


def reopen(tx: Connection, card_id: str, *, by: str, now: datetime) -> bool:
    """True when it is worked with again."""
    return _changed(tx, card_id, by, now, standing=Standing.OPEN, reason="")


def link(tx: Connection, card_id: str, post_id: str | None, *, by: str, now: datetime) -> bool:
    """True when there is such a card; it is linked to this post of the board from now on, or to none."""
    return _changed(tx, card_id, by, now, post_id=post_id)


def merge(tx: Connection, card_id: str, into_id: str, *, by: str, now: datetime) -> Card | None:
    """The card that speaks for both from now on; None when they are one already, or one is not there."""
    turns.take(tx, ["needs"])
    card, into = find(tx, card_id), find(tx, into_id)
    if card is None or into is None or card.merged_into is not None or into.root_id == card.id:
        return None
    tx.execute(update(need_cards).where(need_cards.c.root_id == card.id).values(root_id=into.root_id))
    _changed(tx, card.id, by, now, merged_into=into.root_id)
    return _the(tx, into.root_id)


def unmerge(tx: Connection, card_id: str, *, by: str, now: datetime) -> bool:
    """True when it stands by itself again, with the cards that had been merged into it."""
    turns.take(tx, ["needs"])
    card = find(tx, card_id)
    if card is None or card.merged_into is None:
        return False
    own = {card.id}
    others = {one.id: one.merged_into for one in family(tx, card.root_id)}
    while more := {one for one, parent in others.items() if parent in own} - own:
        own |= more
    tx.execute(update(need_cards).where(need_cards.c.id.in_(own)).values(root_id=card.id))
    return _changed(tx, card.id, by, now, merged_into=None)


def find(tx: Connection, card_id: str) -> Card | None:
    """The card with this id, or None."""
    row = tx.execute(select(*columns(need_cards, Card)).where(need_cards.c.id == card_id)).mappings().first()
    return None if row is None else made(Card, row)


def family(tx: Connection, root_id: str) -> list[Card]:
    """A card that stands by itself and all those that it speaks for, oldest first."""
    return _found(tx, need_cards.c.root_id == root_id)


def page(tx: Connection, standing: Standing) -> Sequence[Card]:
    """The cards that stand by themselves, newest first."""
    return _found(tx, need_cards.c.merged_into.is_(None) & (need_cards.c.standing == standing))[::-1]


def _found(tx: Connection, which: object) -> list[Card]:
    query = select(*columns(need_cards, Card)).where(which)  # type: ignore[arg-type]
    rows = tx.execute(query.order_by(need_cards.c.created_at, need_cards.c.id)).mappings()
    return [made(Card, row) for row in rows]


def _changed(tx: Connection, card_id: str, by: str, now: datetime, **values: object) -> bool:
    statement = update(need_cards).where(need_cards.c.id == card_id)
    return tx.execute(statement.values(**values, changed_by=by, changed_at=now)).rowcount == 1


def _words(title: str, statement: Statement) -> dict[str, object]:
    title = " ".join(title.split())
    if not title:
        raise Refused(Reason.NAME_IS_EMPTY, "say in a few words what people need")
    parts = {"when_part": statement.when, "want_part": statement.want, "so_that_part": statement.so_that}
    words = {name: whole(" ".join(text.split()), LONGEST_PART) for name, text in parts.items()}
    return {"title": whole(title, LONGEST_TITLE), **words}


def _the(tx: Connection, card_id: str) -> Card:
    card = find(tx, card_id)
    if card is None:
        raise RuntimeError(f"the card {card_id} is gone while it is written")
    return card
