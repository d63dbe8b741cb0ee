"""The person card is the same however its signals arrive."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count as counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from emptychair.domain.period import month_number
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question

from .making import NOW, cards, order

NUMBERS = counter()
SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def card(signals: list[Signal]) -> dict[str, object]:
    """The card of one person, computed the plain way."""
    at = [signal.occurred_at.replace(tzinfo=None) for signal in signals]
    first = month_number(min(at))
    active = {
        month_number(signal.occurred_at) - first
        for signal in signals
        if signal.kind is Kind.DID
        or (signal.kind is Kind.PAID and signal.value is not None and signal.value > 0)
    }
    paid = [signal.value or Decimal(0) for signal in signals if signal.kind is Kind.PAID]
    return {
        "first_at": min(at),
        "last_at": max(at),
        "signals": len(signals),
        **{kind.value: sum(one.kind is kind for one in signals) for kind in COUNTED},
        "spend": sum(paid, Decimal(0)),
        "first_month": first,
        "active_0": sum(1 << age for age in active if age < 62),
        "active_1": sum(1 << (age - 62) for age in active if 62 <= age < 124),
    }


COUNTED = (Kind.DID, Kind.SAID, Kind.RATED, Kind.PAID, Kind.MET)
minutes = some.integers(0, 14 * 365 * 24 * 60) | some.integers(13 * 365 * 24 * 60, 14 * 365 * 24 * 60)
moments = minutes.map(lambda after: datetime(2012, 1, 1, tzinfo=UTC) + timedelta(minutes=after))
told = some.tuples(
    some.sampled_from(["ada", "ben", "cyd", None]),
    some.sampled_from(list(Kind)),
    moments,
    some.none() | some.decimals(min_value=-100, max_value=100, places=2),
    some.integers(0, 4),
)


def signals_of(parts: list[tuple[str | None, Kind, datetime, Decimal | None, int]], run: int) -> list[Signal]:
    return [
        replace(
            order(0),
            id=f"{run}_{place}",
            person=None if who is None else f"{who}_{run}",
            kind=kind,
            occurred_at=at,
            value=value,
        )
        for place, (who, kind, at, value, _) in enumerate(parts)
    ]


@SETTINGS
@given(parts=some.lists(told, min_size=1, max_size=40))
def test_any_order_of_arrival_and_any_batches_give_the_card_of_a_plain_recount(
    ledger: Ledger, parts: list[tuple[str | None, Kind, datetime, Decimal | None, int]]
) -> None:
    run = next(NUMBERS)
    signals = signals_of(parts, run)
    for batch in range(5):
        some_of_them = [one for one, part in zip(signals, parts, strict=True) if part[4] == batch]
        ledger.append(some_of_them + some_of_them[:1])
        ledger.load(NOW)
    check(ledger, signals, run)


@SETTINGS
@given(parts=some.lists(told, min_size=1, max_size=40), back=some.sets(some.integers(0, 4)))
def test_what_is_taken_back_was_never_there(
    ledger: Ledger, parts: list[tuple[str | None, Kind, datetime, Decimal | None, int]], back: set[int]
) -> None:
    run = next(NUMBERS)
    signals = [
        replace(one, source=f"{run}_{part[4]}")
        for one, part in zip(signals_of(parts, run), parts, strict=True)
    ]
    ledger.append(signals)
    ledger.load(NOW)
    for batch in back:
        ledger.withdraw(f"{run}_{batch}")
    check(ledger, [one for one, part in zip(signals, parts, strict=True) if part[4] not in back], run)


def check(ledger: Ledger, signals: list[Signal], run: int) -> None:
    found = {
        str(row.pop("person")): {name: value for name, value in row.items() if name != "audience"}
        for row in cards(ledger)
        if str(row["person"]).endswith(f"_{run}")
    }
    people = {one.person for one in signals if one.person is not None}
    assert found == {who: card([one for one in signals if one.person == who]) for who in people}


def test_an_earlier_signal_moves_the_first_month_and_every_bit(ledger: Ledger) -> None:
    ledger.append([order(1, days=31 + 28), order(2, days=31 + 28 + 31)])
    ledger.load(NOW)
    assert [row["active_0"] for row in cards(ledger)] == [0b11]
    ledger.append([order(3, days=0)])
    ledger.load(NOW)
    assert [row["active_0"] for row in cards(ledger)] == [0b1101]


def test_a_first_signal_ten_years_earlier_moves_the_bits_into_the_second_mask(ledger: Ledger) -> None:
    ledger.append([order(1)])
    ledger.load(NOW)
    ledger.append([replace(order(2), occurred_at=datetime(2016, 1, 1, tzinfo=UTC))])
    ledger.load(NOW)
    assert [(row["active_0"], row["active_1"]) for row in cards(ledger)] == [(1, 1 << (120 - 62))]


def test_a_customer_and_an_employee_of_one_name_are_two(ledger: Ledger) -> None:
    ledger.append([order(1), replace(order(2), audience=Audience.EMPLOYEE)])
    ledger.load(NOW)
    assert [row["audience"] for row in cards(ledger)] == ["customer", "employee"]


def test_the_cards_of_a_rebuild_are_those_of_the_arrivals(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    for part in range(6):
        ledger.append(
            [order(n * 6 + part, person=f"per_{n % 9}", days=200 - n * 3 - part) for n in range(30)]
        )
        ledger.load(NOW)
        (ledger.seal if part % 2 else ledger.load)(NOW + timedelta(days=part))
    before = cards(ledger)
    ledger.close()
    (tmp_path / "ledger" / "projection.duckdb").unlink()
    ledger = Ledger.open(tmp_path)
    assert cards(ledger) == before
    ledger.close()


def test_a_bulk_import_and_single_signals_give_the_same_cards(tmp_path: Path) -> None:
    def filled(home: Path, put: Callable[[Ledger], object]) -> list[dict[str, object]]:
        ledger = Ledger.open(home)
        put(ledger)
        ledger.load(NOW)
        found = cards(ledger)
        ledger.close()
        return found

    signals = [order(n, person=f"per_{n % 5}", days=n * 3.7) for n in range(100)]

    def one_by_one(ledger: Ledger) -> None:
        for signal in reversed(signals):
            ledger.append([signal])

    def in_bulk(ledger: Ledger) -> None:
        ledger.append(signals[::3])
        ledger.load(NOW)
        other = Ledger.open(tmp_path / "source")
        other.append(signals)
        other.load(NOW)
        columns = (
            "id, audience, person, kind, name, channel, source, occurred_at, received_at, text, score, value"
        )
        table = other.ask(question(f"select {columns}, currency, properties from signals"))
        other.close()
        with ledger.staging("imp_1") as staging:
            staging.register("given", table)
            assert staging.admit("given").duplicate == len(signals[::3])

    assert filled(tmp_path / "a", one_by_one) == filled(tmp_path / "b", in_bulk)
