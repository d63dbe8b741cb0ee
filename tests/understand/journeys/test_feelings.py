"""How people felt around a step: by their last words, compared with others, the worst step named."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from emptychair.domain.period import Period
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.journeys import steps as stepping
from emptychair.understand.journeys.feelings import feelings, quotes, worst
from emptychair.understand.journeys.reached import Walk
from tests.understand.histories import did, rated

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
WALK = Walk(
    audience=Audience.CUSTOMER, period=Period(AS_OF - timedelta(days=200), AS_OF), as_of=AS_OF, columns={}
)
STEPS = stepping.read(
    {"steps": [{"signal": "did", "name": "look"}, {"signal": "did", "name": "return"}], "days": 60}
)


def company(folder: Path, unhappy: int) -> Ledger:
    """A hundred people who return something; so many are unhappy about it, five about what
    they saw."""
    ledger = Ledger.open(folder, memory_limit="512MB")
    signals, tones = [], {}
    for number in range(100):
        person, begun = f"p{number}", AS_OF - timedelta(days=150)
        signals.append(did(person, begun, name="look"))
        signals.append(did(person, begun + timedelta(days=30), name="return"))
        for place, (day, is_negative) in enumerate(((1, number < 5), (31, number < unhappy))):
            said = did(
                person, begun + timedelta(days=day), "said", text=f"words {place} {number % 40}",
                id=f"said_{number}_{place}",
            )  # fmt: skip
            signals.append(said)
            tones[said.id] = "negative" if is_negative else "positive"
        # Far from both steps, and twice from one who counts once.
        signals.append(did(person, begun + timedelta(days=15), "said", text="far", id=f"far_{number}"))
        tones[f"far_{number}"] = "negative"
        # What they said just before is not what they say last.
        signals.append(did(person, begun + timedelta(days=29), "said", text="less", id=f"less_{number}"))
        tones[f"less_{number}"] = "negative"
        # Somebody else, who speaks elsewhere; one in ten is unhappy.
        signals.append(did(f"o{number}", begun, "said", text=f"other {number}", id=f"other_{number}"))
        tones[f"other_{number}"] = "negative" if number < 10 else "positive"
        signals.append(rated(person, begun + timedelta(days=35), 2))
        signals.append(rated(person, begun + timedelta(days=40), 9 if number < 80 else 3))
        signals.append(rated(person, begun + timedelta(days=100), 0))
    ledger.append(signals)
    ledger.load(AS_OF)
    readings = [
        {"signal": one, "language": "en", "tone": tone, "tone_score": None} for one, tone in tones.items()
    ]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), MENTIONS.empty_table())
    return ledger


def test_the_worst_step_is_named_with_what_was_said(tmp_path: Path) -> None:
    ledger = company(tmp_path, unhappy=40)
    found = feelings(ledger, STEPS, WALK)
    bad = worst(found)
    assert bad is not None
    said = quotes(ledger, STEPS, WALK, bad.place, limit=100)
    ledger.close()
    assert [(one.speakers, one.negative) for one in found] == [(100, 5), (100, 40)]
    assert bad.place == 1
    assert bad.against is not None
    assert bad.against.value == pytest.approx(0.3)
    assert {one.text for one in said} == {"less", *(f"words 1 {number}" for number in range(40))}


def test_scores_are_the_last_ones_after_the_step(tmp_path: Path) -> None:
    ledger = company(tmp_path, unhappy=5)
    first, second = feelings(ledger, STEPS, WALK)
    ledger.close()
    assert first.answers == {Score.NPS: 0, Score.CSAT: 0}, "all answers come over 30 days after it"
    nps = second.scores[Score.NPS]
    assert nps is not None
    assert (nps.value, nps.n) == (60.0, 100)
    assert second.scores[Score.CSAT] is None


def test_where_no_step_stands_out_none_is_named(tmp_path: Path) -> None:
    ledger = company(tmp_path, unhappy=13)
    found = feelings(ledger, STEPS, WALK)
    ledger.close()
    assert worst(found) is None
    assert found[1].unhappy is not None
    assert found[1].unhappy.value == float(Decimal("0.13"))
