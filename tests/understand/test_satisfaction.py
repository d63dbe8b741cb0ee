from collections import Counter
from decimal import Decimal
from random import Random

import pytest

from emptychair.domain.period import Period, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.fields import UnknownFieldError, field, fields, largest
from emptychair.understand.satisfaction import (
    Unheard,
    scores_by,
    scores_by_month,
    scores_given,
    silent,
    unheard,
)
from emptychair.understand.scores import Score, estimate
from tests.understand.histories import a_spell, days, did, keep, on, paid, rated
from tests.understand.test_spells import AS_OF, contract

CUSTOMER = Audience.CUSTOMER
SPRING = Period(on("2024-03-01"), on("2024-06-01"))


def counted(ledger: Ledger, score: Score = Score.NPS, by: str | None = None) -> dict[str, dict[Decimal, int]]:
    chosen = None if by is None else field(ledger, by)
    return {key: dict(value) for key, value in scores_by(ledger, CUSTOMER, score, SPRING, chosen).items()}


def test_the_last_answer_of_a_person_in_the_period_counts(ledger: Ledger) -> None:
    keep(
        ledger, [rated("ada", "2024-03-01", 2), rated("ada", "2024-05-01", 9), rated("ada", "2024-06-01", 0)]
    )
    assert counted(ledger) == {"": {Decimal(9): 1}}
    assert unheard(ledger, CUSTOMER, Score.NPS, SPRING) == Unheard(off_scale=0, unnamed=0, superseded=1)


def test_answers_that_name_nobody_count_each_by_itself(ledger: Ledger) -> None:
    keep(ledger, [rated(None, "2024-03-01", 9, id=f"a{n}") for n in range(3)])
    keep(ledger, [rated("a0", "2024-03-01", 9)])
    assert counted(ledger) == {"": {Decimal(9): 4}}
    assert unheard(ledger, CUSTOMER, Score.NPS, SPRING) == Unheard(off_scale=0, unnamed=3, superseded=0)


def test_a_score_that_is_not_on_the_scale_is_left_out_counted_and_replaces_nothing(ledger: Ledger) -> None:
    keep(
        ledger,
        [rated("ada", "2024-03-01", 9), rated("ada", "2024-03-02", 11), rated("ben", "2024-03-02", "7.5")],
    )
    keep(
        ledger,
        [did("cyd", "2024-03-03", "rated", name="nps"), rated("cyd", "2024-03-04", "4.5", name="stars")],
    )
    assert counted(ledger) == {"": {Decimal(9): 1}}
    assert unheard(ledger, CUSTOMER, Score.NPS, SPRING).off_scale == 3
    assert counted(ledger, Score.STARS) == {"": {Decimal("4.5"): 1}}
    assert scores_given(ledger, CUSTOMER) == {Score.NPS, Score.STARS}


def test_every_month_has_the_last_answer_of_each_person_in_it(ledger: Ledger) -> None:
    rng = Random(6)
    answers = [
        (rng.choice(["ada", "ben", "cyd", None]), AS_OF - days(rng.random() * 200), rng.randrange(-1, 12))
        for _ in range(400)
    ]
    keep(ledger, [rated(who, when, score, id=f"{n:04}") for n, (who, when, score) in enumerate(answers)])
    period = Period(AS_OF - days(150), AS_OF - days(20))
    last: dict[object, tuple[object, ...]] = {}
    for number, (who, when, score) in enumerate(answers):
        if period.start <= when < period.end and 0 <= score <= 10:
            key = (month_number(when), who or f"{number}")
            last[key] = max(last.get(key, ()), (when, f"{number:04}", score))
    expected: dict[int, Counter[Decimal]] = {}
    for (month, _), (_, _, score) in last.items():  # type: ignore[misc]
        expected.setdefault(month, Counter())[Decimal(score)] += 1
    assert scores_by_month(ledger, CUSTOMER, Score.NPS, period) == expected


def test_people_who_are_there_and_did_not_answer_are_counted(ledger: Ledger) -> None:
    keep(ledger, [s for who in ("ada", "ben", "cyd") for s in a_spell(who, "2024-01-01")])
    keep(ledger, a_spell("gone", "2024-01-01", "2024-04-01"))
    keep(
        ledger, [rated("ada", "2024-04-01", 9), rated("ben", "2024-01-15", 9), rated("gone", "2024-03-15", 1)]
    )
    keep(ledger, [rated("cyd", "2024-03-15", 6, name="csat"), rated("ben", "2024-03-15", 5, name="csat")])
    assert silent(ledger, contract(), [Score.NPS, Score.CSAT], SPRING) == {Score.NPS: 2, Score.CSAT: 2}


def test_an_answers_own_property_comes_before_what_is_known_of_the_person(ledger: Ledger) -> None:
    keep(ledger, a_spell("ada", "2024-01-01", properties='{"Plan": "pro"}'))
    keep(
        ledger, [rated("ada", "2024-04-01", 9), rated("ben", "2024-04-01", 3, properties='{"Plan": "basic"}')]
    )
    keep(ledger, [rated(None, "2024-04-01", 5, id="x")])
    assert counted(ledger, by="pLAN") == {
        "pro": {Decimal(9): 1},
        "basic": {Decimal(3): 1},
        "": {Decimal(5): 1},
    }


def test_a_person_has_the_value_that_held_when_the_period_began(ledger: Ledger) -> None:
    keep(ledger, [did("ada", day, "told", properties=f'{{"plan": "{plan}"}}') for day, plan in [
        ("2024-01-01", "first"), ("2024-02-01", "then"), ("2024-04-01", "later")
    ]])  # fmt: skip
    keep(
        ledger,
        [paid("ada", "2024-02-20", 5, properties='{"plan": "only bought"}'), rated("ada", "2024-05-01", 9)],
    )
    assert counted(ledger, by="plan") == {"then": {Decimal(9): 1}}


def test_a_column_of_signals_is_a_field_too(ledger: Ledger) -> None:
    keep(
        ledger, [rated("ada", "2024-04-01", 9, channel="mail"), rated("ben", "2024-04-01", 3, channel="web")]
    )
    assert counted(ledger, by="Channel") == {"mail": {Decimal(9): 1}, "web": {Decimal(3): 1}}


def test_an_unknown_field_is_refused_with_those_that_there_are(ledger: Ledger) -> None:
    keep(ledger, a_spell("ada", "2024-01-01", properties='{"Plan": "pro", "country": "AT"}'))
    assert fields(ledger) == ("channel", "country", "currency", "name", "Plan", "source")
    with pytest.raises(UnknownFieldError, match="channel, country, currency, name, Plan, source"):
        field(ledger, "shoe size")


def test_small_segments_are_added_up_and_nothing_is_lost() -> None:
    counts = {f"v{n:02}": n for n in range(1, 21)} | {"": 4}
    shown = largest(counts, lambda n: n, lambda one, two: one + two)
    assert [segment.label for segment, _ in shown[:2]] == ["v20", "v19"]
    assert (shown[12][0].label, shown[12][0].merged, shown[12][1]) == ("(other)", 8, 36)
    assert shown[13][0].label == "(unknown)"
    assert sum(count for _, count in shown) == sum(counts.values())


def test_each_score_has_its_own_number() -> None:
    counts = {Decimal(5): 12, Decimal(4): 6, Decimal(1): 6}
    csat, stars = estimate(Score.CSAT, counts), estimate(Score.STARS, counts)
    effort = estimate(Score.CES, counts)
    assert csat is not None
    assert stars is not None
    assert effort is not None
    assert csat.value == 0.75
    assert stars.value == effort.value == 3.75
    assert estimate(Score.NPS, {Decimal(10): 9}) is None
