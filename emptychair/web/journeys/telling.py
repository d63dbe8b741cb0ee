"""What was seen on a journey as data, for programs and for the table behind the drawing."""

from typing import Any

from emptychair.desk.journeys import Journey
from emptychair.domain.scale import Score
from emptychair.understand.journeys.feelings import Feeling
from emptychair.understand.journeys.funnel import Funnel, Stage
from emptychair.web.journeys.seen import Seen

HEAD = (
    "step", "name", "people", "ripe", "ripe_before", "unripe", "lost", "of_before", "of_before_low",
    "of_before_high", "of_first", "of_first_low", "of_first_high", "typical_minutes", "typical_low",
    "typical_high", "half_minutes", "half_low", "half_high", "speakers", "negative", "unhappy", "unhappy_low",
    "unhappy_high", "against_others", "against_low", "against_high", "adjusted_p", "nps", "nps_low",
    "nps_high", "nps_n", "csat", "csat_low", "csat_high", "csat_n",
)  # fmt: skip


def as_data(journey: Journey) -> dict[str, Any]:
    """A journey as it is kept."""
    return {
        "id": journey.id,
        "name": journey.name,
        "description": journey.description,
        "definition": journey.definition,
        "origin": journey.origin,
        "changed_at": journey.changed_at,
        "archived_at": journey.archived_at,
    }


def seen_as_data(found: Seen) -> dict[str, Any]:
    """Everything that was seen. How people feel at a step is associated with it, never caused by it."""
    stages = found.way.stages if found.way else ()
    return {
        "period": None if found.walk is None else [found.walk.period.start, found.walk.period.end],
        "entered": 0 if found.way is None else found.way.entered,
        "ripe": 0 if found.way is None else found.way.ripe,
        "steps": [
            {**_stage(stage), "feeling": _feeling(found.feelings[place])}
            for place, stage in enumerate(stages)
        ],
        "worst": None
        if found.worst is None
        else {"step": found.worst.place, "reading": "associated", "quotes": found.quotes},
        "by": found.by or None,
        "split": [
            {"value": segment.label, "merged": segment.merged, **way_as_data(way)}
            for segment, way in found.split
        ],
    }


def way_as_data(way: Funnel) -> dict[str, Any]:
    """One funnel."""
    return {
        "entered": way.entered,
        "ripe": way.ripe,
        "steps": [_stage(stage) for stage in way.stages],
    }


def rows(found: Seen) -> list[list[Any]]:
    """One row per step as the columns of HEAD."""
    stages = found.way.stages if found.way else ()
    return [_row(place, stage, found.feelings[place]) for place, stage in enumerate(stages)]


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "people": stage.people,
        "ripe": stage.ripe,
        "ripe_before": stage.ripe_before,
        "unripe": stage.unripe,
        "lost": stage.lost,
        "of_before": stage.of_before,
        "of_first": stage.of_first,
        "typical_minutes": stage.typical,
        "half_minutes": stage.half,
    }


def _feeling(one: Feeling) -> dict[str, Any]:
    return {
        "speakers": one.speakers,
        "negative": one.negative,
        "positive": one.positive,
        "unhappy": one.unhappy,
        "against_others": one.against,
        "adjusted_p": one.adjusted_p,
        "is_clear": one.is_clear,
        "scores": one.scores,
        "answers": one.answers,
    }


def _row(place: int, stage: Stage, one: Feeling) -> list[Any]:
    edges = [stage.of_before, stage.of_first, stage.typical, stage.half]
    told = [value for each in edges for value in _edges(each)]
    scores = [
        value
        for score in (Score.NPS, Score.CSAT)
        for value in (*_edges(one.scores[score]), one.answers[score])
    ]
    return [
        place, stage.name, stage.people, stage.ripe, stage.ripe_before, stage.unripe, stage.lost, *told,
        one.speakers, one.negative, *_edges(one.unhappy), *_edges(one.against), one.adjusted_p, *scores,
    ]  # fmt: skip


def _edges(one: Any) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if one is None else (one.value, one.low, one.high)
