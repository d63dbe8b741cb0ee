"""Drivers: which themes and touchpoints go with the scores that customers give afterwards."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from emptychair.domain.scale import Score
from emptychair.understand.drivers.drivers import Driver
from emptychair.understand.fields import fields
from emptychair.web import shell
from emptychair.web.formats import Formats
from emptychair.web.parts import parts_of
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.voice import pens
from emptychair.web.texts import Texts
from emptychair.web.visitor import wanted_form
from emptychair.web.voice import driving
from emptychair.web.voice.driving import BEFORE, PERIODS, SCORES, Driven
from emptychair.web.wanted import Form

router = APIRouter()

LONGEST = 500
# The clear ones come first; all are in JSON and CSV.
SHOWN = 40
HEAD = (
    "kind", "name", "id", "n", "others", "difference", "low", "high", "adjusted_p", "is_clear",
    "raw_difference", "raw_low", "raw_high", "score", "score_low", "score_high", "score_of_others",
    "others_low", "others_high",
)  # fmt: skip


@router.get("/voice/drivers")
def show(
    request: Request, score: str = "nps", days: int = 365, before: int = 90, held: str | None = None
) -> Response:
    """Which themes and touchpoints of the `before` (30, 90, 180) days go with the `score` (nps, csat) that
    customers gave last in the last `days` (90, 365, 730), with tenure, the quarter and the fields in `held`
    (a comma list; `plan` without it) held equal. Associated, never caused.
    """
    wanted_score = Score(score) if score in SCORES else Score.NPS
    named = None if held is None else [one.strip() for one in held[:LONGEST].split(",") if one.strip()]
    found = driving.driven(
        parts_of(request),
        wanted_score,
        days if days in PERIODS else 365,
        before if before in BEFORE else 90,
        named,
    )
    wanted = wanted_form(request)
    lines = found.found.found if found.found else ()
    if wanted is Form.JSON:
        return as_json(_as_data(found))
    if wanted is Form.CSV:
        return as_csv("drivers", HEAD, [_row(found, one) for one in lines])
    write, words = pens(request)
    told = [one for one in lines if one.adjusted is not None]
    return shell.page(
        request,
        "voice/drivers.html",
        driven=found,
        told=told[:SHOWN],
        beyond=len(told[SHOWN:]),
        few=sum(one.adjusted is None for one in lines),
        opening=opening(found, write, words),
        scores=SCORES,
        periods=PERIODS,
        befores=BEFORE,
        fields=fields(parts_of(request).ledger),
    )


def opening(found: Driven, write: Formats, words: Texts) -> Markup:
    """The sentence that the page begins with; empty when there is nothing to say."""
    if found.found is None or not found.found.people:
        return Markup("")
    score = found.score.value.upper()
    parts = []
    for one, low in ((found.worst, True), (found.best, False)):
        if one is None or one.adjusted is None:
            continue
        values = {"points": write.decimal(abs(one.adjusted.value), 1), "score": score}
        told = (
            words.gettext("goes with the lowest %(score)s answers: %(points)s points lower.", **values)
            if low
            else words.gettext("goes with the highest: %(points)s points higher.", **values)
        )
        parts.append(Markup("<strong>{}</strong> {}").format(found.name(one), told))
    if not parts:
        parts.append(
            Markup("{}").format(words.gettext("Nothing stands out clearly among what was compared."))
        )
    return Markup(" ").join([*parts, words.gettext("Associated, not shown to be the cause.")])


def _as_data(found: Driven) -> dict[str, Any]:
    told = found.found
    return {
        "score": found.score,
        "period": None if found.period is None else [found.period.start, found.period.end],
        "before_days": found.before,
        "held": () if told is None else told.held,
        "people": 0 if told is None else told.people,
        "wrote": 0 if told is None else told.wrote,
        "compared": 0 if told is None else told.compared,
        "missing": {"quiet": found.quiet, "unnamed": found.unnamed},
        "reading": "associated",
        "drivers": [_driver(found, one) for one in (told.found if told else ())],
    }


def _driver(found: Driven, one: Driver) -> Mapping[str, Any]:
    return {
        "kind": one.kind,
        "id": one.name,
        "name": found.name(one),
        "n": one.n,
        "others": one.others,
        "adjusted": one.adjusted,
        "adjusted_p": one.adjusted_p,
        "is_clear": one.is_clear,
        "raw": one.raw,
        "touched": one.touched,
        "untouched": one.untouched,
    }


def _row(found: Driven, one: Driver) -> list[Any]:
    return [
        one.kind, found.name(one), one.name, one.n, one.others, *_edges(one.adjusted), one.adjusted_p,
        one.is_clear, *_edges(one.raw), *_edges(one.touched), *_edges(one.untouched),
    ]  # fmt: skip


def _edges(one: Any) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if one is None else (one.value, one.low, one.high)
