"""How often things happened in spans that end at an instant, several counts in one sum."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from emptychair.anticipate.features.vocabulary import Vocabulary

# The spans that things are counted in end at the instant and begin so many days before it.
SPANS = (7, 30, 60, 90, 180, 365)
EVER = 10**6
# A sum has three counts of 20 bits: nobody with fewer than a million signals fills one.
BITS, _IN_A_SUM = 20, 3
MOST_PACKED = (1 << BITS) - 1


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of the rows that are `which`; `wants` are pairs of days, a far and a near one."""

    name: str
    which: str
    wants: tuple[tuple[int, int], ...]

    @property
    def edges(self) -> tuple[int, ...]:
        """The days between which rows are counted once each, ascending, 0 left out."""
        return tuple(sorted({day for want in self.wants for day in want} - {0}))

    def called(self, far: int, near: int) -> str:
        """The name of a column: `did_30`, `did_60_30`, `paid_ever`."""
        if far == EVER:
            return f"{self.name}_ever"
        return f"{self.name}_{far}_{near}" if near else f"{self.name}_{far}"


def families(words: Vocabulary) -> tuple[tuple[Tally, ...], ...]:
    """The tallies, those together of which a row is in one at most."""
    done = range(len(words.done))
    return (
        (
            Tally("did", "sort = 1", ((7, 0), (30, 0), (90, 0), (365, 0), (60, 30))),
            Tally("paid", "sort = 2", ((30, 0), (90, 0), (365, 0), (180, 90), (EVER, 0))),
            Tally("refunds", "sort = 3", ((90, 0), (365, 0))),
            Tally("said", "sort = 4", ((30, 0), (90, 0), (365, 0), (60, 30))),
            Tally("rated", "sort = 5", ((365, 0),)),
            Tally("met", "sort = 6", ((30, 0), (90, 0))),
        ),
        (
            Tally("failed", "failed = 1", ((30, 0), (90, 0))),
            Tally("asked", "was_asked = 1", ((365, 0),)),
            Tally("answered", "answered = 1", ((90, 0),)),
        ),
        tuple(Tally(f"done_{at}", f"done = {at}", ((30, 0), (90, 0))) for at in done),
        tuple(Tally(f"met_{at}", f"met = {at}", ((90, 0),)) for at in range(len(words.met))),
        tuple(
            Tally(f"channel_{at}", f"place = {at} and sort < 5", ((90, 0),))
            for at in range(len(words.channels))
        ),
    )


def plain(words: Vocabulary) -> list[str]:
    """A column per count."""
    return [
        f"sum(case when {one.which} and {_within(near, far)} then 1 else 0 end) as {one.called(far, near)}"
        for family in families(words)
        for one in family
        for far, near in one.wants
    ]


def packed(words: Vocabulary) -> list[str]:
    """A column for three counts each, and how many signals there are."""
    found = ["count(*) as signals"]
    for number, family in enumerate(families(words)):
        for at, cells in enumerate(_sums(family)):
            cases = " ".join(
                f"when {which} then {1 << (BITS * place)}" for place, (_, _, which) in enumerate(cells)
            )
            found.append(f"sum(case {cases} else 0 end) as packed_{number}_{at}")
    return found


def unpacked(table: pa.Table, words: Vocabulary) -> pa.Table:
    """The answer to the packed columns with those of the plain ones in their place, in the same order."""
    columns: dict[str, pa.Array] = {"person": table["person"]}
    for number, family in enumerate(families(words)):
        counts: dict[tuple[str, int], np.ndarray] = {}
        for at, cells in enumerate(_sums(family)):
            whole = table[f"packed_{number}_{at}"].to_numpy()
            for place, (name, edge, _) in enumerate(cells):
                counts[name, edge] = (whole >> (BITS * place)) & MOST_PACKED
        for one in family:
            for far, near in one.wants:
                some = [counts[one.name, edge] for edge in one.edges if near < edge <= far]
                columns[one.called(far, near)] = pa.array(np.sum(some, axis=0), pa.int64())
    for name in table.column_names:
        if not name.startswith("packed_") and name not in ("person", "signals"):
            columns[name] = table[name]
    return pa.table(columns)


def _sums(family: Sequence[Tally]) -> Iterator[list[tuple[str, int, str]]]:
    """The cells of a family, three at a time: of which tally, up to how many days, and which rows."""
    cells = [
        (one.name, edge, f"{one.which} and {_within(near, edge)}")
        for one in family
        for near, edge in zip((0, *one.edges), one.edges, strict=False)
    ]
    for begin in range(0, len(cells), _IN_A_SUM):
        yield cells[begin : begin + _IN_A_SUM]


def _within(near: int, far: int) -> str:
    """Rows no longer ago than `far` days, and longer than `near`."""
    upper = len(SPANS) if far == EVER else SPANS.index(far)
    return f"span <= {upper}" if not near else f"span > {SPANS.index(near)} and span <= {upper}"
