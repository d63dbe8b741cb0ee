"""Short ways to write down what people did, and to let a ledger keep it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.schema import SIGNALS

RECEIVED = datetime(2030, 1, 1, tzinfo=UTC)


def on(text: str) -> datetime:
    """An instant in UTC from "2024-03-01" or "2024-03-01 12:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def did(person: str | None, when: datetime | str, kind: str = "did", **more: object) -> Signal:
    """One signal; its id is made of what it says, so that two equal ones are one fact unless `id` differs."""
    instant = on(when) if isinstance(when, str) else when
    base = Signal(
        id=f"{more.get('audience', 'customer')}-{person}-{kind}-{instant.isoformat()}-{more.get('name', '')}",
        audience=Audience.CUSTOMER,
        person=person,
        kind=Kind(kind),
        name=kind,
        channel="test",
        source="imp_test",
        occurred_at=instant,
        received_at=RECEIVED,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def rated(
    person: str | None, when: datetime | str, score: str | int, name: str = "nps", **more: object
) -> Signal:
    """One answer; without a person each needs its own `id`."""
    return did(person, when, "rated", name=name, score=Decimal(str(score)), **more)


def paid(person: str | None, when: datetime | str, value: str | int, **more: object) -> Signal:
    """One payment, negative for a return."""
    return did(person, when, "paid", name="order", value=Decimal(str(value)), currency="EUR", **more)


def keep(ledger: Ledger, signals: Iterable[Signal], source: str = "imp_test") -> None:
    """Let a ledger keep the signals, in the order given."""
    rows = [_row(signal) for signal in signals]
    if not rows:
        return
    with ledger.staging(source) as staging:
        staging.register("incoming", pa.Table.from_pylist(rows, schema=SIGNALS))
        staging.admit("incoming")


def _row(signal: Signal) -> dict[str, object]:
    row = {name: getattr(signal, name) for name in SIGNALS.names}
    for name in ("occurred_at", "received_at"):
        row[name] = row[name].replace(tzinfo=None)
    return row


def a_spell(person: str, began: str, ended: str | None = None, **more: object) -> Sequence[Signal]:
    """A joining, and a leaving when there is one."""
    joined = [did(person, began, "joined", **more)]
    return joined if ended is None else [*joined, did(person, ended, "left", **more)]


def days(count: float) -> timedelta:
    return timedelta(days=count)
