"""Differences against published values, and how many findings are false."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.stats.compare import benjamini_hochberg, holm, means, shares

# The fifteen p values of Benjamini and Hochberg 1995, section 4.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324,
    0.4262, 0.5719, 0.6528, 0.759, 1.0,
]  # fmt: skip


def test_players_come_back_as_published(data: Path) -> None:
    published = json.loads((data / "reference_values.json").read_text())["cookie_cats"]
    (control, treated) = published["n"]
    for day in ("ret1", "ret7"):
        found = shares(published[day][1], treated, published[day][0], control)
        assert found is not None
        assert round(found.statistic, 6) == published["z"][day]
        assert round(found.p, 8) == published["p"][day]
    assert found is not None
    assert [found.low, found.high] == pytest.approx(published["ci95_ret7_unpooled"], abs=2e-6)


def test_rounds_played_do_not_differ_as_published(data: Path) -> None:
    published = json.loads((data / "reference_values.json").read_text())["cookie_cats"]["welch_rounds_p"]
    with gzip.open(data / "cookie_cats" / "cookie_cats.csv.gz") as file:
        players = pd.read_csv(file)
    sums = [
        (int(rounds.sum()), int((rounds**2).sum()), len(rounds))
        for _, rounds in players.groupby("version")["sum_gamerounds"]
    ]
    found = means(sums[1], sums[0])
    assert found is not None
    assert round(found.p, 6) == published


def test_means_from_sums_differ_as_in_gbstats() -> None:
    # GrowthBook gbstats, two-sided t test, absolute difference (reference_values.json, gbstats_vectors).
    found = means((2422.7, 134698.29, 3461), (1396.87, 52377.9767, 3407))
    assert found is not None
    assert [round(number, 5) for number in (found.value, found.low, found.high, found.p)] == [
        0.29, 0.04538, 0.53462, 0.02016,
    ]  # fmt: skip


def test_too_few_or_too_equal_groups_have_no_difference() -> None:
    assert shares(5, 9, 50, 100) is None
    assert shares(50, 100, 5, 9) is None
    assert means((45, 300, 9), (450, 3000, 90)) is None
    assert means((30, 90, 10), (40, 160, 10)) is None
    everybody = shares(20, 20, 30, 30)
    assert everybody is not None
    assert (everybody.value, everybody.p) == (0, 1)
    assert everybody.low < 0 < everybody.high


def test_four_of_the_fifteen_published_findings_survive_and_three_under_holm() -> None:
    assert sum(p <= 0.05 for p in benjamini_hochberg(PUBLISHED)) == 4
    assert sum(p <= 0.05 for p in holm(PUBLISHED)) == 3
    assert benjamini_hochberg(PUBLISHED)[3] == pytest.approx(0.0095 * 15 / 4)


@given(st.lists(st.floats(0, 1), max_size=30), st.randoms())
def test_adjusted_p_values_follow_their_p_values(p_values: list[float], random: object) -> None:
    for adjust in (benjamini_hochberg, holm):
        adjusted = adjust(p_values)
        assert all(p <= a + 1e-15 <= 1 + 1e-12 for p, a in zip(p_values, adjusted, strict=True))
        assert adjust(p_values[::-1]) == adjusted[::-1]
        ranked = [a for _, a in sorted(zip(p_values, adjusted, strict=True))]
        assert ranked == sorted(ranked)


def test_a_p_value_beyond_1_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.2, 1.2])


@pytest.mark.parametrize("n", [20, 50, 200])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_interval_of_a_difference_covers(n: int, share: float) -> None:
    rng = np.random.default_rng(n)
    pairs, times = np.unique(
        np.column_stack((rng.binomial(n, share, 4000), rng.binomial(2 * n, 0.7, 4000))),
        axis=0,
        return_counts=True,
    )
    covered = 0
    for (one, other), count in zip(pairs.tolist(), times.tolist(), strict=True):
        found = shares(one, n, other, 2 * n)
        assert found is not None
        covered += count * (found.low <= share - 0.7 <= found.high)
    assert covered / 4000 >= (0.935 if n >= 200 else 0.92)
    assert n < 200 or covered / 4000 <= 0.965
