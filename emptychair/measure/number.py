"""One number as it may be shown: an estimate and what belongs to it, or what is needed for one."""

from collections.abc import Iterable
from dataclasses import dataclass

from emptychair.domain.metric import Metric, Missing
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.stats.intervals import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A number of the scorecard by name: its unit, and what its n counts ("answers")."""

    name: str
    unit: str
    counts: str


def number(
    kind: Kind,
    audience: Audience,
    estimate: Estimate | None,
    *,
    n: int,
    period: Period,
    definition: str,
    minimum_n: int,
    missing: Iterable[Missing] = (),
    reason: str | None = None,
    segment: tuple[str, str] | None = None,
) -> Metric:
    """The metric; below `minimum_n`, or without an estimate, it has a reason instead of a value."""
    shown = estimate if n >= minimum_n else None
    if shown is None and (reason is None or n < minimum_n):
        reason = reason or too_few(n, minimum_n, kind.counts)
    return Metric(
        name=kind.name,
        audience=audience,
        value=None if shown is None else shown.value,
        low=None if shown is None else shown.low,
        high=None if shown is None else shown.high,
        n=n,
        unit=kind.unit,
        period=period,
        definition=definition,
        missing=tuple(gap for gap in missing if gap.count > 0),
        reason=None if shown is not None else reason,
        segment=segment,
    )


def too_few(n: int, minimum_n: int, counts: str) -> str:
    """What is needed, as a sentence.

    >>> too_few(4, 10, "answers")
    'Not enough data: 10 answers are needed and there are 4, so 6 more.'
    """
    there = "there is 1" if n == 1 else f"there are {n:,}"
    return f"Not enough data: {minimum_n:,} {counts} are needed and {there}, so {minimum_n - n:,} more."
