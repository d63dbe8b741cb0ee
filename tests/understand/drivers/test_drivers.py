"""What goes with a score: counted before the answer, compared fairly, not found where there is nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from emptychair.demo.company import generate
from emptychair.demo.planted import planted
from emptychair.domain.period import Period
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.stats.adjusting import adjusted, held
from emptychair.understand import tenure
from emptychair.understand.drivers.drivers import FALSE_SHARE, Driver, counted, drivers
from emptychair.understand.fields import field
from tests.understand.histories import did, rated

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
PERIOD = Period(AS_OF - timedelta(days=365), AS_OF)


def _signals() -> Iterator[tuple[Signal, str | None]]:
    """Two hundred who answer twice; those who wait for money write of it before, and score lower by three."""
    for number in range(200):
        person, at = f"p{number:03}", AS_OF - timedelta(days=20 + number % 50)
        waits = number % 4 == 0
        yield rated(person, at - timedelta(days=100), 10), None
        yield rated(person, at, (9 if number % 3 else 8) - 3 * waits), None
        if number % 2 == 0:
            theme = "thm_refund" if waits else "thm_other"
            yield did(person, at - timedelta(days=9), "said", text="words", id=f"w{number}"), theme
        if waits:
            yield did(person, at - timedelta(days=12), "paid", name="refund", value=Decimal(-5)), None
        # Said with the answer, after it, and too long ago: none of it is before the answer.
        yield did(person, at, "said", text="with it", id=f"with{number}"), "thm_with"
        yield did(person, at + timedelta(days=1), name="after"), None
        yield did(person, at - timedelta(days=91), name="long_ago"), None
        yield did(person, at - timedelta(days=5), "met", name="survey_sent"), None
        yield (
            did(person, at - timedelta(days=number % 7 + 1), name="search" if number % 5 == 0 else "look"),
            None,
        )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path, memory_limit="512MB")
    told = list(_signals())
    opened.append([signal for signal, _ in told])
    opened.load(AS_OF)
    themed = [(signal.id, theme) for signal, theme in told if theme]
    opened.readings.keep(
        pa.Table.from_pylist(
            [{"signal": one, "language": "en", "tone": None, "tone_score": None} for one, _ in themed],
            READINGS,
        ),
        pa.Table.from_pylist(
            [{"signal": one, "place": 0, "theme": theme, "confidence": Decimal(1)} for one, theme in themed],
            MENTIONS,
        ),
    )
    yield opened
    opened.close()


def test_what_came_before_the_last_answer_counts_and_nothing_else(ledger: Ledger) -> None:
    found = drivers(ledger, Audience.CUSTOMER, Score.NPS, PERIOD)
    assert (found.people, found.wrote) == (200, 100)
    assert {(one.kind, one.name): one.n for one in found.found} == {
        ("theme", "thm_refund"): 50,
        ("theme", "thm_other"): 50,
        ("touchpoint", "paid:refund"): 50,
        ("touchpoint", "did:search"): 40,
        ("touchpoint", "did:look"): 160,
        ("touchpoint", "said:said"): 100,
    }


def test_those_who_wait_are_named_first_with_how_much_lower_they_score(ledger: Ledger) -> None:
    found = drivers(ledger, Audience.CUSTOMER, Score.NPS, PERIOD).found
    by_name = {one.name: one for one in found}
    refund = by_name["paid:refund"]
    assert refund.adjusted is not None
    assert refund.adjusted.value == pytest.approx(-3, abs=0.05)
    assert refund.is_clear
    assert refund.touched is not None
    assert refund.touched.value == -100
    assert not by_name["did:search"].is_clear
    theme = by_name["thm_refund"]
    assert theme.adjusted is not None
    assert theme.adjusted.value == pytest.approx(-3, abs=0.05), "against others who wrote"
    assert found[0].adjusted is not None
    assert found[0].adjusted.value == min(one.adjusted.value for one in found if one.adjusted)


def test_nothing_is_known_of_nobody(ledger: Ledger) -> None:
    found = drivers(ledger, Audience.CUSTOMER, Score.CSAT, PERIOD)
    assert (found.people, found.found, found.compared) == (0, (), 0)


def test_where_nothing_goes_with_the_score_nothing_is_named() -> None:
    """With no effect anywhere every finding is false: in at most a tenth of companies is there any."""
    rng = np.random.default_rng(5)
    rounds, n, false = 400, 300, 0
    for _ in range(rounds):
        scores = rng.choice([0, 5, 7, 8, 9, 10], n, p=[0.05, 0.1, 0.15, 0.2, 0.2, 0.3]).astype(float)
        equal = held(rng.normal(size=(n, 3)), n)
        found = []
        for place in range(25):
            mask = rng.random(n) < rng.uniform(0.05, 0.6)
            found.append(
                Driver(
                    kind="theme", name=str(place), n=int(mask.sum()), others=int((~mask).sum()), touched=None,
                    untouched=None, raw=None, adjusted=adjusted(scores, mask, equal),
                )
            )  # fmt: skip
        false += any(one.is_clear for one in counted(found))
    assert false / rounds <= FALSE_SHARE + 3 * (FALSE_SHARE * (1 - FALSE_SHARE) / rounds) ** 0.5


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_planted_driver_is_found_and_the_loudest_complaint_is_not(tmp_path: Path) -> None:
    """Slow refunds take 2.2 points off, plastic packaging none (docs/demo.md); themes as planted."""
    ledger = Ledger.open(tmp_path, memory_limit="1GB")
    until = AS_OF.date()
    generate(ledger, people=3_000, employees=400, seed=7, until=until)
    truth = planted(people=3_000, seed=7, until=until)
    labels = truth.themes.to_pylist()
    ledger.readings.keep(
        pa.Table.from_pylist(
            [{"signal": row["id"], "language": "en", "tone": None, "tone_score": None} for row in labels],
            READINGS,
        ),
        pa.Table.from_pylist(
            [
                {"signal": row["id"], "place": 0, "theme": str(row["theme"]), "confidence": Decimal(1)}
                for row in labels
            ],
            MENTIONS,
        ),
    )
    seen = tenure.evidence(ledger, Audience.CUSTOMER, AS_OF)
    kept = tenure.choose(ledger, Audience.CUSTOMER, AS_OF, seen).tenure
    found = drivers(
        ledger,
        Audience.CUSTOMER,
        Score.NPS,
        Period(AS_OF - timedelta(days=730), AS_OF),
        tenure=kept,
        fields=[field(ledger, "plan")],
    )
    ledger.close()
    themes = {one.name: one for one in found.found if one.kind == "theme"}
    slow, plastic = themes["slow_refund"], themes["packaging"]
    assert slow.is_clear
    assert slow.adjusted is not None
    assert slow.adjusted.low <= -2.2 <= slow.adjusted.high
    assert plastic.n > 3 * slow.n, "it is by far the more frequent"
    assert not plastic.is_clear
