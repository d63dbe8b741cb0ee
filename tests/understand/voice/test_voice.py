"""Who speaks of what: counts by hand for a small company, and what they did afterwards."""

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
from emptychair.stats.stratified import Stratum
from emptychair.understand.reading.corpus import how_many, texts_of
from emptychair.understand.spells import Rule, Tenure
from emptychair.understand.voice.counts import Totals, counts
from emptychair.understand.voice.course import course
from emptychair.understand.voice.quotes import quotes
from emptychair.understand.voice.staying import Staying, adjusted, staying

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
PERIOD = Period(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 4, 1, tzinfo=UTC))


def signal(
    name: str, person: str | None, at: datetime, text: str | None = None, kind: Kind = Kind.SAID
) -> Signal:
    return Signal(
        id=name, audience=Audience.CUSTOMER, person=person, kind=kind, name="message", channel="chat",
        source="chat", occurred_at=at, received_at=at, text=text,
    )  # fmt: skip


# (signal, person, day of the year, words, tone, themes)
SAID = [
    ("s1", "ada", 2, "The grinder broke. Support was kind.", "negative", ("grinder", "support")),
    ("s2", "ada", 40, "The grinder broke again.", "negative", ("grinder",)),
    ("s3", "ben", 41, "Lovely coffee", "positive", ()),
    ("s4", "cyd", 42, "The grinder is loud", "unsure", ("grinder",)),
    ("s5", None, 43, "The grinder broke again.", "negative", ("grinder",)),
    ("s6", "dan", 44, "ok", None, ()),
    ("s7", "eve", 95, "The grinder works", "positive", ("grinder",)),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path)
    opened.append(
        [signal(one, who, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day), text)
         for one, who, day, text, _, _ in SAID]
    )  # fmt: skip
    opened.load(AS_OF)
    keep(opened, [(one, tone, themes) for one, _, _, _, tone, themes in SAID])
    yield opened
    opened.close()


def keep(ledger: Ledger, read: list[tuple[str, str | None, tuple[str, ...]]]) -> None:
    readings = [{"signal": one, "language": "en", "tone": tone, "tone_score": None} for one, tone, _ in read]
    mentions = [
        {"signal": one, "place": place, "theme": theme, "confidence": Decimal("0.9") - place}
        for one, _, themes in read
        for place, theme in enumerate(themes)
    ]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))


def test_people_are_counted_once_and_what_is_missing_is_told(ledger: Ledger) -> None:
    totals, (grinder, support) = counts(ledger, Audience.CUSTOMER, PERIOD)
    assert totals == Totals(texts=6, nameless=1, themeless=2, people=4)
    assert (grinder.theme, grinder.texts, grinder.people) == ("grinder", 4, 2)
    assert (grinder.negative, grinder.neutral, grinder.positive, grinder.toneless) == (3, 0, 0, 1)
    assert (support.theme, support.texts, support.people, support.negative) == ("support", 1, 1, 1)
    assert grinder.share(totals) is None, "four people are too few for a share"


def test_what_the_company_wrote_to_them_is_not_what_they_say(ledger: Ledger) -> None:
    before = counts(ledger, Audience.CUSTOMER, PERIOD)
    told = counts_of_themes(ledger)
    at = datetime(2026, 2, 20, tzinfo=UTC)
    ledger.append([signal("reply", "ada", at, "We are sorry that the grinder broke.", Kind.MET)])
    ledger.load(AS_OF)
    keep(ledger, [("reply", "negative", ("grinder",))])
    assert counts(ledger, Audience.CUSTOMER, PERIOD) == before
    assert counts_of_themes(ledger) == told, "no theme is found in it either"
    assert "reply" not in [one.id for one in quotes(ledger, Audience.CUSTOMER, PERIOD, "grinder")]


def counts_of_themes(ledger: Ledger) -> tuple[int, list[str]]:
    (row,) = ledger.ask(how_many(Audience.CUSTOMER)).to_pylist()
    return row["n"], ledger.ask(texts_of(Audience.CUSTOMER, 100))["id"].to_pylist()


def test_employees_words_are_not_customers(ledger: Ledger) -> None:
    assert counts(ledger, Audience.EMPLOYEE, PERIOD) == (
        Totals(texts=0, nameless=0, themeless=0, people=0),
        [],
    )


def test_every_month_is_told_also_those_in_which_nobody_spoke(ledger: Ledger) -> None:
    whole = Period(start=PERIOD.start, end=datetime(2026, 5, 1, tzinfo=UTC))
    found = course(ledger, Audience.CUSTOMER, whole, ["grinder", "support"])
    assert [(month.people, month.speakers) for month in found["grinder"]] == [(1, 1), (2, 4), (0, 0), (1, 1)]
    assert [month.people for month in found["support"]] == [1, 0, 0, 0]


def test_quotes_are_told_once_with_their_copies_the_surest_first(ledger: Ledger) -> None:
    found = quotes(ledger, Audience.CUSTOMER, PERIOD, "grinder")
    assert [(one.id, one.copies) for one in found] == [("s5", 2), ("s4", 1), ("s1", 1)]
    unhappy = quotes(ledger, Audience.CUSTOMER, PERIOD, "grinder", tones=["negative"], limit=1, skipped=1)
    assert [one.id for one in unhappy] == ["s1"]


def test_those_who_spoke_of_a_theme_are_compared_with_others_who_spoke(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "other")
    begun, spoke = AS_OF - timedelta(days=400), AS_OF - timedelta(days=120)
    signals, read = [], []
    for number in range(200):
        signals.append(signal(f"j{number}", f"p{number}", begun, kind=Kind.JOINED))
        if number < 100:  # these spoke; the first half of the broken grinder, of whom most leave
            signals.append(signal(f"w{number}", f"p{number}", spoke, "words"))
            read.append((f"w{number}", "negative", ("grinder",) if number < 50 else ("support",)))
        if number < 40 or 95 <= number < 100:
            signals.append(signal(f"l{number}", f"p{number}", AS_OF - timedelta(days=30), kind=Kind.LEFT))
    # Left before the 90 days began: nobody asks whether they stayed.
    signals.append(signal("j_x", "p_x", begun, kind=Kind.JOINED))
    signals.append(signal("w_x", "p_x", spoke, "words"))
    signals.append(signal("l_x", "p_x", AS_OF - timedelta(days=100), kind=Kind.LEFT))
    read.append(("w_x", "negative", ("grinder",)))
    ledger.append(signals)
    ledger.load(AS_OF)
    keep(ledger, read)
    found = staying(ledger, Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=AS_OF))
    ledger.close()
    grinder = found["grinder"]
    assert (grinder.touched, grinder.stayed, grinder.others, grinder.others_stayed) == (50, 10, 50, 45)
    assert grinder.difference is not None
    assert grinder.difference.value == pytest.approx(-0.7)
    assert grinder.is_clear


def test_new_people_who_leave_for_being_new_are_no_finding(tmp_path: Path) -> None:
    """All new people speak of setting up and leave more, whoever speaks of what (Simpson's paradox)."""
    ledger = Ledger.open(tmp_path / "ages")
    spoke, signals, read = AS_OF - timedelta(days=120), [], []
    for number in range(400):
        is_new, of_it = number < 200, number % 10 < (8 if number < 200 else 2)
        begun = AS_OF - timedelta(days=130 if is_new else 900)
        signals.append(signal(f"j{number}", f"p{number}", begun, kind=Kind.JOINED))
        signals.append(signal(f"w{number}", f"p{number}", spoke, "words"))
        read.append((f"w{number}", "neutral", ("setting up",) if of_it else ("support",)))
        if number // 10 % 10 < (5 if is_new else 1):
            signals.append(signal(f"l{number}", f"p{number}", AS_OF - timedelta(days=30), kind=Kind.LEFT))
    ledger.append(signals)
    ledger.load(AS_OF)
    keep(ledger, read)
    found = staying(ledger, Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=AS_OF))["setting up"]
    ledger.close()
    assert found.stayed / found.touched < found.others_stayed / found.others - 0.2
    assert found.difference is not None
    assert found.difference.value == pytest.approx(0, abs=1e-9)
    assert not found.is_clear


def test_what_chance_alone_makes_of_many_themes_is_not_clear() -> None:
    themes = [
        Staying(theme=f"t{n}", ages=(Stratum(successes=80 + n % 3, n=100, base_successes=720, base_n=900),))
        for n in range(20)
    ]
    few = Stratum(successes=0, n=3, base_successes=800, base_n=997)
    themes.append(Staying(theme="few", ages=(few,)))
    found = adjusted(themes)
    assert not any(one.is_clear for one in found.values())
    assert found["few"].adjusted_p is None
