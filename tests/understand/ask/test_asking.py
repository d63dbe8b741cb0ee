"""Answers for a small company whose truth is known: who says what, how many, and who is silent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.ask.answer import Answer, Nothing
from emptychair.understand.ask.asking import Ask, Limits
from emptychair.understand.ask.inquiry import Form
from emptychair.understand.ask.siding import Side
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.understand.search.finding import Search
from tests.understand.ask.conftest import NOW, said


def answer(ask: Ask, text: str, **limits: object) -> Answer:
    found = ask.answer(text, Limits(**limits), NOW, minimum_n=10)  # type: ignore[arg-type]
    assert isinstance(found, Answer)
    return found


def ids(found: Answer, side: Side) -> set[str]:
    return {one.passage.signal for one in found.of(side)}


def test_people_are_for_or_against_a_claim_and_counted_once(ask: Ask) -> None:
    found = answer(ask, "Are refunds slow?")
    sides = found.sides
    assert sides is not None
    assert (sides.people_against, sides.both) == (4, 1)
    assert sides.people_for == 19, "18 people, one of them twice, and one text that names nobody"
    assert sides.agreeing is not None
    assert (sides.agreeing.n, round(sides.agreeing.value, 3)) == (23, 0.826)
    assert found.about.people == 24, "those, the one who says both, and the one who asks"
    assert found.about.nameless == 1
    assert found.is_all


def test_the_contrary_claim_has_the_sides_the_other_way_round(ask: Ask) -> None:
    slow, quick = answer(ask, "Refunds are slow"), answer(ask, "Refunds are not slow")
    assert slow.sides is not None
    assert quick.sides is not None
    assert (slow.sides.people_for, slow.sides.people_against) == (
        quick.sides.people_against,
        quick.sides.people_for,
    )


def test_who_asks_takes_no_side_and_what_the_company_wrote_is_not_heard(ask: Ask) -> None:
    found = answer(ask, "Are refunds slow?")
    assert "asks" in ids(found, Side.UNSURE)
    every = {one.passage.signal for one in found.evidence}
    assert "reply" not in every
    assert "parcel" not in every
    assert "coffee" not in every


def test_evidence_is_of_different_people_and_marks_what_tells(ask: Ask) -> None:
    found = answer(ask, "Are refunds slow?")
    shown = found.of(Side.FOR)
    people = [one.passage.person for one in shown if one.passage.person]
    assert len(people) == len(set(people))
    assert max(one.alike for one in shown) >= 18, "the same but for the number of days"
    for one in found.evidence:
        assert "refund" in one.passage.text[one.begin : one.end].lower()
    assert [one.id for one in found.evidence] == [f"e{n + 1}" for n in range(len(found.evidence))]


def test_an_open_question_has_no_sides(ask: Ask) -> None:
    found = answer(ask, "What do customers say about refunds?")
    assert found.inquiry.form is Form.OPEN
    assert found.sides is None
    assert found.about.people >= 24
    assert sum(found.tones.values()) == found.about.texts


def test_months_add_up_to_who_spoke(ask: Ask) -> None:
    found = answer(ask, "Are refunds slow?")
    assert sum(month.people for month in found.months) >= found.about.people
    assert all(month.people <= month.speakers for month in found.months)
    assert found.months[0].begins_at == datetime(2025, 6, 1, tzinfo=UTC)


def test_who_said_nothing_is_counted_and_compared(ask: Ask) -> None:
    quiet = answer(ask, "Are refunds slow?").silence
    assert quiet is not None
    assert quiet.silent.people == 12, "40 who joined, less one who left and 27 who said something in the year"
    assert quiet.spoke.people == 27
    assert quiet.silent.before == 1, "one asked something, long ago"
    assert quiet.silent.median_days is not None
    assert quiet.spoke.median_days is not None
    assert quiet.silent.median_days < quiet.spoke.median_days
    assert quiet.share is not None
    assert round(quiet.share.value, 3) == 0.308


def test_segments_say_who_speaks_of_it_more(ask: Ask) -> None:
    plans = {one.value: one for one in answer(ask, "Are refunds slow?").segments if one.field == "plan"}
    assert (plans["pro"].people, plans["pro"].speakers) == (15, 15)
    assert plans["pro"].speakers + plans["home"].speakers == 27


def test_languages_that_the_model_does_not_know_are_told_and_take_no_side(ask: Ask) -> None:
    found = answer(ask, "Are refunds slow?")
    assert found.unknown.get("es") == 1
    spanish = answer(ask, "reembolso")
    assert {one.passage.signal for one in spanish.evidence} == {"es"}
    assert spanish.evidence[0].tone is None


def test_a_period_and_a_channel_limit_whose_words_count(ask: Ask) -> None:
    late = answer(ask, "Are refunds slow?", start=NOW - timedelta(days=12))
    assert late.about.people < 10
    assert late.speakers.people < 27
    assert answer(ask, "Are refunds slow?", channel="mail").about.texts == 0
    assert answer(ask, "Are refunds slow?", channel="mail").speakers.people == 0


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> refund",
        "refund " * 100_000,
        "ردّ المبلغ",
        "🙂",
        '"refund" AND (',
        "退款",
        "x" * 2_000_000,
    ],
)
def test_whatever_is_asked_there_is_an_answer(ask: Ask, text: str) -> None:
    assert isinstance(ask.answer(text, Limits(), NOW, minimum_n=10), Answer)


def test_there_is_no_answer_to_nothing(ask: Ask) -> None:
    found = ask.answer(" ?! ", Limits(), NOW, minimum_n=10)
    assert isinstance(found, Nothing)
    assert found.reason == "empty"


def test_without_words_and_before_they_are_read_there_is_no_answer(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ask = Ask(tmp_path / "language", ledger, Search(tmp_path / "language", ledger))
    assert ask.answer("refund", Limits(), NOW, minimum_n=10) == Nothing(reason="unsaid", read=0, unread=0)
    ledger.append([said("s1", "ada", "The refund is late.")])
    ledger.load(NOW)
    found = ask.answer("refund", Limits(), NOW, minimum_n=10)
    assert isinstance(found, Nothing)
    assert (found.reason, found.unread) == ("unread", 1)
    ledger.close()


def test_ten_texts_are_enough_for_evidence_and_too_few_for_a_share(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.append([said(f"s{n}", f"p{n}", f"The grinder number {n} is loud.") for n in range(9)])
    ledger.load(NOW)
    room = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=lambda: NOW)
    room.read_waiting()
    room.close()
    ask = Ask(tmp_path / "language", ledger, Search(tmp_path / "language", ledger))
    found = answer(ask, "Is the grinder loud?")
    assert found.sides is not None
    assert found.sides.people_for == 9
    assert found.sides.agreeing is None
    assert found.share is None
    assert found.silence is None
    assert "import" in found.why_no_silence
    ledger.close()


def test_of_employees_fewer_than_five_are_told_nowhere(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    rota = [
        said(f"r{n}", None, f"The rota {n} is unfair and late.", audience=Audience.EMPLOYEE) for n in range(6)
    ]
    pay = [
        said(f"y{n}", f"emp_{n}", f"My salary number {n} is late.", audience=Audience.EMPLOYEE)
        for n in range(3)
    ]
    ledger.append([*rota, *pay])
    ledger.load(NOW)
    room = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=lambda: NOW)
    room.read_waiting()
    room.close()
    ask = Ask(tmp_path / "language", ledger, Search(tmp_path / "language", ledger))
    few = ask.answer("Is the salary late?", Limits(audience=Audience.EMPLOYEE), NOW, minimum_n=10)
    assert isinstance(few, Nothing)
    assert few.reason == "few"
    found = answer(ask, "Is the rota late?", audience=Audience.EMPLOYEE)
    assert found.about.texts >= 6
    assert {one.passage.person for one in found.evidence} == {None}
    assert found.months == ()
    assert found.silence is None
    assert answer_of_customers(ask) == "unsaid"
    ledger.close()


def answer_of_customers(ask: Ask) -> str:
    found = ask.answer("Is the rota late?", Limits(), NOW, minimum_n=10)
    assert isinstance(found, Nothing)
    return found.reason
