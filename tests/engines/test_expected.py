"""Answers of every engine are what plain Python computes from the same signals."""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

import pyarrow as pa
import pytest

from emptychair.domain.period import month_number, months_later
from emptychair.ledger.engines.engine import Engine
from emptychair.ledger.question import question
from tests.engines.adversarial import LOOK_ALIKES, TEXTS, rows
from tests.engines.questions import LAST_ANSWERS, PAIRS, QUESTIONS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def signals() -> list[dict[str, Any]]:
    return rows()


def asked(engine: Engine, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = engine.ask(QUESTIONS[name]).to_pylist()
    return found


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def test_rows_come_back_as_they_went_in(engine: Engine, signals: list[dict[str, Any]]) -> None:
    found = asked(engine, "all rows, all columns")
    for row in found:
        row["occurred_at"], row["received_at"] = aware(row["occurred_at"]), aware(row["received_at"])
    assert found == sorted(signals, key=lambda row: row["id"])


def test_answers_have_one_shape(engine: Engine) -> None:
    table = engine.ask(
        question("""
            select count(*) as n, sum(1) as ones, sum(value) as money, sum(value * value) as squares,
                1 / nullif(2, 0) as half, max(occurred_at) as last_at, max(text) as t,
                max(month_number(occurred_at)) as m, count(*) > 1 as many
            from signals where value < 100
                and value > -100
        """)
    )
    assert table.schema.types == [
        pa.int64(), pa.int64(), pa.decimal128(38, 4), pa.decimal128(38, 8), pa.float64(), pa.timestamp("us"),
        pa.string(), pa.int64(), pa.bool_(),
    ]  # fmt: skip


def test_counts_and_sums(engine: Engine, signals: list[dict[str, Any]]) -> None:
    for row in asked(engine, "counts"):
        of_kind = [one for one in signals if one["kind"] == row["kind"]]
        people = {one["person"] for one in of_kind} - {None}
        assert (row["n"], row["people"]) == (len(of_kind), len(people))
        assert row["named"] == sum(one["person"] is not None for one in of_kind)
        assert row["promoters"] == sum(one["score"] is not None and one["score"] >= 9 for one in of_kind)
    for row in asked(engine, "sums of huge decimals"):
        values = [one["value"] or Decimal(0) for one in signals if one["kind"] == row["kind"]]
        assert (row["total"], row["thrice"]) == (sum(values), 3 * sum(values))


def test_nothing_has_a_sum_of_zero_and_no_least(engine: Engine) -> None:
    (row,) = asked(engine, "aggregates of no rows")
    assert row == {"n": 0, "v": 0, "ones": 0, "a": None, "t": None, "s": None, "p": 0, "m": None, "b": 0}


def test_shares_are_doubles_to_the_last_digit(engine: Engine, signals: list[dict[str, Any]]) -> None:
    for row in asked(engine, "shares"):
        of_kind = [one for one in signals if one["kind"] == row["kind"] and one["value"] is not None]
        of_kind = [one for one in of_kind if abs(one["value"]) < 1_000_000]
        assert row["mean"] == float(sum(one["value"] for one in of_kind)) / len(of_kind)
        assert row["third"] == 1 / 3


def test_text_is_ordered_by_its_bytes(engine: Engine) -> None:
    found = [row["text"] for row in asked(engine, "order of text, descending")]
    expected = sorted(
        {text for text in TEXTS if text is not None}, key=lambda text: text.encode(), reverse=True
    )
    assert found == [*expected, None]


def test_look_alikes_are_different_people(engine: Engine, signals: list[dict[str, Any]]) -> None:
    counts = Counter(one["person"] for one in signals)
    found = {row["person"]: row["n"] for row in asked(engine, "look-alikes are different people")}
    assert found == {person: counts[person] for person in LOOK_ALIKES}


def test_hostile_text_finds_itself_and_nothing_else(engine: Engine, signals: list[dict[str, Any]]) -> None:
    (row,) = asked(engine, "each hostile text finds itself")
    counts = Counter(one["text"] for one in signals)
    for place in range(len(row) // 2):
        wanted = row[f"wanted_{place}"]
        assert wanted in TEXTS
        assert row[f"found_{place}"] == counts[wanted]


def test_texts_are_measured_in_characters_and_lowered_only_in_ascii(engine: Engine) -> None:
    found = engine.ask(
        question("select distinct text, text_length(text) as n, ascii_lower(text) as low from signals")
    )
    for row in found.to_pylist():
        text = row["text"]
        assert row["n"] == (None if text is None else len(text))
        low = text and "".join(sign.lower() if sign.isascii() else sign for sign in text)
        assert row["low"] == low


def test_instants_have_the_parts_of_the_calendar_in_utc(
    engine: Engine, signals: list[dict[str, Any]]
) -> None:
    at = {one["id"]: one["occurred_at"] for one in signals}
    for row in asked(engine, "parts of an instant"):
        moment = at[row["id"]]
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        days = (midnight - EPOCH) // timedelta(days=1)
        assert row["m"] == month_number(moment)
        assert aware(row["ms"]) == midnight.replace(day=1)
        assert (row["d"], aware(row["ds"]), row["h"]) == (days, midnight, moment.hour)
        assert row["w"] == (days + 3) // 7


def test_instants_move_as_the_domain_moves_them(engine: Engine, signals: list[dict[str, Any]]) -> None:
    at = {one["id"]: one["occurred_at"] for one in signals}
    for row in asked(engine, "instants moved"):
        moment = at[row["id"]]
        assert aware(row["one"]) == months_later(moment, 1)
        assert aware(row["back"]) == months_later(moment, -13)
        assert aware(row["days"]) == moment + timedelta(days=30)
        assert aware(row["before_days"]) == moment - timedelta(days=366)


def test_whole_months_between_are_the_most_that_fit(engine: Engine) -> None:
    for row in engine.ask(QUESTIONS["months and microseconds between"]).to_pylist():
        assert row["m"] is not None
    pairs = question(
        "select from_at, to_at, months_between_whole(from_at, to_at) as m,"
        " micros_between(from_at, to_at) as u from pairs",
        {"pairs": PAIRS},
    )
    for row in engine.ask(pairs).to_pylist():
        start, end, months = aware(row["from_at"]), aware(row["to_at"]), row["m"]
        assert months_later(start, months) <= end < months_later(start, months + 1)
        assert row["u"] == (end - start) // MICROSECOND


def test_percentiles_lie_between_the_two_nearest(engine: Engine, signals: list[dict[str, Any]]) -> None:
    for row in asked(engine, "percentiles"):
        chosen = [one for one in signals if one["kind"] == row["kind"] and one["value"] is not None]
        chosen = [one for one in chosen if abs(one["value"]) < 100_000_000]
        values = [float(one["value"]) for one in chosen]
        scores = [float(one["score"]) for one in chosen if one["score"] is not None]
        assert (row["m"], row["q"], row["top"]) == (
            percentile(scores, 0.5), percentile(values, 0.25), percentile(values, 0.9),
        )  # fmt: skip


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    part = place - math.floor(place)
    return ordered[math.floor(place)] * (1 - part) + ordered[math.ceil(place)] * part


def test_the_last_answer_of_a_person_is_one(engine: Engine, signals: list[dict[str, Any]]) -> None:
    last: dict[tuple[str, str], Decimal] = {}
    for one in sorted(signals, key=lambda one: (one["occurred_at"], one["id"])):
        if one["kind"] == "rated" and one["person"] is not None and one["score"] is not None:
            last[one["audience"], one["person"]] = one["score"]
    found = engine.ask(LAST_ANSWERS).to_pylist()
    assert {(row["audience"], row["person"]): row["score"] for row in found} == last
    assert len(found) == len(last)


def test_a_card_holds_the_life_of_a_person(engine: Engine, signals: list[dict[str, Any]]) -> None:
    named = [one for one in signals if one["person"] is not None]
    named.sort(key=lambda one: (one["audience"], one["person"]))
    expected = [card(list(life)) for _, life in groupby(named, lambda one: (one["audience"], one["person"]))]
    found = asked(engine, "person cards")
    for row in found:
        row["first_at"], row["last_at"] = aware(row["first_at"]), aware(row["last_at"])
    found.sort(key=lambda row: (row["audience"], row["person"]))
    assert found == expected


def card(life: list[dict[str, Any]]) -> dict[str, Any]:
    """One person's card by its definition: bit k is a month in which they did or paid something."""
    first = min(one["occurred_at"] for one in life)
    active = {
        month_number(one["occurred_at"]) - month_number(first)
        for one in life
        if one["kind"] == "did" or (one["kind"] == "paid" and one["value"] is not None and one["value"] > 0)
    }
    kinds = Counter(one["kind"] for one in life)
    return {
        "audience": life[0]["audience"],
        "person": life[0]["person"],
        "first_at": first,
        "last_at": max(one["occurred_at"] for one in life),
        "signals": len(life),
        **{kind: kinds[kind] for kind in ("did", "said", "rated", "paid", "met")},
        "spend": sum((one["value"] or Decimal(0) for one in life if one["kind"] == "paid"), Decimal(0)),
        "first_month": month_number(first),
        "active_0": sum(1 << month for month in active if month < 62),
        "active_1": sum(1 << month - 62 for month in active if 62 <= month < 124),
    }
