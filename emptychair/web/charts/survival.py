"""How long relationships last: a staircase with its band, dotted where few people are left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from emptychair.web.charts.frame import Tick, framed
from emptychair.web.charts.paths import area, dot, line, number, steps
from emptychair.web.charts.scale import Scale, ticks

MOST_STEPS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From `time` on, `share` (0..1) of relationships last; `text` is shown when it is pointed at."""

    time: float
    share: float
    low: float
    high: float
    ripe: bool
    text: str


def survival(curve: Sequence[Step], *, title: str, until: float, time: Callable[[float], str]) -> Markup:
    """The framed chart of a curve that starts at time 0; empty without steps. `time` writes a tick below."""
    if not curve:
        return Markup("")
    shown = _thinned(curve)
    across, scale = Scale(0, until if until > 0 else 1.0), Scale(0, 1)
    ripe = [step for step in shown if step.ripe]
    unripe = [*ripe[-1:], *(step for step in shown if not step.ripe)]
    parts = [_band(shown, across, scale, until)]
    if ripe:
        ends = unripe[1].time if len(unripe) > 1 else until
        parts.append(_stairs(ripe, across, scale, ends, "ln"))
    if len(unripe) > 1 or not ripe:
        parts.append(_unripe_area(unripe[1 if ripe else 0].time, across))
        parts.append(_stairs(unripe[1:] if ripe else unripe, across, scale, until, "ln unripe"))
    parts.append(_hits(shown, across, scale, until))
    below = [Tick(across.along(value), time(value)) for value in ticks(0, across.high, about=6)]
    left = [Tick(scale.up(value), f"{value:.0%}") for value in (0, 0.25, 0.5, 0.75, 1)]
    return framed(Markup("").join(parts), title=title, across=below, up=left)


def _thinned(curve: Sequence[Step]) -> list[Step]:
    stride = -(-len(curve) // MOST_STEPS)
    kept = list(curve[::stride])
    return kept if kept[-1] is curve[-1] else [*kept, curve[-1]]


def _stairs(curve: Sequence[Step], across: Scale, scale: Scale, until: float, css: str) -> Markup:
    pairs = [(across.along(step.time), scale.up(step.share)) for step in curve]
    corners = steps([*pairs, (across.along(until), pairs[-1][1])])
    return Markup('<path class="{}" d="{}"/>').format(css, line(corners))


def _band(curve: Sequence[Step], across: Scale, scale: Scale, until: float) -> Markup:
    upper = [(across.along(step.time), scale.up(step.high)) for step in curve]
    lower = [(across.along(step.time), scale.up(step.low)) for step in curve]
    end = across.along(until)
    return Markup('<path class="band" d="{}"/>').format(
        area(steps([*upper, (end, upper[-1][1])]), steps([*lower, (end, lower[-1][1])]))
    )


def _unripe_area(since: float, across: Scale) -> Markup:
    x = across.along(since)
    return Markup('<rect class="unripe-area" x="{}" width="{}" height="100"/>').format(
        number(x), number(max(0.0, 100 - x))
    )


def _hits(curve: Sequence[Step], across: Scale, scale: Scale, until: float) -> Markup:
    stride = max(1, len(curve) // 40)
    kept = list(curve[::stride])
    ends = [*(step.time for step in kept[1:]), until]
    parts = []
    for step, end in zip(kept, ends, strict=True):
        x, right = across.along(step.time), across.along(end)
        parts.append(
            Markup('<g class="hit" data-tip="{}"><rect x="{}" width="{}" height="100"/>{}</g>').format(
                step.text, number(x), number(max(0.0, right - x)), dot(x, scale.up(step.share))
            )
        )
    return Markup("").join(parts)
