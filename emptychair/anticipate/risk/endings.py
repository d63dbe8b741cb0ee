"""What became of relationships that were open at an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.ledger.ledger import Ledger
from emptychair.understand.spells import Tenure, spells

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Endings:
    """Every relationship of an audience, as it is known now."""

    table: pa.Table

    def within(self, days: int, people: pa.Array, at: datetime) -> tuple[Flags, Flags]:
        """(known, ended): who of these was in a relationship at this instant, and whose ended in time.

        Somebody who had left already, as one knows today, is not known: nothing was left to foresee.
        """
        instant = pa.scalar(at.replace(tzinfo=None), pa.timestamp("us"))
        started, ended = self.table["started_at"], self.table["ended_at"]
        is_open = pc.or_kleene(pc.is_null(ended), pc.greater(ended, instant))
        there = self.table.filter(pc.and_kleene(pc.less_equal(started, instant), is_open))
        place = pc.index_in(people, value_set=there["person"].combine_chunks())
        until = pa.scalar((at + timedelta(days=days)).replace(tzinfo=None), pa.timestamp("us"))
        in_time = pc.fill_null(pc.less_equal(there["ended_at"].combine_chunks().take(place), until), False)
        return _flags(pc.is_valid(place)), _flags(in_time)

    def last(self) -> NDArray[np.datetime64]:
        """When relationships ended, in no order."""
        found: NDArray[np.datetime64] = self.table["ended_at"].drop_null().to_numpy()
        return found


def endings(ledger: Ledger, tenure: Tenure) -> Endings:
    """The relationships as of `tenure.as_of`, by all that is known now."""
    return Endings(ledger.ask(spells(tenure)))


def _flags(column: pa.Array) -> Flags:
    found: Flags = column.to_numpy(zero_copy_only=False).astype(np.bool_)
    return found
