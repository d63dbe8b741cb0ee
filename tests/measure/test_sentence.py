"""The sentence first: what moved beyond chance, never why."""

from datetime import UTC, datetime

import pytest

from emptychair.domain.metric import Metric
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.measure.sentence import sentences
from emptychair.stats.trend import Change

YEAR = Period(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
CUSTOMER = Audience.CUSTOMER


def number(name: str, value: float | None, unit: str, reason: str | None = None) -> Metric:
    low, high = (None, None) if value is None else (value - 0.01, value + 0.01)
    return Metric(
        name=name, audience=CUSTOMER, value=value, low=low, high=high, n=500, unit=unit, period=YEAR,
        definition="", reason=reason,
    )  # fmt: skip


def moved(value: float, p: float = 0.001) -> Change:
    width = abs(value) / 2 if p < 0.05 else abs(value) * 2
    return Change(value=value, low=value - width, high=value + width, p=p, direction_confidence=1 - p / 2)


def said(metrics: list[Metric], **changes: Change) -> list[str]:
    keyed = {(CUSTOMER, name): change for name, change in changes.items()}
    return [sentence.text for sentence in sentences(metrics, keyed, {CUSTOMER: "12 months"})]


STAY = number("retention_rate", 0.761, "share")
NPS = number("nps", 41, "points")
CSAT = number("csat", 0.782, "share")
CES = number("ces", 5.5, "1-7")


def test_without_a_sure_change_it_says_how_things_stand() -> None:
    told = said([STAY, NPS, CSAT], nps=moved(0.8, p=0.4), csat=moved(-0.01, p=0.2))
    assert told == [
        "76.1 % of customers stayed over 12 months (75.1 % to 77.1 %).",
        "The NPS of customers is 41 (41 to 41).",
    ]


def test_the_surest_change_comes_first_and_at_most_two_are_told() -> None:
    told = said(
        [STAY, NPS, CSAT, CES],
        retention_rate=moved(0.05, p=0.01),
        csat=moved(-0.068, p=0.0001),
        ces=moved(-0.32, p=0.001),
    )
    assert told == [
        "Customers are less satisfied: CSAT 78.2 %, down 6.8 points.",
        "We are harder to deal with: CES 5.50, down 0.32.",
    ]


@pytest.mark.parametrize("word", ["because", "caused", "due to", "thanks to", "drives", "led to"])
def test_no_sentence_says_what_caused_a_change(word: str) -> None:
    told = said([STAY, NPS], retention_rate=moved(0.05), nps=moved(-3))
    assert len(told) == 2
    assert not any(word in text for text in told)


def test_with_nothing_known_it_says_what_is_needed() -> None:
    told = said([number("retention_rate", None, "share", "Import contracts, orders or events.")])
    assert told == ["There is no retention rate and no NPS yet. Import contracts, orders or events."]
