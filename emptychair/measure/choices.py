"""What a company decided about its numbers; without a decision the data propose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from emptychair.desk import settings
from emptychair.domain.signal import Audience
from emptychair.stats.intervals import MINIMUM_N


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """`minimum_n`: below so many people no number is shown. An audience without an entry goes by its data."""

    minimum_n: int = MINIMUM_N
    gap_days: Mapping[Audience, int] = field(default_factory=dict)
    observed_since: Mapping[Audience, date] = field(default_factory=dict)


def decided(tx: Connection) -> Choices:
    """The choices as they stand in the settings."""
    gaps = {audience: settings.get(tx, settings.GAP_DAYS, audience) for audience in Audience}
    since = {audience: settings.get(tx, settings.OBSERVED_SINCE, audience) for audience in Audience}
    return Choices(
        minimum_n=settings.get(tx, settings.MINIMUM_N),
        gap_days={audience: gap for audience, gap in gaps.items() if gap is not None},
        observed_since={audience: day for audience, day in since.items() if day is not None},
    )
