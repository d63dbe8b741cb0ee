"""What there is of a person, or of several together: how much of each kind and channel, and what was paid."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.person.history import Happening

Name = TypeVar("Name", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many signals there are, of each kind and on each channel, the largest first, between two instants.

    `paid` are sums by currency (None: without one), refunds subtracted, never put together; `payments` how
    many there were above zero.
    """

    first_at: datetime
    last_at: datetime
    signals: int
    kinds: Mapping[Kind, int]
    channels: Mapping[str, int]
    paid: Mapping[str | None, Decimal]
    payments: int


def totals(ledger: Ledger, audience: Audience, people: Sequence[str]) -> Totals | None:
    """What there is of these people together; None when there is nothing."""
    rows = ledger.ask(counts_of(audience, people)).to_pylist()
    if not rows:
        return None
    kinds: dict[Kind, int] = {}
    channels: dict[str, int] = {}
    paid: dict[str | None, Decimal] = {}
    for row in rows:
        kind = Kind(row["kind"])
        kinds[kind] = kinds.get(kind, 0) + row["signals"]
        channels[row["channel"]] = channels.get(row["channel"], 0) + row["signals"]
        if kind is Kind.PAID:
            paid[row["currency"]] = paid.get(row["currency"], Decimal(0)) + row["total"]
    return Totals(
        first_at=min(row["first_at"] for row in rows).replace(tzinfo=UTC),
        last_at=max(row["last_at"] for row in rows).replace(tzinfo=UTC),
        signals=sum(kinds.values()),
        kinds=_largest(kinds),
        channels=_largest(channels),
        paid=dict(sorted(paid.items(), key=lambda item: item[0] or "")),
        payments=sum(row["payments"] for row in rows),
    )


def counted(whole: Sequence[Happening]) -> Totals | None:
    """The same of all there is, when it is at hand."""
    if not whole:
        return None
    kinds, channels = Counter(one.kind for one in whole), Counter(one.channel for one in whole)
    paid: dict[str | None, Decimal] = {}
    for one in whole:
        if one.kind is Kind.PAID:
            paid[one.currency] = paid.get(one.currency, Decimal(0)) + (one.value or Decimal(0))
    return Totals(
        first_at=min(one.occurred_at for one in whole),
        last_at=max(one.occurred_at for one in whole),
        signals=len(whole),
        kinds=_largest(kinds),
        channels=_largest(channels),
        paid=dict(sorted(paid.items(), key=lambda item: item[0] or "")),
        payments=sum(one.kind is Kind.PAID and one.value is not None and one.value > 0 for one in whole),
    )


def counts_of(audience: Audience, people: Sequence[str]) -> Question:
    """One row per kind, channel and currency: how many, their sum, and the first and the last of them."""
    return question(
        """select kind, channel, currency, count(*) as signals, sum(value) as total,
            sum(case when kind = 'paid' and value > 0 then 1 else 0 end) as payments,
            min(occurred_at) as first_at, max(occurred_at) as last_at
        from signals where audience = :audience and person in (:people)
        group by kind, channel, currency order by kind, channel, currency""",
        audience=audience.value,
        people=list(people),
    )


def _largest(counts: Mapping[Name, int]) -> dict[Name, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))))
