"""Everybody's chance of leaving, what would be lost, and why: as of an instant, for a list and its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from emptychair.anticipate.risk.models import Floats, Matrix
from emptychair.anticipate.risk.reasons import Reason, changes, reasons
from emptychair.anticipate.risk.scoring import earlier, scored
from emptychair.anticipate.risk.snapshot import Snapshot
from emptychair.anticipate.risk.training import Trained
from emptychair.anticipate.risk.worth import Worth, worth
from emptychair.ledger.ledger import Ledger
from emptychair.understand.spells import Tenure

# So many at the top by expected loss, and so many by chance, have reasons.
REASONED = 1_000
BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foreseen:
    """A row per person in a relationship; the columns of chances are `horizons`, the nearest first.

    `reasons` and `changes` (since a week ago) are those of the furthest horizon, by the row of the person.
    """

    as_of: datetime
    horizons: tuple[int, ...]
    people: pa.Array
    chances: Floats
    low: Floats
    high: Floats
    worth: Worth
    reasons: Mapping[int, Sequence[Reason]]
    changes: Mapping[int, Sequence[Reason]]

    @property
    def losses(self) -> Floats:
        """What is to be expected to be lost with each in a year, by the furthest horizon; NaN: not known."""
        found: Floats = self.chances[:, -1] * self.worth.amounts
        return found

    def loss_of(self, row: int) -> float:
        """What is to be expected to be lost with the person of a row; NaN: not known."""
        return float(self.chances[row, -1] * self.worth.amounts[row])


def foreseen(ledger: Ledger, tenure: Tenure, models: Sequence[Trained], reasoned: int = REASONED) -> Foreseen:
    """What models, one per horizon, foresee as of a tenure. Two passes of signals. ValueError without one."""
    found = scored(ledger, tenure, models)
    furthest = max(models, key=lambda one: one.card.horizon)
    paid = worth(ledger, tenure, found.people)
    top = _top(found.chances[:, -1], paid, reasoned)
    then = earlier(ledger, tenure, furthest, tenure.as_of - BEFORE, found.people.take(pa.array(top)))
    return Foreseen(
        as_of=found.as_of,
        horizons=found.horizons,
        people=found.people,
        chances=found.chances,
        low=found.low,
        high=found.high,
        worth=paid,
        reasons=_by_row(top, reasons(furthest, found.values[top])),
        changes=_changed(furthest, top, found.values[top], then),
    )


def foreseen_of_snapshot(
    ledger: Ledger, tenure: Tenure, found: Snapshot, reasoned: int = REASONED
) -> Foreseen:
    """What a snapshot tells of those who have not left; nothing is known of a week before."""
    rows = np.flatnonzero(~found.ended)
    people = found.people.take(pa.array(rows))
    paid = worth(ledger, tenure, people)
    top = _top(found.chances[rows], paid, reasoned)
    return Foreseen(
        as_of=found.taken_at,
        horizons=(0,),
        people=people,
        chances=found.chances[rows, None],
        low=np.minimum(found.low, found.chances)[rows, None],
        high=np.maximum(found.high, found.chances)[rows, None],
        worth=paid,
        reasons=_by_row(top, reasons(found.trained, found.values[rows][top])),
        changes={},
    )


def _top(chances: Floats, paid: Worth, reasoned: int) -> np.ndarray:
    """The rows of those at the top of either list, in the order of rows."""
    by_loss = np.argsort(-np.nan_to_num(chances * paid.amounts), kind="stable")[:reasoned]
    by_chance = np.argsort(-chances, kind="stable")[:reasoned]
    return np.union1d(by_loss, by_chance)


def _by_row(rows: np.ndarray, told: Sequence[Sequence[Reason]]) -> Mapping[int, Sequence[Reason]]:
    return dict(zip(rows.tolist(), told, strict=True))


def _changed(
    trained: Trained, rows: np.ndarray, now: Matrix, before: Matrix
) -> Mapping[int, Sequence[Reason]]:
    """What changed of those who were there a week ago."""
    there = ~np.isnan(before).all(axis=1)
    return _by_row(rows[there], changes(trained, now[there], before[there]))
