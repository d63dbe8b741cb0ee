"""Samples: everybody of a stratum has the same chance, it is kept, and a seed draws the same again."""

from collections import Counter
from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from emptychair.listen.surveys.sampling import Method, drawn

PEOPLE = {f"p{number}": ("pro" if number % 4 == 0 else "free") for number in range(200)}


def test_a_simple_sample_has_so_many_and_each_its_probability() -> None:
    (stratum,) = drawn(PEOPLE, Method(size=50), "seed")
    assert (stratum.framed, len(set(stratum.drawn)), stratum.probability) == (200, 50, 0.25)
    (all_of_them,) = drawn(PEOPLE, Method(size=900), "seed")
    assert (len(all_of_them.drawn), all_of_them.probability) == (200, 1.0)


def test_strata_are_drawn_by_their_rates_and_the_probability_is_what_was_drawn() -> None:
    free, pro = drawn(PEOPLE, Method(by="plan", rates={"pro": 0.5, "": 0.1}), "seed")
    assert (free.name, free.framed, len(free.drawn), free.probability) == ("free", 150, 15, 0.1)
    assert (pro.name, pro.framed, len(pro.drawn), pro.probability) == ("pro", 50, 25, 0.5)
    assert all(PEOPLE[person] == "pro" for person in pro.drawn)
    few = drawn({"a": "x", "b": "y", "c": "y"}, Method(by="plan", rates={"y": 0.1}), "seed")
    assert [(one.name, len(one.drawn), one.probability) for one in few] == [("x", 0, 0.0), ("y", 1, 0.5)]


@given(st.permutations(sorted(PEOPLE)), st.text(max_size=8))
def test_the_same_seed_draws_the_same_people_in_whatever_order_they_come(order: list[str], seed: str) -> None:
    method = Method(by="plan", rates={"": 0.2})
    assert drawn({person: PEOPLE[person] for person in order}, method, seed) == drawn(PEOPLE, method, seed)


def test_over_many_seeds_everybody_is_drawn_as_often_as_the_probability_says() -> None:
    """Within five standard errors, for each of 200 people; pairs as in sampling without replacement."""
    rounds = 2_000
    found: Counter[str] = Counter()
    pairs = 0
    for seed in range(rounds):
        (stratum,) = drawn(PEOPLE, Method(size=50), str(seed))
        found.update(stratum.drawn)
        pairs += {"p0", "p1"} <= set(stratum.drawn)
    spread = 5 * sqrt(0.25 * 0.75 / rounds)
    assert all(abs(found[person] / rounds - 0.25) < spread for person in PEOPLE)
    expected = 0.25 * 49 / 199
    assert abs(pairs / rounds - expected) < 5 * sqrt(expected * (1 - expected) / rounds)
