"""Cells of the cohort table: their intervals, those that are not ripe, and those that stand out."""

import numpy as np

from emptychair.stats.cohort import CohortCount, Standing, cohort_cells


def counts(retained: list[int], *, size: int = 400, age: int = 1, ripe: int = 99) -> list[CohortCount]:
    return [
        CohortCount(cohort=month, age=age, size=size, retained=stayed, is_ripe=month < ripe)
        for month, stayed in enumerate(retained)
    ]


def test_an_unripe_cell_has_no_share_and_is_in_no_comparison() -> None:
    cells = cohort_cells(counts([300, 310, 305, 20], ripe=3))
    assert cells[3].share is None
    assert cells[3].standing is Standing.UNTESTED
    assert [cell.standing for cell in cells[:3]] == [Standing.LIKE_OTHERS] * 3


def test_one_bad_month_does_not_make_the_others_look_good() -> None:
    cells = cohort_cells(counts([300, 310, 200, 305, 295]))
    assert [cell.cohort for cell in cells if cell.standing is Standing.BELOW] == [2]
    assert [cell.cohort for cell in cells if cell.standing is Standing.ABOVE] == []


def test_a_cell_of_nine_people_is_not_enough_data() -> None:
    small = CohortCount(cohort=7, age=1, size=9, retained=1, is_ripe=True)
    cell = cohort_cells([*counts([300, 310]), small])[2]
    assert (cell.share, cell.standing, cell.adjusted_p) == (None, Standing.UNTESTED, None)
    assert (cell.size, cell.retained) == (9, 1)


def test_a_first_month_in_which_everybody_stays_is_compared_with_nothing() -> None:
    cells = cohort_cells(counts([400, 400, 400], age=0))
    assert {cell.standing for cell in cells} == {Standing.UNTESTED}
    assert all(cell.share is not None and cell.share.value == 1 for cell in cells)


def test_a_table_without_cells_is_empty() -> None:
    assert cohort_cells([]) == ()
    assert cohort_cells(counts([300]))[0].standing is Standing.UNTESTED


def test_in_tables_without_a_difference_5_in_100_name_a_month() -> None:
    rng = np.random.default_rng(5)
    named = 0
    for _ in range(400):
        table = [
            CohortCount(
                cohort=c, age=a, size=300, retained=int(rng.binomial(300, 0.8**a)), is_ripe=c + a < 12
            )
            for c in range(12)
            for a in range(1, 6)
        ]
        named += any(cell.standing in (Standing.ABOVE, Standing.BELOW) for cell in cohort_cells(table))
    assert named / 400 <= 0.08


def test_a_planted_month_is_found_at_its_ages_and_hardly_any_other() -> None:
    rng = np.random.default_rng(6)
    found, false = 0, 0
    for _ in range(100):
        table = [
            CohortCount(
                cohort=c,
                age=a,
                size=300,
                retained=int(rng.binomial(300, 0.8**a - 0.15 * (c == 5))),
                is_ripe=True,
            )
            for c in range(12)
            for a in range(1, 4)
        ]
        cells = cohort_cells(table)
        found += sum(cell.standing is Standing.BELOW for cell in cells if cell.cohort == 5)
        false += sum(cell.standing in (Standing.ABOVE, Standing.BELOW) for cell in cells if cell.cohort != 5)
    assert found >= 290
    assert false / (found + false) <= 0.08
