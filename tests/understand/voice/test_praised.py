"""Aspects of a small company: which texts are looked at, and what counts once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.tone.head import starting_head
from emptychair.understand.voice.praised import MOST_TEXTS, Praised, company_wording, looked_of, praised

START = datetime(2026, 1, 1, tzinfo=UTC)
PERIOD = Period(start=START, end=START + timedelta(days=90))
MANY = 1_000
FAST = embedder(Tier.FAST)
WORDS = ("The lid is great, I love it.", "My lid is awful!", "The lid was terrible.", "I hate the lid.")


def signal(number: int, text: str) -> Signal:
    at = START + timedelta(minutes=number)
    return Signal(
        id=f"s{number:05}", audience=Audience.CUSTOMER, person=f"p{number}", kind=Kind.SAID, name="message",
        channel="chat", source="chat", occurred_at=at, received_at=at, text=text,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path)
    opened.append([signal(number, WORDS[number % 4]) for number in range(MANY)])
    opened.load(PERIOD.end)
    read = [
        {"signal": f"s{number:05}", "language": "en", "tone": None, "tone_score": None}
        for number in range(MANY)
    ]
    opened.readings.keep(pa.Table.from_pylist(read, READINGS), pa.Table.from_pylist([], MENTIONS))
    yield opened
    opened.close()


def told(ledger: Ledger, minimum_n: int = 10) -> Praised:
    how = company_wording(ledger, Audience.CUSTOMER, PERIOD)
    asked = looked_of(Audience.CUSTOMER, PERIOD, "")
    return praised(ledger, asked, how, FAST.embed, starting_head(FAST), minimum_n=minimum_n)


def test_of_more_texts_so_many_are_looked_at_evenly(ledger: Ledger) -> None:
    rows = ledger.ask(looked_of(Audience.CUSTOMER, PERIOD, "")).to_pylist()
    numbers = [int(row["id"][1:]) for row in rows]
    assert len(rows) == MOST_TEXTS
    assert {row["n"] for row in rows} == {MANY}
    assert {b - a for a, b in pairwise(numbers)} == {2, 3}


def test_what_is_found_says_how_much_was_looked_at(ledger: Ledger) -> None:
    found = told(ledger)
    (lid,) = found.aspects
    assert (found.looked_at, found.texts) == (MOST_TEXTS, MANY)
    assert (lid.key, lid.people, lid.nameless) == ("lid", MOST_TEXTS, 0)
    assert lid.good + lid.bad + lid.mixed + lid.unclear == MOST_TEXTS
    assert lid.good > 50
    assert lid.bad > lid.good
    assert lid.shares["bad"] is not None
    assert set(told(ledger, minimum_n=401).aspects[0].shares.values()) == {None}, "too few for a share"


def test_what_the_same_words_tell_of_a_noun_is_told_once(ledger: Ledger) -> None:
    how = company_wording(ledger, Audience.CUSTOMER, PERIOD)
    assert len(how.sentences) == len(WORDS)
    assert how.times["lid"] == len(WORDS)
