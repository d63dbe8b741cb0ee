"""Aspects: what exactly is good and what is bad, of one theme or of everything, and the words about each."""

from typing import Any

from fastapi import APIRouter, Request, Response

from emptychair.understand.voice.praised import SIDES, Aspect, Praised
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.voice import audiences_of, heard_of, pens, segments_of
from emptychair.web.visitor import wanted_form
from emptychair.web.voice import pictures, praise
from emptychair.web.voice.heard import DAYS, Heard, Line
from emptychair.web.voice.praise import Quote
from emptychair.web.wanted import Form

router = APIRouter()

MOST_QUOTES = 40


@router.get("/voice/aspects")
def show(
    request: Request,
    audience: str = "",
    days: int = 90,
    segment: str = "",
    theme: str = "",
    aspect: str = "",
    side: str = "",
) -> Response:
    """The aspects that most people speak of, under a `theme` (its id) or anywhere, and how many praise or
    blame each, in at most 400 texts spread over the period; with `aspect` (its key) what was said of that
    one, by those of a `side` (good, bad, mixed, unclear). CSV has the aspects, or the words.
    """
    found = heard_of(request, audience, days, segment)
    line = found.line(theme) if theme else None
    if theme and line is None:
        raise not_found("Nobody speaks of this theme in this period, or there is no such theme.")
    told = praise.praise(parts_of(request), found, theme)
    chosen = told.aspect(aspect) if told is not None and aspect else None
    if aspect and chosen is None:
        raise not_found("Too few people speak of this in this period.")
    quotes = [] if chosen is None else praise.quotes_of(found, chosen, side)
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json(_as_data(found, line, told, chosen, quotes))
    if wanted is Form.CSV and chosen is not None:
        return as_csv("quotes", praise.QUOTE_HEAD, praise.quote_rows(found, quotes))
    if wanted is Form.CSV:
        rows = [] if told is None else [praise.row(one) for one in told.aspects]
        return as_csv("aspects", praise.HEAD, rows)
    write, words = pens(request)
    return shell.page(
        request,
        "voice/aspects.html",
        found=found,
        line=line,
        told=told,
        chosen=chosen,
        side=side if side in SIDES else "",
        sides=SIDES,
        quotes=[(one, praise.marked(one)) for one in quotes[:MOST_QUOTES]],
        more_quotes=max(0, len(quotes) - MOST_QUOTES),
        bars=pictures.bars_of(told, write, words),
        opening="" if told is None else praise.opening(told, write, words),
        days=DAYS,
        audiences=audiences_of(request),
        segments=segments_of(request, found.audience),
    )


def _as_data(
    found: Heard, line: Line | None, told: Praised | None, chosen: Aspect | None, quotes: list[Quote]
) -> dict[str, Any]:
    said = [dict(zip(praise.QUOTE_HEAD, row, strict=True)) for row in praise.quote_rows(found, quotes)]
    return {
        "audience": found.audience,
        "period": None if found.period is None else [found.period.start, found.period.end],
        "segment": None if found.segment is None else found.segment.id,
        "theme": None if line is None else line.theme.id,
        **praise.as_data(told),
        **({} if chosen is None else {"aspect": praise.aspect_as_data(chosen), "quotes": said}),
    }
