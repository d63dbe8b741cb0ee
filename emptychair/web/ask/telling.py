"""An answer as data, for programs, for a spreadsheet and for the terminal."""

from collections.abc import Mapping
from typing import Any

from emptychair.stats.compare import Difference
from emptychair.understand.ask.answer import Answer, Evidence, Nothing
from emptychair.understand.ask.prose.writing import Prose
from emptychair.understand.ask.silence import Part, Silence
from emptychair.understand.ask.tally import Sides
from emptychair.understand.voice.who import Group
from emptychair.web.voice.telling import month_as_data

HEAD = (
    "id", "side", "tone", "sentence", "text", "copies", "alike", "signal", "person", "channel", "name",
    "source", "score", "occurred_at", "nearness",
)  # fmt: skip


def as_data(
    found: Answer | Nothing, sentence: str, themes: Mapping[str, str], prose: Prose | None = None
) -> dict[str, Any]:
    """The whole answer; `themes` are names by id. `answered` is False with the `reason` of none."""
    if isinstance(found, Nothing):
        return {"answered": False, "reason": found.reason, "read": found.read, "unread": found.unread}
    asked = found.inquiry
    return {
        "answered": True,
        "sentence": sentence,
        "question": asked.text,
        "topic": asked.topic,
        "form": asked.form,
        "leaning": asked.leaning,
        "audience": found.audience,
        "channel": found.channel,
        "period": [found.period.start, found.period.end],
        "speakers": found.speakers,
        "about": {"texts": found.about.texts, "nameless": found.about.nameless,
                  "people": found.about.people, "share": found.share},
        "is_all": found.is_all,
        "sides": None if found.sides is None else _sides(found.sides),
        "tones": found.tones,
        "evidence": [dict(zip(HEAD, row(one), strict=True)) for one in found.evidence],
        "months": [month_as_data(month) for month in found.months],
        "themes": [
            {"id": one.theme, "name": themes.get(one.theme, ""), "texts": one.texts, "people": one.people}
            for one in found.themes
        ],
        "segments": [_segment(one) for one in found.segments],
        "silence": None if found.silence is None else _silence(found.silence),
        "why_no_silence": found.why_no_silence,
        "unknown_languages": found.unknown,
        "read": found.read,
        "unread": found.unread,
        "prose": None if prose is None else _prose(prose),
    }  # fmt: skip


def row(one: Evidence) -> list[Any]:
    """One passage as the columns of HEAD."""
    said = one.passage
    return [
        one.id, one.side, one.tone, said.text[one.begin : one.end], said.text, one.copies, one.alike,
        said.signal, said.person, said.channel, said.name, said.source, said.score, said.occurred_at,
        round(said.nearness, 4),
    ]  # fmt: skip


def _sides(sides: Sides) -> dict[str, Any]:
    return {
        "for": sides.people_for,
        "against": sides.people_against,
        "both": sides.both,
        "unsure": sides.unsure,
        "agreeing": sides.agreeing,
    }


def _segment(one: Group) -> dict[str, Any]:
    return {
        "field": one.field,
        "value": one.value,
        "people": one.people,
        "speakers": one.speakers,
        "share": one.share,
        "difference": _difference(one.difference),
        "is_clear": one.is_clear,
    }


def _difference(one: Difference | None) -> dict[str, float] | None:
    return None if one is None else {"value": one.value, "low": one.low, "high": one.high, "p": one.p}


def _silence(one: Silence) -> dict[str, Any]:
    return {
        "share": one.share,
        "silent": _part(one.silent),
        "spoke": _part(one.spoke),
        "less_active": _difference(one.less_active),
    }


def _part(one: Part) -> dict[str, Any]:
    return {
        "people": one.people,
        "active": one.active,
        "spoke_before": one.before,
        "median_days": one.median_days,
        "median_deeds": one.median_deeds,
    }


def _prose(prose: Prose) -> dict[str, Any]:
    return {
        "sentences": prose.sentences,
        "removed": dict(prose.removed),
        "problem": prose.problem,
    }
