"""Signals for tests of the ledger, with every field that a test does not care about filled."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.card import COLUMNS as CARD
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.ledger.schema import COLUMNS

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def order(number: int, *, person: str | None = "ada", days: float = 0, source: str = "shop") -> Signal:
    """An order with the id `ord_<number>`, `days` after the beginning of 2026."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    return Signal(
        id=f"ord_{number}",
        audience=Audience.CUSTOMER,
        person=person,
        kind=Kind.PAID,
        name="order",
        channel="web",
        source=source,
        occurred_at=at,
        received_at=at + timedelta(minutes=1),
        value=Decimal("9.50"),
        currency="EUR",
        properties=f'{{"plan": "p{number % 3}"}}',
    )


def orders(count: int, *, first: int = 0, source: str = "shop") -> list[Signal]:
    """`count` orders of seven people, one a day."""
    return [order(n, person=f"per_{n % 7}", days=n % 200, source=source) for n in range(first, first + count)]


def given(ids: str, source: str = "imp_1") -> str:
    """SQL for a relation of signals, one for each number of the relation `ids`."""
    return f"""select 'USD' as currency, 'ord_' || n as id, 'customer' as audience,
        case when n % 4 > 0 then 'per_' || n % 4 end as person, 'paid' as kind, 'order' as name,
        'file' as channel, '{source}' as source,
        timestamp '2026-01-01' + interval (n % 90) day as occurred_at,
        timestamp '2026-06-01' as received_at, null as text, null as score,
        n::decimal(18, 4) as value, '{{}}' as properties from {ids} as t(n)"""


def count(ledger: Ledger, where: str = "") -> int:
    """The rows that questions see."""
    return int(ledger.ask(question(f"select count(*) as n from signals {where}")).column("n")[0].as_py())


def rows(ledger: Ledger) -> list[dict[str, object]]:
    """Every row that questions see, in the order of the ids."""
    columns = ", ".join(COLUMNS)
    return list(ledger.ask(question(f"select {columns} from signals order by id")).to_pylist())


def cards(ledger: Ledger) -> list[dict[str, object]]:
    """Every person card, in the order of the people."""
    columns = ", ".join(CARD)
    asked = question(f"select {columns} from person_cards order by audience, person")
    return list(ledger.ask(asked).to_pylist())
