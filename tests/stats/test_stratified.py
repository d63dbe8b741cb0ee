"""Two groups within strata: as without them where there is one, right where the strata differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.stats.compare import shares
from emptychair.stats.stratified import Stratum, shares_within

WORLDS = 2_000


def strata(
    rng: np.random.Generator, rates: tuple[float, ...], effect: float, sizes: tuple[int, ...]
) -> list[Stratum]:
    """Strata of which the rarer half of the group has the higher rates: a naive comparison is wrong."""
    made = []
    for rate, n in zip(rates, sizes, strict=True):
        base_n = 300 - n
        made.append(
            Stratum(
                successes=int(rng.binomial(n, rate + effect)),
                n=n,
                base_successes=int(rng.binomial(base_n, rate)),
                base_n=base_n,
            )
        )
    return made


@given(st.integers(10, 400), st.integers(10, 400), st.data())
def test_one_stratum_is_a_plain_difference(n: int, base_n: int, data: st.DataObject) -> None:
    successes, base = data.draw(st.integers(0, n)), data.draw(st.integers(0, base_n))
    found = shares_within([Stratum(successes=successes, n=n, base_successes=base, base_n=base_n)])
    plain = shares(successes, n, base, base_n)
    assert found is not None
    assert plain is not None
    assert found.value == pytest.approx(plain.value)
    assert found.low <= found.value <= found.high
    # The hypergeometric variance is that of the pooled test but for a factor of (n - 1) / n.
    both = n + base_n
    assert found.statistic == pytest.approx(plain.statistic * ((both - 1) / both) ** 0.5, abs=1e-9)


@pytest.mark.parametrize("effect", [0.0, -0.1])
def test_the_interval_covers_and_chance_is_called_clear_as_often_as_stated(effect: float) -> None:
    rng = np.random.default_rng(3)
    covered = rejected = wrong = 0
    for _ in range(WORLDS):
        made = strata(rng, (0.2, 0.5, 0.9), effect, (200, 100, 30))
        found = shares_within(made)
        assert found is not None
        covered += found.low <= effect <= found.high
        rejected += found.p < 0.05
        naive = shares(*(sum(getattr(one, name) for one in made) for name in Stratum.__slots__))
        assert naive is not None
        wrong += naive.low <= effect <= naive.high
    # Binomial noise of 2,000 worlds is half a point; three of them are allowed.
    assert covered / WORLDS == pytest.approx(0.95, abs=0.015)
    assert wrong / WORLDS < 0.05, "the naive comparison is as wrong as it was made"
    if effect == 0:
        assert rejected / WORLDS == pytest.approx(0.05, abs=0.015)


def test_a_stratum_without_a_group_says_nothing_and_few_people_have_no_difference() -> None:
    telling = Stratum(successes=30, n=40, base_successes=20, base_n=40)
    silent = Stratum(successes=0, n=0, base_successes=9, base_n=10)
    assert shares_within([telling, silent]) == shares_within([telling])
    assert shares_within([silent]) is None
    assert shares_within([]) is None
    assert shares_within([Stratum(successes=3, n=9, base_successes=50, base_n=90)]) is None
