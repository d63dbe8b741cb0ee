"""What foretells the next need is shipped when it beat the baseline on a month it had not seen."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from emptychair.anticipate.need import things
from emptychair.anticipate.need.card import Verdict
from emptychair.anticipate.need.keeping import UnreadableError, packed, unpacked
from emptychair.anticipate.need.learning import Learned, learned
from emptychair.anticipate.need.likely import Suggestion, Why, likely
from emptychair.anticipate.need.models import Kind
from emptychair.anticipate.need.things import Goal
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import Arrivals
from tests.anticipate.need.companies import NOW, bought, by_chance, fill, in_pairs, told
from tests.understand.histories import did, keep, on

CUSTOMER = Audience.CUSTOMER


def learn(ledger: Ledger, goal: Goal = Goal.NEW_PRODUCT, at: datetime = NOW) -> Learned | None:
    words = things.words(ledger, CUSTOMER, at, {})
    return learned(ledger, CUSTOMER, goal, at, Arrivals(), words, np.random.default_rng(1))


def next_of(ledger: Ledger, found: Learned, person: str, most: int = 3) -> list[Suggestion]:
    words = things.words(ledger, CUSTOMER, NOW, {})
    return likely(ledger, CUSTOMER, found.model, words, [person], NOW, most)[person]


def test_what_follows_what_is_found_and_shipped_with_its_reason(ledger: Ledger) -> None:
    fill(ledger, [*in_pairs(400, 3), bought("ada", "thing 06", 5)])
    found = learn(ledger)
    assert found is not None
    card = found.card
    assert card.verdict is Verdict.BETTER
    assert card.shipped in (Kind.ALIKE, Kind.SEQUENCE)
    assert card.gain is not None
    assert card.gain.low > 0.1
    by_kind = {one.kind: one for one in card.judged}
    assert by_kind[card.shipped].recall.low > by_kind[Kind.POPULAR].recall.high
    first = next_of(ledger, found, "ada")[0]
    assert (first.name, first.because) == ("thing 07", "thing 06")
    assert first.why in (Why.WITH, Why.NEXT)
    assert 5 <= first.people <= first.of


def test_nothing_is_found_where_there_is_nothing_and_the_baseline_is_shipped(ledger: Ledger) -> None:
    fill(ledger, by_chance(500, 4))
    for goal, kinds in ((Goal.NEW_PRODUCT, {Kind.POPULAR}), (Goal.PRODUCT, {Kind.POPULAR, Kind.AGAIN})):
        found = learn(ledger, goal)
        assert found is not None
        assert found.card.verdict is Verdict.NOT_BETTER
        assert found.card.shipped in kinds
        assert found.card.gain is not None
        assert found.card.gain.low <= 0


def test_people_who_buy_the_same_again_are_told_so(ledger: Ledger) -> None:
    rows = [
        bought(f"p{number:03}", f"thing {number % 20:02}", ago)
        for number in range(200)
        for ago in (10, 35, 65, 95, 125)
    ]
    fill(ledger, rows)
    found = learn(ledger, Goal.PRODUCT)
    assert found is not None
    assert found.card.shipped is Kind.AGAIN
    first = next_of(ledger, found, "p007", 1)[0]
    assert (first.name, first.why, first.days) == ("thing 07", Why.OWN, 5)
    assert first.last_on == (NOW - timedelta(days=10)).date()


def test_nothing_that_came_later_is_learnt_from(ledger: Ledger) -> None:
    """The card as of an instant is the same after more came, and after something older came late."""
    then = NOW - timedelta(days=60)
    fill(ledger, in_pairs(300, 5))
    before = learn(ledger, at=then)
    assert before is not None
    keep(
        ledger,
        [
            did(
                f"late{number}", then - timedelta(days=20), "paid", name="order", value=20, source="app",
                properties='{"product": "thing 00"}', received_at=then + timedelta(days=1),
            )
            for number in range(100)
        ],
    )  # fmt: skip
    after = learn(ledger, at=then)
    assert after is not None
    assert after.card == before.card
    assert packed(after) == packed(before)
    later = learn(ledger, at=then + timedelta(days=2))
    assert later is not None
    assert later.model.everybody >= before.model.everybody + 100


def test_somebody_new_is_told_what_people_of_the_same_plan_have(ledger: Ledger) -> None:
    rng = np.random.default_rng(6)
    rows = []
    for number in range(600):
        plan = ("gold", "blue")[number % 2]
        rows.append(told(f"p{number:03}", 150, plan))
        for ago in rng.uniform(0, 100, 2):
            item = int(rng.integers(12)) + 12 * (plan == "gold")
            rows.append(bought(f"p{number:03}", f"thing {item:02}", float(ago)))
    fill(ledger, [*rows, told("new", 3, "gold"), told("strange", 3, "green")])
    found = learn(ledger)
    assert found is not None
    assert found.card.newcomers is not None
    assert found.card.newcomers.gain.low > 0
    mine = next_of(ledger, found, "new")
    assert [one.why for one in mine] == [Why.WITHIN] * 3
    assert {one.because for one in mine} == {"plan: gold"}
    assert min(one.name for one in mine) >= "thing 12"
    assert [one.why for one in next_of(ledger, found, "strange")] == [Why.POPULAR] * 3


def test_something_new_is_suggested_to_those_who_have_what_goes_with_its_like(ledger: Ledger) -> None:
    rows = []
    for number in range(240):
        other = ("kettle", "lamp", "chair", "spade")[number % 4]
        goes = {"kettle": "green tea tin", "lamp": "wax candle", "chair": "felt cover", "spade": "rose seeds"}
        ago = 80 - number % 75
        rows += [bought(f"p{number:03}", other, ago + 20), bought(f"p{number:03}", goes[other], ago)]
    rows += [bought(f"q{number}", "green tea tin, large", 1) for number in range(6)]
    fill(ledger, [*rows, bought("ada", "kettle", 3), bought("ben", "spade", 3)])
    found = learn(ledger)
    assert found is not None
    assert found.card.shipped is Kind.ALIKE or found.card.shipped is Kind.SEQUENCE
    model = found.model
    if model.kind is not Kind.ALIKE:
        pytest.fail("items that go together are told by cosines")
    mine = {one.name: one for one in next_of(ledger, found, "ada", 2)}
    assert mine["green tea tin, large"].why is Why.NAMED
    assert mine["green tea tin, large"].because == "kettle"
    assert next_of(ledger, found, "ben", 1)[0].name == "rose seeds"


def test_features_are_suggested_before_their_first_use_alone(ledger: Ledger) -> None:
    names = ("export", "board", "share", "label")
    signals = [
        did(f"p{number}", NOW - timedelta(days=(number * 7 + at * 3) % 110, hours=at + 1), name=name)
        for number in range(120)
        for at, name in enumerate(names)
        if (number + at) % 3
    ]
    signals += [
        did("ada", on("2024-12-20"), name=name) for name in ("export", "board", "page", "export_failed")
    ]
    keep(ledger, signals)
    found = learn(ledger, Goal.FEATURE)
    assert found is not None
    assert set(found.model.items) == set(names)
    assert {one.item for one in next_of(ledger, found, "ada", 5)} == {"share", "label"}


def test_a_company_of_one_and_an_empty_one_have_nothing_to_tell_of_others(ledger: Ledger) -> None:
    assert learn(ledger) is None
    keep(ledger, [did("ada", NOW - timedelta(days=3), "paid", name="order", value=20)])
    assert learn(ledger) is None, "of one thing there is nothing to choose"
    fill(ledger, [bought("ada", "kettle", 40), bought("ada", "lamp", 3)])
    found = learn(ledger, Goal.PRODUCT)
    assert found is not None
    assert found.card.verdict is Verdict.TOO_FEW
    assert found.card.judged == ()
    assert {one.why for one in next_of(ledger, found, "ada")} == {Why.OWN}
    assert next_of(ledger, found, "nobody") == []


def test_a_model_is_kept_as_text_and_comes_back_the_same(ledger: Ledger) -> None:
    fill(ledger, in_pairs(200, 7))
    found = learn(ledger)
    assert found is not None
    again = unpacked(packed(found))
    assert replace(again.card, judged=tuple(again.card.judged)) == replace(
        found.card, judged=tuple(found.card.judged)
    )
    assert next_of(ledger, again, "p0003") == next_of(ledger, found, "p0003")
    assert "p0003" not in packed(found)
    for text in ("", "{}", '{"version": 0}', "[]"):
        with pytest.raises(UnreadableError):
            unpacked(text)
