"""Numbers as other programs read them: one JSON object, or one CSV row, per metric."""

import csv
import io
from collections.abc import Iterable, Sequence

from emptychair.domain.metric import Metric

KEYS = (
    "name", "audience", "value", "low", "high", "n", "unit", "period", "definition", "missing", "reason",
)  # fmt: skip
COLUMNS = (
    "name", "audience", "field", "segment", "value", "low", "high", "n", "unit", "start", "end", "definition",
    "missing", "reason",
)  # fmt: skip
# A spreadsheet takes a text that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_object(metric: Metric, *, with_segment: bool = False) -> dict[str, object]:
    """The metric as the JSON object that docs/numbers.md describes.

    `with_segment` adds `segment`: null for everybody, or the field and its value.
    """
    found: dict[str, object] = {
        "name": metric.name,
        "audience": metric.audience.value,
        "value": metric.value,
        "low": metric.low,
        "high": metric.high,
        "n": metric.n,
        "unit": metric.unit,
        "period": {"start": metric.period.start.isoformat(), "end": metric.period.end.isoformat()},
        "definition": metric.definition,
        "missing": [{"count": gap.count, "why": gap.why} for gap in metric.missing],
        "reason": metric.reason,
    }
    if with_segment:
        segment = metric.segment
        found["segment"] = None if segment is None else {"field": segment[0], "value": segment[1]}
    return found


def as_objects(metrics: Sequence[Metric]) -> list[dict[str, object]]:
    """All metrics; with segments as soon as one of them has one, so that every object has the same keys."""
    with_segment = any(metric.segment is not None for metric in metrics)
    return [as_object(metric, with_segment=with_segment) for metric in metrics]


def as_csv(metrics: Iterable[Metric]) -> str:
    """A header and one row per metric, lines ended as RFC 4180 has it; no cell is read as a formula."""
    return rows_as_csv(COLUMNS, (_row(metric) for metric in metrics))


def rows_as_csv(head: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """A table as CSV; numbers stay numbers, texts that a spreadsheet would execute get an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([harmless(name) for name in head])
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return written.getvalue()


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it and does not execute it.

    >>> harmless("=HYPERLINK(1)"), harmless("plain")
    ("'=HYPERLINK(1)", 'plain')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(metric: Metric) -> list[str | float | None]:
    field, segment = metric.segment or ("", "")
    return [
        metric.name,
        metric.audience.value,
        field,
        segment,
        metric.value,
        metric.low,
        metric.high,
        metric.n,
        metric.unit,
        metric.period.start.isoformat(),
        metric.period.end.isoformat(),
        metric.definition,
        "; ".join(f"{gap.count}: {gap.why}" for gap in metric.missing),
        metric.reason,
    ]
