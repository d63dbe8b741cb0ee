from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from emptychair.domain.metric import Metric
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.measure.choices import Choices
from emptychair.measure.periods import PeriodNotOverError, before, length
from emptychair.measure.scorecard import Scorecard, scorecard
from emptychair.stats.cohort import Standing
from emptychair.understand.fields import UnknownFieldError
from tests.understand.histories import a_spell, days, did, keep, on, paid, rated

NOW = on("2024-07-01")


def metric(card: Scorecard, name: str, segment: str | None = None) -> Metric:
    """The one metric of this name and segment."""
    (found,) = [
        one
        for one in card.metrics
        if one.name == name and (one.segment[1] if one.segment else None) == segment
    ]
    return found


def company(people: int = 400, seed: int = 1) -> list[Signal]:
    """People who join over two years, half of them on a plan that fewer leave, and answer twice."""
    rng = Random(seed)
    signals: list[Signal] = []
    for number in range(people):
        began = on("2022-07-01") + days(rng.randrange(0, 700))
        plan = "pro" if number % 2 else "basic"
        signals.append(did(f"p{number}", began, "joined", properties=f'{{"plan": "{plan}"}}'))
        ended = began + days(rng.expovariate(1 / (900 if plan == "pro" else 300)))
        if ended < NOW:
            signals.append(did(f"p{number}", ended, "left"))
        for _ in range(2):
            when = began + days(rng.random() * 400)
            if when < min(ended, NOW):
                signals.append(rated(f"p{number}", when, rng.choice([3, 7, 8, 9, 10])))
    return [*signals, did("last", NOW - days(0.5), "told")]


def numbers(metrics: Sequence[Metric]) -> list[tuple[object, ...]]:
    return [(m.name, m.segment, m.value, m.low, m.high, m.n, m.period) for m in metrics]


def test_the_default_is_the_year_before_the_midnight_after_the_last_signal(ledger: Ledger) -> None:
    keep(ledger, company())
    card = scorecard(ledger, now=on("2026-01-01"))
    rate = metric(card, "retention_rate")
    assert rate.period == metric(card, "nps").period == Period(on("2023-07-01"), NOW)
    assert rate.value is not None
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < rate.value < rate.high
    assert "12 months" in rate.definition
    assert [standing.audience for standing in card.standings] == [Audience.CUSTOMER]


def test_an_audience_that_is_asked_for_answers_even_when_nothing_is_known_of_it(ledger: Ledger) -> None:
    card = scorecard(ledger, now=NOW, audience=Audience.EMPLOYEE)
    assert (
        metric(card, "retention_rate").reason
        == "Nobody's first day is known: import employees with the day they were hired."
    )
    assert (
        metric(card, "enps").reason == "Not enough data: 10 answers are needed and there are 0, so 10 more."
    )
    assert scorecard(ledger, now=NOW).opening[0].text == "Nothing has been heard yet."


def test_segments_add_up_to_everybody_and_a_persons_plan_is_found(ledger: Ledger) -> None:
    keep(ledger, company())
    card = scorecard(ledger, now=NOW, by="PLAN")
    parts = [metric(card, "retention_rate", plan) for plan in ("basic", "pro")]
    assert sum(part.n for part in parts) == metric(card, "retention_rate").n
    assert [part.segment for part in parts] == [("plan", "basic"), ("plan", "pro")]
    assert (parts[0].high or 0) < (parts[1].low or 0)
    assert sum(m.n for m in card.metrics if m.name == "nps" and m.segment) == metric(card, "nps").n
    with pytest.raises(UnknownFieldError, match="plan"):
        scorecard(ledger, now=NOW, by="height")


def test_strangers_duplicates_and_the_order_of_arrival_change_no_number(ledger: Ledger) -> None:
    signals = company(150)
    keep(ledger, signals)
    first = numbers(scorecard(ledger, now=NOW, audience=Audience.CUSTOMER).metrics)
    keep(ledger, Random(1).sample(signals, len(signals)), "imp_again")
    keep(ledger, [replace(signal, id=f"e-{signal.id}", audience=Audience.EMPLOYEE) for signal in signals])
    assert numbers(scorecard(ledger, now=NOW, audience=Audience.CUSTOMER).metrics) == first
    employees = numbers(scorecard(ledger, now=NOW, audience=Audience.EMPLOYEE).metrics)
    assert [row[1:] for row in employees] == [row[1:] for row in first]


def test_moving_every_history_by_whole_months_moves_the_periods_only(ledger: Ledger) -> None:
    """All begin on the first of a month and end on days that every month has."""
    rng = Random(3)
    signals: list[Signal] = []
    for number in range(200):
        year, month = 2022 + number % 2, number % 12 + 1
        signals += a_spell(f"p{number}", f"{year}-{month:02}-01")
        if rng.random() < 0.4:
            signals.append(
                did(f"p{number}", f"{year + 1}-{rng.randrange(1, 4):02}-{rng.randrange(1, 28):02}", "left")
            )
    keep(ledger, signals)
    later = [
        replace(s, id=f"later-{s.id}", audience=Audience.EMPLOYEE,
                occurred_at=s.occurred_at.replace(year=s.occurred_at.year + 4))
        for s in signals
    ]  # fmt: skip
    keep(ledger, later)
    one = scorecard(ledger, now=on("2030-01-01"), audience=Audience.CUSTOMER, as_of=on("2024-06-01"))
    two = scorecard(ledger, now=on("2030-01-01"), audience=Audience.EMPLOYEE, as_of=on("2028-06-01"))
    assert [(m.value, m.low, m.high, m.n) for m in one.metrics] == [
        (m.value, m.low, m.high, m.n) for m in two.metrics
    ]


def test_nothing_after_as_of_is_seen(ledger: Ledger) -> None:
    signals = company(200)
    as_of = on("2024-01-15")
    keep(ledger, [signal for signal in signals if signal.occurred_at < as_of])
    then = scorecard(ledger, now=NOW, as_of=as_of, by="plan", with_pictures=True)
    keep(ledger, signals)
    now = scorecard(ledger, now=NOW, as_of=as_of, by="plan", with_pictures=True)
    assert now.metrics == then.metrics
    assert [s.pictures and s.pictures.trends for s in now.standings] == [
        s.pictures and s.pictures.trends for s in then.standings
    ]


def test_a_period_that_is_not_over_is_refused_with_what_to_do(ledger: Ledger) -> None:
    keep(ledger, company(50))
    with pytest.raises(PeriodNotOverError, match="earlier end"):
        scorecard(ledger, now=NOW, period=Period(on("2024-01-01"), on("2024-09-01")))
    with pytest.raises(PeriodNotOverError):
        scorecard(ledger, now=NOW, as_of=on("2024-02-01"), period=Period(on("2024-01-01"), on("2024-03-01")))


def test_below_the_least_number_there_is_a_reason_and_no_number(ledger: Ledger) -> None:
    keep(ledger, [rated(f"p{n}", "2024-06-30", 9) for n in range(12)])
    assert metric(scorecard(ledger, now=NOW), "nps").value == 100.0
    strict = metric(scorecard(ledger, now=NOW, choices=Choices(minimum_n=30)), "nps")
    assert (strict.value, strict.low, strict.high, strict.n) == (None, None, None, 12)
    assert strict.reason == "Not enough data: 30 answers are needed and there are 12, so 18 more."


def shoppers(people: int, months: int) -> list[Signal]:
    rng = Random(people)
    signals = []
    for number in range(people):
        when = NOW - days(30 * months * rng.random())
        while when < NOW:
            signals.append(paid(f"p{number}", when, 10, id=f"{number}-{when.isoformat()}"))
            when += days(rng.expovariate(1 / 20))
            if rng.random() < 0.1:
                break
    return signals


def test_without_contracts_the_period_leaves_room_for_one_gap(ledger: Ledger) -> None:
    keep(ledger, shoppers(300, 9))
    card = scorecard(ledger, now=NOW, choices=Choices(gap_days={Audience.CUSTOMER: 60}))
    rate = metric(card, "retention_rate")
    assert rate.period.start == on("2024-01-01")
    assert "60 days" in rate.definition
    assert "longest up to 12" in rate.definition
    assert "set by hand" in rate.definition


def test_too_short_a_history_says_how_many_days_are_missing(ledger: Ledger) -> None:
    keep(ledger, shoppers(300, 2))
    card = scorecard(ledger, now=NOW, choices=Choices(gap_days={Audience.CUSTOMER: 60}))
    rate = metric(card, "retention_rate")
    assert rate.value is None
    assert rate.reason is not None
    assert "more" in rate.reason


def test_a_change_is_told_when_both_periods_can_be_seen(ledger: Ledger) -> None:
    keep(ledger, [rated(f"a{n}", "2023-03-01", 3) for n in range(60)])
    keep(ledger, [rated(f"b{n}", "2024-03-01", 10) for n in range(60)])
    card = scorecard(ledger, now=NOW, as_of=NOW)
    change = card.standings[0].changes["nps"]
    assert change.value == 200
    assert change.low > 0
    assert card.opening[0].text == "Customers recommend us more: NPS 100, up 200.0."
    assert [part.text for part in card.opening[0].parts if part.is_strong] == ["100", "200.0"]


def test_chance_alone_is_never_called_a_rise(ledger: Ledger) -> None:
    keep(ledger, [rated(f"a{n}", "2023-03-01", 10 if n % 2 else 3) for n in range(60)])
    keep(ledger, [rated(f"b{n}", "2024-03-01", 10 if n % 5 > 1 else 3) for n in range(60)])
    card = scorecard(ledger, now=NOW, as_of=NOW)
    assert card.standings[0].changes["nps"].value > 0
    assert card.opening[0].template.startswith("The NPS of customers is")


def test_pictures_have_the_months_the_cohorts_and_the_curve(ledger: Ledger) -> None:
    keep(ledger, company())
    standing = scorecard(ledger, now=NOW, with_pictures=True).standings[0]
    pictures = standing.pictures
    assert pictures is not None
    assert pictures.survival is not None
    assert pictures.cohorts is not None
    assert {trend.name for trend in pictures.trends} == {"retention_rate", "nps"}
    assert len(pictures.cohorts.cohorts) == 23
    assert all(cell.standing in Standing for row in pictures.cohorts.cohorts for cell in row.cells)
    for trend in pictures.trends:
        months = [point.month for point in trend.points]
        assert months == sorted(set(months))
        assert trend.points[-1].month == on("2024-06-01")


def test_the_period_before_is_as_long() -> None:
    assert before(Period(on("2024-01-01"), on("2024-04-01"))) == Period(on("2023-10-01"), on("2024-01-01"))
    assert before(Period(on("2024-01-01"), on("2024-01-11"))) == Period(on("2023-12-22"), on("2024-01-01"))
    assert length(Period(on("2024-01-01"), on("2024-04-01"))) == "3 months"
    assert length(Period(on("2024-01-01"), on("2024-01-11"))) == "10 days"
