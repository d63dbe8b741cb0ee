"""Retention by month of joining and age: what each cell is worth, and which cells stand out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from emptychair.stats.compare import Difference, benjamini_hochberg, shares
from emptychair.stats.intervals import MINIMUM_N, Estimate, wilson

EXPECTED_AT_LEAST = 5
"""Below so many expected in any of the four fields the z test is not to be trusted (Cochran 1954)."""


class Standing(StrEnum):
    """How a cell compares with the other cohorts at the same age."""

    ABOVE = "above"
    BELOW = "below"
    LIKE_OTHERS = "like others"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortCount:
    """Of the `size` people who joined in month `cohort`, `retained` were still there at `age` in months.

    `is_ripe` says that every one of them could have reached this age by now.
    """

    cohort: int
    age: int
    size: int
    retained: int
    is_ripe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the table. `share` is None when it is unripe or too small, `adjusted_p` when untested."""

    cohort: int
    age: int
    size: int
    retained: int
    is_ripe: bool
    share: Estimate | None
    standing: Standing
    adjusted_p: float | None


def cohort_cells(
    counts: Sequence[CohortCount],
    *,
    confidence: float = 0.95,
    false_share: float = 0.05,
    minimum_n: int = MINIMUM_N,
) -> tuple[Cell, ...]:
    """One cell per count, in the order given, with its Wilson interval and its standing. O(cells * outliers).

    A ripe cell stands out when a two-proportion z test against all other ripe cohorts at its age says so
    after Benjamini-Hochberg over the whole table: of the cells named, a share `false_share` is expected to be
    named wrongly. The most extreme cell of an age is tested first and taken out before the next, or one bad
    month would make all others look good. Cells of one row speak of the same people, so a row that stands out
    often does so at several ages.

    >>> months = [CohortCount(cohort=m, age=1, size=500, retained=r, is_ripe=m < 4)
    ...           for m, r in enumerate([400, 405, 330, 398, 90])]
    >>> [str(cell.standing) for cell in cohort_cells(months)]
    ['like others', 'like others', 'below', 'like others', 'untested']
    >>> cohort_cells(months)[4].share is None
    True
    """
    tests = _against_others(counts, false_share)
    adjusted = dict(zip(tests, benjamini_hochberg([test.p for test in tests.values()]), strict=True))
    return tuple(
        Cell(
            cohort=count.cohort,
            age=count.age,
            size=count.size,
            retained=count.retained,
            is_ripe=count.is_ripe,
            share=wilson(count.retained, count.size, confidence=confidence, minimum_n=minimum_n)
            if count.is_ripe
            else None,
            standing=_standing(tests.get(row), adjusted.get(row, 1.0), false_share),
            adjusted_p=adjusted.get(row),
        )
        for row, count in enumerate(counts)
    )


def _against_others(counts: Sequence[CohortCount], false_share: float) -> dict[int, Difference]:
    """The test of each row that can be tested."""
    ages: defaultdict[int, list[int]] = defaultdict(list)
    for row, count in enumerate(counts):
        if count.is_ripe:
            ages[count.age].append(row)
    found: dict[int, Difference] = {}
    for rows in ages.values():
        found |= _peeled({row: counts[row] for row in rows}, false_share)
    return found


def _peeled(rows: dict[int, CohortCount], false_share: float) -> dict[int, Difference]:
    """The tests of one age; the most extreme cell is taken out before the others are looked at again."""
    found: dict[int, Difference] = {}
    while True:
        size = sum(count.size for count in rows.values())
        retained = sum(count.retained for count in rows.values())
        tests = {row: test for row, count in rows.items() if (test := _tested(count, size, retained))}
        found |= tests
        if not tests:
            return found
        extreme = max(tests, key=lambda row: abs(tests[row].statistic))
        if tests[extreme].p > false_share:
            return found
        del rows[extreme]


def _tested(count: CohortCount, size: int, retained: int) -> Difference | None:
    """One cell against the rest of `size` people; None where a z test is not to be trusted."""
    others = size - count.size
    if min(count.size, others) * min(retained, size - retained) < EXPECTED_AT_LEAST * size:
        return None
    return shares(count.retained, count.size, retained - count.retained, others)


def _standing(test: Difference | None, adjusted_p: float, false_share: float) -> Standing:
    if test is None:
        return Standing.UNTESTED
    if adjusted_p > false_share:
        return Standing.LIKE_OTHERS
    return Standing.ABOVE if test.value > 0 else Standing.BELOW
