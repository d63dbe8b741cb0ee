"""Who speaks of a theme: groups against the others who spoke, and what was paid, each person once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.voice.who import Paid, groups, who

START = datetime(2026, 4, 1, tzinfo=UTC)
PERIOD = Period(start=START, end=START + timedelta(days=90))
SPOKE = START + timedelta(days=10)


def signal(one: str, person: str, kind: Kind, at: datetime, **more: object) -> Signal:
    told = {"name": kind.value, "channel": "app", "source": "app", **more}
    return Signal(
        id=one, audience=Audience.CUSTOMER, person=person, kind=kind, occurred_at=at, received_at=at, **told
    )  # type: ignore[arg-type]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """60 people on plan home, 60 on barista; of the first 6 speak of the grinder, of the others 36, twice."""
    opened = Ledger.open(tmp_path)
    signals, mentions = [], []
    for n in range(120):
        plan, of_it = ("home", n < 6) if n < 60 else ("barista", n < 96)
        person, told = f"p{n}", json.dumps({"plan": plan})
        signals.append(signal(f"t{n}", person, Kind.TOLD, START, name="identify", properties=told))
        said = [f"w{n}_{time}" for time in range(2)]
        signals += [signal(one, person, Kind.SAID, SPOKE, text="words of theirs") for one in said]
        mentions += [(one, 0, "grinder", Decimal("0.9")) for one in said if of_it]
    # Paid by two who speak of it, one of them with a refund; by one who does not; and long ago.
    for one, person, at, value in [
        ("a", "p0", SPOKE, 20),
        ("b", "p0", SPOKE, -5),
        ("c", "p60", SPOKE, 30),
        ("d", "p50", SPOKE, 99),
        ("e", "p0", START - timedelta(days=400), 77),
    ]:
        signals.append(signal(one, person, Kind.PAID, at, value=Decimal(value), currency="EUR"))
    opened.append(signals)
    opened.load(PERIOD.end)
    readings = [
        {"signal": one.id, "language": "en", "tone": "neutral", "tone_score": None}
        for one in signals
        if one.kind is Kind.SAID
    ]
    of_themes = [dict(zip(MENTIONS.names, row, strict=True)) for row in mentions]
    opened.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(of_themes, MENTIONS))
    yield opened
    opened.close()


def test_groups_are_compared_with_the_others_and_payments_are_of_those_who_speak(ledger: Ledger) -> None:
    found, paid = who(ledger, Audience.CUSTOMER, PERIOD, "grinder")
    assert [(one.value, one.people, one.speakers, one.is_clear) for one in found] == [
        ("barista", 36, 60, True),
        ("home", 6, 60, True),
    ]
    assert found[0].difference is not None
    assert found[0].difference.value == pytest.approx(0.5)
    assert paid == (Paid(currency="EUR", people=2, total=Decimal(45)),)
    assert who(ledger, Audience.CUSTOMER, PERIOD, "nothing")[1] == ()
    assert who(ledger, Audience.EMPLOYEE, PERIOD, "grinder") == ((), ())


def test_what_chance_makes_of_many_groups_is_not_clear_and_small_ones_are_not_told() -> None:
    counts = {"country": {f"c{n}": (20 + n % 3, 100) for n in range(20)} | {"small": (9, 9)}}
    found = groups(counts, minimum_n=10)
    assert len(found) == 20
    assert not any(one.is_clear for one in found)
