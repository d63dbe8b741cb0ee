"""What was heard as data, for programs and for the table behind each picture."""

from collections.abc import Sequence
from typing import Any

from emptychair.stats.intervals import Estimate
from emptychair.understand.voice.course import Month
from emptychair.understand.voice.staying import Staying
from emptychair.understand.voice.who import Group, Paid
from emptychair.web.voice.heard import Heard, Line

HEAD = (
    "id", "name", "area", "texts", "people", "share", "share_low", "share_high", "negative", "neutral",
    "positive", "toneless", "unhappy", "unhappy_low", "unhappy_high", "stayed", "touched", "others_stayed",
    "others", "difference", "difference_low", "difference_high", "adjusted_p",
)  # fmt: skip


def as_data(found: Heard) -> dict[str, Any]:
    """The whole page. What people did afterwards is associated with the theme, never caused by it."""
    return {
        "audience": found.audience,
        "period": None if found.period is None else [found.period.start, found.period.end],
        "segment": None if found.segment is None else found.segment.id,
        "people": found.totals.people,
        "texts": found.totals.texts,
        "missing": {"nameless": found.totals.nameless, "themeless": found.totals.themeless},
        "unknown_languages": found.unknown,
        "reading": {"read": found.read, "unread": found.unread},
        "fit": found.fit,
        "themes": [line_as_data(line) for line in found.lines],
    }


def line_as_data(line: Line) -> dict[str, Any]:
    """One theme."""
    spoken = line.spoken
    return {
        "id": line.theme.id,
        "name": line.theme.name,
        "area": line.theme.area,
        "phrases": line.theme.phrases,
        "quote": line.quote,
        "texts": spoken.texts,
        "people": spoken.people,
        "share": line.share,
        "tones": {
            "negative": spoken.negative,
            "neutral": spoken.neutral,
            "positive": spoken.positive,
            "toneless": spoken.toneless,
        },
        "unhappy": line.unhappy,
        "months": [month_as_data(month) for month in line.months],
        "staying": None if line.staying is None else _staying(line.staying),
    }


def who_as_data(groups: Sequence[Group], paid: Sequence[Paid]) -> dict[str, Any]:
    """Who speaks of it, and what they paid in 12 months. A group `is_clear` when it stands out among all."""
    return {
        "groups": [
            {
                "field": one.field,
                "value": one.value,
                "people": one.people,
                "speakers": one.speakers,
                "share": one.share,
                "difference": one.difference,
                "is_clear": one.is_clear,
            }
            for one in groups
        ],
        "paid": paid,
    }


def month_as_data(month: Month) -> dict[str, Any]:
    """One month of a theme."""
    return {
        "month": month.begins_at.date(),
        "people": month.people,
        "speakers": month.speakers,
        "share": month.share,
    }


def row(line: Line) -> list[Any]:
    """One theme as the columns of HEAD."""
    spoken, stays = line.spoken, line.staying
    told = None if stays is None else stays.difference
    return [
        line.theme.id, line.theme.name, line.theme.area, spoken.texts, spoken.people, *_edges(line.share),
        spoken.negative, spoken.neutral, spoken.positive, spoken.toneless, *_edges(line.unhappy),
        *((None,) * 4 if stays is None else (stays.stayed, stays.touched, stays.others_stayed, stays.others)),
        *((None,) * 3 if told is None else (told.value, told.low, told.high)),
        None if stays is None else stays.adjusted_p,
    ]  # fmt: skip


def _staying(stays: Staying) -> dict[str, Any]:
    told = stays.difference
    return {
        "touched": stays.touched,
        "stayed": stays.stayed,
        "others": stays.others,
        "others_stayed": stays.others_stayed,
        "rate": stays.rate,
        "difference": None if told is None else {"value": told.value, "low": told.low, "high": told.high},
        "adjusted_p": stays.adjusted_p,
        "reading": "associated",
    }


def _edges(one: Estimate | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if one is None else (one.value, one.low, one.high)
