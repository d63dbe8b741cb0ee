"""What the ledger said of people, as arrays: a row per person, NaN where nothing is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """People, in the order of their ids, and columns of numbers about them as of an instant.

    `days` has a bit for every one of the last 60 days on which something was done or paid.
    """

    as_of: datetime
    people: pa.Array
    columns: Mapping[str, Numbers]
    days: Whole

    def number(self, name: str) -> Numbers:
        """A column; instants are microseconds of Unix time."""
        return self.columns[name]

    def days_since(self, name: str) -> Numbers:
        """Days from the instants of a column to `as_of`."""
        return _in_days(self._now() - self.columns[name])

    def days_between(self, first: str, last: str) -> Numbers:
        """Days from the instants of one column to those of another."""
        return _in_days(self.columns[last] - self.columns[first])

    def active_days(self, lowest: int) -> Numbers:
        """On how many of the last so many days something was done or paid."""
        found: Numbers = np.bitwise_count(self.days & np.int64((1 << lowest) - 1)).astype(np.float64)
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


def lined_up(table: pa.Table, people: pa.Array) -> dict[str, pa.Array]:
    """The columns of a table with a row per `person`, in the order of `people`; strangers are left out."""
    others = [name for name in table.column_names if name != "person"]
    if not len(table):
        return {name: pa.nulls(len(people), table[name].type) for name in others}
    place = pc.index_in(people, value_set=table["person"].combine_chunks())
    return {name: table[name].combine_chunks().take(place) for name in others}


def numbers(column: pa.Array | pa.ChunkedArray) -> Numbers:
    """The column as numbers, instants as microseconds of Unix time."""
    if kinds.is_timestamp(column.type):
        column = column.cast(pa.int64())
    found: Numbers = np.asarray(column.cast(pa.float64()))
    return found


def whole(column: pa.Array) -> Whole:
    """The column as whole numbers, 0 where nothing is known."""
    found: Whole = column.fill_null(0).to_numpy(zero_copy_only=False)
    return found
