"""What a play showed: planted effects are found, none is made up, and what is missing is said."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pytest

from emptychair.desk import judgements, play_people, plays
from emptychair.desk.desk import Desk
from emptychair.desk.judgements import Verdict as Judged
from emptychair.desk.plays import Goal, Play
from emptychair.domain.arm import Arm, held_out
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.experiment.planning import planned
from emptychair.experiment.verdict import Open, Side, Verdict, concluded, verdict
from emptychair.ledger.ledger import Ledger
from emptychair.stats.intervals import wilson
from emptychair.understand import identity
from tests.act.plays.conftest import NOON, PEOPLE, Start, desk, fill, ledger, signal, start

__all__ = ["desk", "ledger", "start"]

END = NOON + timedelta(days=30)
ALONE = held_out("ply", PEOPLE, 0.5)
ARMS = {one: Arm.HELD_OUT if one in ALONE else Arm.TREATED for one in PEOPLE}
TREATED = [one for one in PEOPLE if one not in ALONE]


def go_on(ledger: Ledger, signals: list[Signal] | None = None) -> None:
    """Signals reach beyond the end of the play."""
    last = [signal("stranger", Kind.DID, "page", END + timedelta(hours=1))]
    fill(ledger, [*(signals or []), *last], END + timedelta(days=1))


def leaving(people: list[str], day: int = 10) -> list[Signal]:
    return [signal(one, Kind.LEFT, "left", NOON + timedelta(days=day)) for one in people]


def now_of(desk: Desk, ledger: Ledger, play: Play) -> Verdict:
    return verdict(desk, ledger, play, END + timedelta(days=1))


def counts(found: Verdict) -> Mapping[Arm, tuple[int, int, int]]:
    assert found.sides is not None
    return {arm: (side.drawn, side.told, side.met) for arm, side in found.sides.items()}


def test_an_effect_that_was_planted_is_found_with_its_interval(
    desk: Desk, ledger: Ledger, start: Start
) -> None:
    play = start(ARMS)
    go_on(ledger, leaving([*sorted(ALONE)[:20], *TREATED[:5]]))
    found = now_of(desk, ledger, play)
    assert counts(found) == {Arm.TREATED: (50, 50, 45), Arm.HELD_OUT: (50, 50, 30)}
    assert found.difference is not None
    # Newcombe's interval of 45/50 and 30/50 (his method 10), by hand from the Wilson intervals.
    assert found.difference.value == pytest.approx(0.3)
    assert (found.difference.low, found.difference.high) == pytest.approx((0.1319, 0.4493), abs=5e-4)
    assert found.is_clear
    assert found.why_open is None


def test_leaving_on_the_last_day_or_after_it_is_told_apart(desk: Desk, ledger: Ledger, start: Start) -> None:
    play = start(ARMS)
    go_on(ledger, [*leaving(TREATED[:3], 29), *leaving(TREATED[3:9], 30)])
    assert counts(now_of(desk, ledger, play))[Arm.TREATED] == (50, 50, 47)


def test_whoever_was_not_there_at_the_start_is_on_neither_side(
    desk: Desk, ledger: Ledger, start: Start
) -> None:
    play = start(ARMS | {"new": Arm.TREATED})
    go_on(ledger, [*leaving(TREATED[:2], -5), signal("new", Kind.JOINED, "joined", NOON + timedelta(days=2))])
    assert counts(now_of(desk, ledger, play))[Arm.TREATED] == (51, 48, 48)


def test_before_its_day_nothing_is_told_and_after_it_only_if_signals_reach_it(
    desk: Desk, ledger: Ledger, start: Start
) -> None:
    play = start(ARMS)
    assert verdict(desk, ledger, play, END - timedelta(days=1)).why_open is Open.TOO_EARLY
    late = verdict(desk, ledger, play, END + timedelta(days=9))
    assert late.why_open is Open.TOO_EARLY
    assert late.known_at is not None, "signals ended long before"
    assert late.sides is None
    go_on(ledger)
    assert now_of(desk, ledger, play).why_open is None


def test_what_they_should_do_counts_within_the_days_of_the_play(
    desk: Desk, ledger: Ledger, start: Start
) -> None:
    play = start(ARMS, goal=Goal.DOING, goal_name="decaf")
    done = [
        signal(one, Kind.DID, "decaf", NOON + timedelta(days=day))
        for one, day in zip(TREATED[:6], (-1, 0, 5, 29, 30, 31), strict=True)
    ]
    go_on(ledger, [*done, signal(sorted(ALONE)[0], Kind.PAID, "decaf", NOON + timedelta(days=3))])
    assert counts(now_of(desk, ledger, play)) == {Arm.TREATED: (50, 50, 3), Arm.HELD_OUT: (50, 50, 0)}


def test_when_one_side_is_missing_far_more_nothing_is_concluded(
    desk: Desk, ledger: Ledger, start: Start
) -> None:
    play = start(ARMS)
    with desk.begin() as tx:
        play_people.forget(tx, sorted(ALONE)[:40], NOON)
    go_on(ledger)
    found = now_of(desk, ledger, play)
    assert found.why_open is Open.MISMATCH
    assert counts(found)[Arm.HELD_OUT] == (50, 10, 10)
    assert found.difference is None
    assert not found.is_clear


def test_two_ids_that_turn_out_to_be_one_person_in_both_arms_are_in_neither(
    desk: Desk, ledger: Ledger, start: Start
) -> None:
    play = start(ARMS)
    with desk.begin() as tx:
        judgements.judge(
            tx, Judged.ONE, TREATED[0], sorted(ALONE)[0], audience=Audience.CUSTOMER, why="", by="me",
            now=NOON,
        )  # fmt: skip
        judgements.judge(
            tx, Judged.ONE, TREATED[1], TREATED[2], audience=Audience.CUSTOMER, why="", by="me", now=NOON
        )
    identity.follow(desk, ledger)
    go_on(ledger)
    assert counts(now_of(desk, ledger, play)) == {Arm.TREATED: (50, 48, 48), Arm.HELD_OUT: (50, 49, 49)}


@pytest.mark.parametrize(
    ("arms", "why"),
    [
        (dict.fromkeys(PEOPLE, Arm.TREATED), Open.NOBODY_ALONE),
        (dict(list(ARMS.items())[:12]), Open.TOO_FEW),
    ],
)
def test_without_enough_people_nothing_is_concluded(
    desk: Desk, ledger: Ledger, start: Start, arms: dict[str, Arm], why: Open
) -> None:
    play = start(arms)
    go_on(ledger)
    found = now_of(desk, ledger, play)
    assert found.why_open is why
    assert not found.is_clear


def test_of_a_company_without_joinings_and_use_nothing_tells_who_stayed(
    desk: Desk, start: Start, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = Ledger.open(tmp_path_factory.mktemp("words"))
    said = [signal(one, Kind.SAID, "message", END, text="hello") for one in PEOPLE]
    fill(empty, said, END + timedelta(days=1))
    found = verdict(desk, empty, start(ARMS), END + timedelta(days=1))
    empty.close()
    assert found.why_open is Open.NOTHING_TELLS
    assert found.reason


def simulated(rng: np.random.Generator, n: int, alone: int, called_share: float, share: float) -> Verdict:
    sides = {}
    for arm, size, chance in ((Arm.TREATED, n, called_share), (Arm.HELD_OUT, alone, share)):
        met = int(rng.binomial(size, chance))
        sides[arm] = Side(drawn=size, told=size, met=met, share=wilson(met, size))
    return concluded(sides, known_at=END, minimum_n=10)


@pytest.mark.parametrize(("n", "alone", "share"), [(800, 200, 0.9), (160, 40, 0.5), (100, 100, 0.1)])
def test_of_plays_that_change_nothing_one_in_twenty_says_they_did(n: int, alone: int, share: float) -> None:
    """4,000 A/A plays through the product's own verdict: any winner in at most 6 % (reliability.md)."""
    rng = np.random.default_rng(3)
    clear = sum(simulated(rng, n, alone, share, share).is_clear for _ in range(4_000))
    assert 0.02 <= clear / 4_000 <= 0.06


def test_an_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(4_000):
        found = simulated(rng, 400, 100, 0.85, 0.8).difference
        held += found is not None and found.low <= 0.05 <= found.high
    assert 0.935 <= held / 4_000 <= 0.968


def test_a_plan_tells_what_would_be_found_judged_by_the_days_before(desk: Desk, ledger: Ledger) -> None:
    go_on(ledger, leaving(TREATED[:10], 5))
    told = {"end": END, "gap_days": None, "minimum_n": 10}
    plan = planned(ledger, ARMS, Goal.STAYING, "", 30, **told)  # type: ignore[arg-type]
    assert (plan.treated, plan.held_out) == (40, 50), "who has left is in neither"
    assert plan.before is not None
    assert plan.before.value == pytest.approx(0.9)
    assert plan.rise is None, "90 people do not show a rise from there"
    doing = planned(ledger, ARMS, Goal.DOING, "decaf", 30, **told)  # type: ignore[arg-type]
    assert (doing.treated, doing.held_out) == (50, 50)
    assert doing.before is not None
    assert doing.before.value == 0
    assert doing.rise == pytest.approx(0.13, abs=0.03)


def test_a_play_that_was_removed_leaves_nobody_undecided(desk: Desk, start: Start) -> None:
    play = start(ARMS)
    with desk.begin() as tx:
        assert play_people.remove(tx, play.id)
        assert plays.remove(tx, play.id)
        assert plays.undecided(tx, NOON) == []
