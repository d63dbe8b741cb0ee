"""The picture of a hold-out: how often customers bought again, beside what was foreseen of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from emptychair.stats.holdout import LAST
from emptychair.web.charts.frame import Tick, framed
from emptychair.web.charts.legend import points
from emptychair.web.charts.paths import dot, line, number, whisker
from emptychair.web.charts.scale import Scale, ticks
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

Group = Mapping[str, Any]


def held_out(groups: Sequence[Group], write: Formats, texts: Texts) -> Markup:
    """Purchases of each that came, by how often they had bought again before; the model, and the plain rate.

    Empty without groups: what was kept before had none.
    """
    if not groups:
        return Markup("")
    every = [one[name] for one in groups for name in ("actual", "expected", "naive", "high")]
    top = max([value for value in every if value is not None], default=0) * 1.05 or 1.0
    scale = Scale(0.0, top)
    places = [100 * (at + 0.5) / len(groups) for at in range(len(groups))]
    parts = [
        Markup('<path class="{}" d="{}"/>').format(
            css, line([(x, scale.up(one[name])) for x, one in zip(places, groups, strict=True)])
        )
        for name, css in (("expected", "ln"), ("naive", "ln unripe"))
    ]
    for x, one in zip(places, groups, strict=True):
        mark = dot(x, scale.up(one["actual"]))
        if one["low"] is not None:
            mark = whisker(x, scale.up(one["high"]), scale.up(max(one["low"], 0.0))) + mark
        hit = Markup('<rect x="{}" y="0" width="6" height="100"/>').format(number(x - 3))
        parts.append(
            mark + Markup('<g class="hit" data-tip="{}">{}</g>').format(_told(one, write, texts), hit)
        )
    chart = framed(
        Markup("").join(parts),
        title=texts.gettext("Purchases that came, by how often customers had bought again before"),
        across=[Tick(x, frequency(one, write)) for x, one in zip(places, groups, strict=True)],
        up=[Tick(scale.up(value), write.decimal(value, 1)) for value in ticks(0.0, top)],
    )
    return chart + points(
        came=texts.gettext("came"),
        line=texts.gettext("foreseen by the model"),
        dotted=texts.gettext("each one's plain rate"),
    )


def frequency(group: Group, write: Formats) -> str:
    """How often those of a group had bought again, as written below the chart."""
    told = write.count(group["frequency"])
    return f"{told}+" if group["frequency"] >= LAST else told


def _told(one: Group, write: Formats, texts: Texts) -> str:
    return texts.gettext(
        "bought again %(often)s times: came %(came)s each, foreseen %(foreseen)s, plain rate %(naive)s, "
        "%(n)s people",
        often=frequency(one, write),
        came=write.decimal(one["actual"], 2),
        foreseen=write.decimal(one["expected"], 2),
        naive=write.decimal(one["naive"], 2),
        n=write.count(one["people"]),
    )
