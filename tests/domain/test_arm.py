"""Lots: the same in every language, fair, and exactly as many as are to be held out."""

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from emptychair.domain.arm import held_out, lot

UNITS = st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=60, unique=True)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_sql_draws_the_same_lots(units: list[str]) -> None:
    units = [unit for unit in units if "\0" not in unit and unit.isprintable()] or ["ada"]
    con = duckdb.connect()
    rows = con.execute(
        "select ('0x' || substr(sha256('ply_1:' || unit), 1, 8))::uinteger from unnest(?) as t(unit)", [units]
    ).fetchall()
    assert [value for (value,) in rows] == [lot("ply_1", unit) for unit in units]


@given(UNITS, st.floats(min_value=0.001, max_value=0.999))
def test_exactly_the_share_is_held_out_whatever_the_order(units: list[str], share: float) -> None:
    alone = held_out("ply_1", units, share)
    assert alone == held_out("ply_1", units[::-1], share)
    assert alone < set(units)
    assert len(alone) == min(max(round(share * len(units)), 1), len(units) - 1)


def test_lots_of_two_plays_have_nothing_to_do_with_each_other() -> None:
    units = [f"per_{number}" for number in range(20_000)]
    both = held_out("ply_1", units, 0.5) & held_out("ply_2", units, 0.5)
    # Hypergeometric: mean 5,000, standard deviation 35.
    assert abs(len(both) - 5_000) < 4.5 * 35.4


def test_everybody_is_held_out_as_often_as_anybody() -> None:
    units = [f"per_{number}" for number in range(10)]
    times = dict.fromkeys(units, 0)
    for number in range(5_000):
        for unit in held_out(f"ply_{number}", units, 0.3):
            times[unit] += 1
    # Binomial: 1,500 of 5,000, standard deviation 32.
    assert all(abs(found - 1_500) < 4.5 * 32.5 for found in times.values())
