"""Who is like somebody: the reasons, the order, and how they fared."""

from datetime import timedelta

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.person.alike import Life, Trait, alike, likeness
from tests.understand.histories import did, keep, on, paid


def life(person: str = "ada", **more: object) -> Life:
    told = {"first_month": 24_000, "activity": 10.0, "money": 20.0, "words": 2, "plan": "home", **more}
    return Life(person=person, **told)  # type: ignore[arg-type]


def test_twins_are_as_near_as_can_be_and_say_in_what() -> None:
    one = life(themes=frozenset({"late"}))
    same = likeness(one, life("ben", themes=frozenset({"late"})))
    assert (same.nearness, set(same.alike_in), same.shared) == (1.0, set(Trait), {"late"})


def test_whoever_differs_in_everything_is_far_and_what_is_unknown_weighs_nothing() -> None:
    far = life("ben", first_month=24_050, activity=500.0, money=0.0, words=90, plan="pro",
               themes=frozenset({"taste"}))  # fmt: skip
    assert likeness(life(themes=frozenset({"late"})), far).nearness < 0.01
    unknown = likeness(life(), life("cyd", plan=""))
    assert unknown.nearness == 1.0
    assert Trait.PLAN not in unknown.alike_in
    assert Trait.THEMES not in unknown.alike_in


def test_the_nearest_come_first_and_their_fate_is_told_with_its_n(ledger: Ledger) -> None:
    began = on("2025-01-05")
    for number in range(30):
        who, plan = f"c{number:02}", "home" if number < 20 else "pro"
        keep(
            ledger,
            [did(who, began + timedelta(days=number % 3), "joined", properties=f'{{"plan": "{plan}"}}')],
        )
        if number % 2 and number:
            keep(ledger, [did(who, began + timedelta(days=300), "left")])
        keep(ledger, [did(who, began + timedelta(days=7 * week)) for week in range(5 if number < 20 else 40)])
        keep(ledger, [paid(who, began + timedelta(days=40), 10 if number < 20 else 900)])
    found = alike(ledger, Audience.CUSTOMER, "c00", minimum_n=10)
    assert {one.life.person for one in found.nearest[:19]} == {f"c{n:02}" for n in range(1, 20)}
    assert found.n == 29
    assert found.staying is not None
    assert round(found.staying.value * 29) == 14
    assert Trait.PLAN in found.nearest[0].alike_in
    few = alike(ledger, Audience.CUSTOMER, "c00", minimum_n=40)
    assert (few.staying, few.n) == (None, 29)
    assert alike(ledger, Audience.CUSTOMER, "nobody", minimum_n=10).nearest == ()
