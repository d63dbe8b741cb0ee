"""When themes were found, in how many texts, and how well two halves of these agree on them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Float, Index, Integer, Table, select

from emptychair.desk.columns import METADATA, Choice, Instant, RowNumber, Words, columns, made, shown
from emptychair.domain.signal import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One finding of themes: `themed` of `texts` are under one; `model` told what is alike.

    `agreement` is the adjusted Rand index of two halves of the texts, None where it was not measured;
    `reason` says why there are no themes, empty when there are.
    """

    audience: Audience
    fitted_at: datetime
    texts: int
    themed: int
    themes: int
    agreement: float | None
    model: str
    reason: str


theme_fits = Table(
    "theme_fits",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("fitted_at", Instant, nullable=False),
    Column("texts", Integer, nullable=False),
    Column("themed", Integer, nullable=False),
    Column("themes", Integer, nullable=False),
    Column("agreement", Float),
    Column("model", Words(60), nullable=False),
    Column("reason", Words(300), nullable=False),
    Index(None, "audience", "fitted_at"),
    sqlite_autoincrement=True,
)


def add(tx: Connection, fit: Fit) -> None:
    """Keep when themes were found, and how."""
    tx.execute(theme_fits.insert().values(asdict(fit) | {"reason": shown(fit.reason, 300)}))


def last(tx: Connection, audience: Audience) -> Fit | None:
    """The last time that themes of this audience were looked for, or None."""
    query = select(*columns(theme_fits, Fit)).where(theme_fits.c.audience == audience)
    row = tx.execute(query.order_by(theme_fits.c.id.desc()).limit(1)).mappings().first()
    return None if row is None else made(Fit, row)
