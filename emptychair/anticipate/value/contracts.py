"""What running contracts pay a month, whether they are paid by the month, the quarter or the year."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emptychair.stats.credibility import credible_rates
from emptychair.stats.lifetable import Floats

MONTHS_A_YEAR = 12
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True, eq=False)
class Monthly:
    """A row per running contract: its age in months, what it `paid` a month, and what it is likely to pay."""

    ages: Floats
    paid: Floats
    likely: Floats


def a_month(rows: pa.Table, as_of: datetime) -> Monthly:
    """What each row of `contracts_running` paid a month in the last twelve, and will while it lasts.

    A payment covers the time until the next one: of somebody who paid once, as long as it takes the others
    from payment to payment. Somebody who paid 240 for a year two months ago pays 20 a month, not 120. And
    somebody who bought a machine in their first week does not buy one every week: what is likely is drawn to
    what is usual, the more the less is known of them.
    """
    now = np.datetime64(as_of.replace(tzinfo=None), "us")
    started, first, last = (
        rows[name].to_numpy().astype("datetime64[us]") for name in ("started_at", "first_at", "last_at")
    )
    months, between, since = (_months(span) for span in (now - started, last - first, now - first))
    times = rows["times"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.where(times > 1, between / np.maximum(times - 1, 1), np.nan)
    usual = np.nanmedian(gaps) if np.isfinite(gaps).any() else np.nanmax(since, initial=1.0)
    covered = rows["times_then"].to_numpy() * np.where(np.isfinite(gaps), gaps, usual)
    paid = rows["paid"].cast(pa.float64()).to_numpy()
    span = np.maximum(np.clip(np.ceil(months), 1, MONTHS_A_YEAR), covered)
    squares, counts = rows["squares"].cast(pa.float64()).to_numpy() / 1e4, rows["payments"].to_numpy()
    return Monthly(months, paid / span, credible_rates(paid, squares, counts, span))


def _months(span: NDArray[np.timedelta64]) -> Floats:
    found: Floats = (span / np.timedelta64(1, "D")).astype(np.float64) / _DAYS_A_MONTH
    return found
