"""Themes as people see them: found or declared, under the name and in the area that they have now."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Connection, Index, Integer, Table, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, shown
from emptychair.desk.ids import Id
from emptychair.domain.signal import Audience

LONGEST_NAME = 80
LONGEST_REFERENCE = 300


class Standing(StrEnum):
    """Where a theme comes from, or that it is gone: its texts are under others or under none now."""

    FOUND = "found"
    DECLARED = "declared"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme of an audience. `phrases` are what sets its words apart, `quoted` names the
    sentence that shows it ("place signal"; its words are the ledger's, and go with it), empty for none.

    `texts` is how many it had when themes were found last; `found_at` when it was found first.
    """

    id: str
    audience: Audience
    name: str
    area: str
    phrases: tuple[str, ...]
    quoted: str
    texts: int
    standing: Standing
    found_at: datetime
    changed_at: datetime


themes = Table(
    "themes",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("name", Words(LONGEST_NAME), nullable=False),
    Column("area", Words(LONGEST_NAME), nullable=False),
    Column("phrases", Json, nullable=False),
    Column("quoted", Words(LONGEST_REFERENCE), nullable=False),
    Column("texts", Integer, nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "audience", "standing"),
)


def keep(tx: Connection, audience: Audience, found: Sequence[Theme]) -> None:
    """These are the themes of the audience now; others are gone, and come back under their id."""
    known = {theme.id: theme for theme in every(tx, audience, with_gone=True)}
    for theme in found:
        row = _row(theme)
        if not added(tx, themes, row):
            row["found_at"] = known[theme.id].found_at
            tx.execute(update(themes).where(themes.c.id == theme.id).values(row))
    gone = [one for one in known if one not in {theme.id for theme in found}]
    if gone:
        tx.execute(update(themes).where(themes.c.id.in_(gone)).values(standing=Standing.GONE, texts=0))


def rename(tx: Connection, theme_id: str, name: str, now: datetime) -> bool:
    """True when a theme has this name now."""
    named = {"name": shown(name, LONGEST_NAME), "changed_at": now}
    return tx.execute(update(themes).where(themes.c.id == theme_id).values(named)).rowcount == 1


def show_by(tx: Connection, theme_id: str, quoted: str, now: datetime) -> bool:
    """True when a theme is shown by this sentence now ("place signal")."""
    pinned = {"quoted": shown(quoted, LONGEST_REFERENCE), "changed_at": now}
    return tx.execute(update(themes).where(themes.c.id == theme_id).values(pinned)).rowcount == 1


def every(tx: Connection, audience: Audience, *, with_gone: bool = False) -> list[Theme]:
    """The themes of an audience, the largest first."""
    query = select(*columns(themes, Theme)).where(themes.c.audience == audience)
    if not with_gone:
        query = query.where(themes.c.standing != Standing.GONE)
    return [_made(row) for row in tx.execute(query.order_by(themes.c.texts.desc(), themes.c.id)).mappings()]


def find(tx: Connection, theme_id: str) -> Theme | None:
    """The theme with this id, gone or not, or None."""
    row = tx.execute(select(*columns(themes, Theme)).where(themes.c.id == theme_id)).mappings().first()
    return None if row is None else _made(row)


def _row(theme: Theme) -> dict[str, object]:
    return asdict(theme) | {
        "name": shown(theme.name, LONGEST_NAME),
        "area": shown(theme.area, LONGEST_NAME),
        "phrases": list(theme.phrases),
        "quoted": shown(theme.quoted, LONGEST_REFERENCE),
    }


def _made(row: object) -> Theme:
    found = made(Theme, row)  # type: ignore[arg-type]  # a row mapping, checked by the query
    return Theme(**{**asdict(found), "phrases": tuple(found.phrases)})
