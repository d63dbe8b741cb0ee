"""What the ledger said of people, as arrays: a row per person, NaN where nothing is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Masks = NDArray[np.int64]
# These columns are sets of bits, and most of them are no number that a double holds.
MASKS = ("days_60", "names_30", "names_90", "places_365")
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """People, in the order of their ids, and columns of numbers about them as of an instant."""

    as_of: datetime
    people: pa.Array
    columns: Mapping[str, Numbers]
    texts: Mapping[str, pa.Array]
    masks: Mapping[str, Masks]

    def number(self, name: str) -> Numbers:
        """A column; instants are microseconds of Unix time."""
        return self.columns[name]

    def days_since(self, name: str) -> Numbers:
        """Days from the instants of a column to `as_of`."""
        return _in_days(self._now() - self.columns[name])

    def days_between(self, first: str, last: str) -> Numbers:
        """Days from the instants of one column to those of another."""
        return _in_days(self.columns[last] - self.columns[first])

    def bits(self, name: str, lowest: int = 62) -> Numbers:
        """How many of the lowest bits of a mask are set."""
        found: Numbers = np.bitwise_count(self.masks[name] & np.int64((1 << lowest) - 1)).astype(np.float64)
        return found

    def _now(self) -> float:
        return self.as_of.timestamp() * 1e6


def _in_days(micros: Numbers) -> Numbers:
    days: Numbers = micros / _DAY
    return days


def ratio(above: Numbers, below: Numbers) -> Numbers:
    """The quotient; NaN where the divisor is 0 or either is not known."""
    found: Numbers = np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0)
    return found


def change(now: Numbers, before: Numbers) -> Numbers:
    """From -1 (all before) over 0 (the same) to 1 (all now) of two counts for equal spans; NaN for none."""
    return ratio(now - before, now + before)


def seen(as_of: datetime, people: pa.Array, tables: Sequence[pa.Table]) -> Seen:
    """Columns of tables that each have a row per `person`, lined up with `people`; strangers are left out."""
    columns: dict[str, Numbers] = {}
    texts: dict[str, pa.Array] = {}
    masks: dict[str, Masks] = {}
    for table in tables:
        place = pc.index_in(people, value_set=table["person"].combine_chunks())
        for name in table.column_names:
            if name == "person":
                continue
            taken = table[name].combine_chunks().take(place)
            if kinds.is_string(taken.type):
                texts[name] = taken
            elif name in MASKS:
                masks[name] = taken.fill_null(0).to_numpy()
            else:
                columns[name] = _numbers(taken)
    return Seen(as_of, people, columns, texts, masks)


def _numbers(column: pa.Array) -> Numbers:
    if kinds.is_timestamp(column.type):
        column = column.cast(pa.int64())
    found: Numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found
