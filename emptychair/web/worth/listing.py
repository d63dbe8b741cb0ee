"""A page of customers by what they will bring, with what all of them will bring together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from emptychair.anticipate.value.bought import payers
from emptychair.desk import customer_values, settings
from emptychair.desk.customer_values import KeptPart, KeptValue, Order
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.domain.signal import Audience
from emptychair.web.parts import Parts
from emptychair.web.risk.listing import narrowed

DAYS = 365
HEAD = ("person", "currency", "value", "low", "high", "paid_in_a_year", "alive", "by", "margin")
NO_CURRENCY = "none"
"""How an address calls payments of which no currency is known."""

NOT_YET = "Values have not been told yet: they are once a day."
NOBODY_PAID = "Nobody's payments are known: what customers will bring is told from what they paid."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is asked for: an order, of a saved segment, of those who paid in a currency (""; any).

    `search` is a part of a name or an id, or a whole address.
    """

    order: Order
    segment: str
    currency: str
    search: str = ""

    @property
    def query(self) -> str:
        """The address of the same list without its page."""
        told = {"sort": self.order.value, "segment": self.segment, "currency": self.currency}
        return urlencode({**told, "search": self.search})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of it, and the parts with most customers first. `lack` says why nothing is told of anybody.

    `currency` is that of the list; None: of every one. `margin` is the share of payments that is earned.
    """

    as_of: datetime | None
    parts: Sequence[KeptPart]
    values: Sequence[KeptValue]
    total: int
    currency: str | None
    margin: float
    is_margin: bool
    lack: str

    @property
    def told(self) -> list[KeptPart]:
        """The parts of which something is told."""
        return [part for part in self.parts if part.known]

    @property
    def by(self) -> dict[str, KeptPart]:
        """The parts by their currency."""
        return {part.currency: part for part in self.parts}

    def as_data(self, at: int) -> dict[str, Any]:
        """The page for programs: amounts as they are paid, and the share of them that is earned."""
        return {
            "as_of": self.as_of,
            "days": DAYS,
            "margin": self.margin if self.is_margin else None,
            "lack": self.lack,
            "sums": [_as_sum(part) for part in self.parts],
            "total": self.total,
            "page": at,
            "people": [dict(zip(HEAD[:-1], row, strict=False)) for row in self.rows()],
        }

    def rows(self) -> list[list[Any]]:
        """Everybody on it as a row of a table with `HEAD`."""
        margin, by = self.margin if self.is_margin else None, self.by
        return [
            [
                one.person, one.currency, one.value, one.low, one.high, one.naive, one.alive,
                by[one.currency].by if one.currency in by else "", margin,
            ]
            for one in self.values
        ]  # fmt: skip


def listed(parts: Parts, asked: Asked, limit: int, offset: int) -> Listed:
    """The page. Amounts are ordered within one currency: the commonest, unless another is asked for."""
    with parts.desk.read() as tx:
        last, by_currency = customer_values.last(tx), customer_values.parts(tx)
        margin = settings.get(tx, MARGIN_PERCENT)
    known = sorted(by_currency.values(), key=lambda part: (-part.known, -part.people, part.currency))
    currency = _currency(asked, [part.currency for part in known if part.known])
    # Whoever is in a segment is told as of the same instant as the values.
    inside = None
    if known:
        at = None if last is None else last[0]
        inside = narrowed(parts, Audience.CUSTOMER, asked.segment, asked.search, at)
    with parts.desk.read() as tx:
        if inside is None:
            total = customer_values.count(tx, currency)
            values = customer_values.ranked(tx, currency, asked.order, limit, offset)
        else:
            every = customer_values.among(tx, currency, asked.order, inside)
            total, values = len(every), every[offset : offset + limit]
    return Listed(
        as_of=None if last is None else last[0],
        parts=known,
        values=values,
        total=total,
        currency=currency,
        margin=1.0 if margin is None else margin / 100,
        is_margin=margin is not None,
        lack=_lack(parts, known),
    )


def _as_sum(part: KeptPart) -> dict[str, Any]:
    return {
        "currency": part.currency,
        "value": part.total if part.known else None,
        "low": part.total_low,
        "high": part.total_high,
        "interval_said": part.total_said,
        "n": part.known,
        "not_told": part.people - part.known,
        "paid_in_a_year": part.naive_known,
        "paid_in_a_year_by_all": part.naive,
        "by": part.by,
        "remarks": part.remarks,
        "lack": part.lack,
        "held_out": part.held_out,
    }


def _currency(asked: Asked, known: Sequence[str]) -> str | None:
    wanted = "" if asked.currency == NO_CURRENCY else asked.currency
    if asked.currency and wanted in known:
        return wanted
    return known[0] if len(known) > 1 and asked.order is not Order.ALIVE else None


def _lack(parts: Parts, known: Sequence[KeptPart]) -> str:
    """Why nothing is told of anybody; "" where something is."""
    if not known:
        state = parts.ledger.state().version
        paid = parts.kept.get(("payers", state), lambda: _payers(parts))
        return NOT_YET if paid else NOBODY_PAID
    if any(part.known for part in known):
        return ""
    return next((part.lack for part in known if part.lack), NOT_YET)


def _payers(parts: Parts) -> int:
    return int(parts.ledger.ask(payers(Audience.CUSTOMER))["people"][0].as_py())
