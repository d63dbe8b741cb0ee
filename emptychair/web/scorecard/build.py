"""The page of the scorecard, from measured numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from string import Formatter

from markupsafe import Markup, escape

from emptychair.domain.signal import Audience
from emptychair.measure.scorecard import Scorecard, Standing
from emptychair.measure.sentence import Sentence
from emptychair.web.scorecard.cards import card, cards
from emptychair.web.scorecard.choice import Choice
from emptychair.web.scorecard.cohorts import cohort_panel
from emptychair.web.scorecard.panels import segment_grid, survival_panel, trend_panel
from emptychair.web.scorecard.view import Card, Page, Panel
from emptychair.web.scorecard.words import Pen

STRONG = {"now", "by"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured for a choice: its audience, and the other one for its headline where it is known."""

    standing: Standing
    other: Standing | None
    opening: tuple[Sentence, ...]
    minimum_n: int


def measured(found: Scorecard, others: Scorecard | None, minimum_n: int) -> Measured | None:
    """The standing of an audience beside that of the other; None when nothing is known of it."""
    standing = found.standings[0]
    if not _is_known(standing):
        return None
    other = others.standings[0] if others is not None and _is_known(others.standings[0]) else None
    return Measured(standing=standing, other=other, opening=found.opening, minimum_n=minimum_n)


def _is_known(standing: Standing) -> bool:
    return any(metric.n or metric.missing for metric in standing.metrics)


def page(found: Measured, choice: Choice, pen: Pen, label: str) -> Page:
    """Everything that is shown, in order; `label` is what it is split by, for people."""
    standing, pictures = found.standing, found.standing.pictures
    segment = (choice.by, choice.value) if choice.by and choice.value else None
    trends = [trend_panel(standing, one, pen) for one in pictures.trends] if pictures else []
    known = pictures is not None and pictures.survival is not None
    return Page(
        sentence=sentence(found.opening, pen),
        about=_about(standing, pen),
        cards=_cards(found, segment, pen),
        cohorts=cohort_panel(pictures.cohorts, pen) if pictures and pictures.cohorts else None,
        survival=survival_panel(standing, pictures.survival, found.minimum_n, pen)
        if known and pictures and pictures.survival
        else None,
        trends=_ordered(trends),
        segments=segment_grid(standing.metrics, label, pen) if choice.by else None,
    )


def sentence(opening: Sequence[Sentence], pen: Pen) -> Markup:
    """What matters now; the number and its change are strong, its interval is not."""
    pieces = []
    for one in opening:
        for plain, name, _, _ in Formatter().parse(pen.texts.gettext(one.template)):
            pieces.append(escape(plain))
            if name is not None:
                strong = Markup("<strong>{}</strong>") if name in STRONG else Markup("{}")
                pieces.append(strong.format(one.values[name]))
        pieces.append(Markup(" "))
    return Markup("").join(pieces)


def _cards(found: Measured, segment: tuple[str, str] | None, pen: Pen) -> list[Card]:
    """The audience's own cards, and the other audience's retention among them."""
    own = cards(found.standing, pen, segment)
    if found.other is None or segment is not None:
        return own
    theirs = {metric.name: metric for metric in found.other.metrics if metric.segment is None}
    rate = theirs.get("retention_rate")
    if rate is None or rate.value is None:
        return own
    return [*own[:2], card(found.other, rate, pen, theirs), *own[2:]]


def _about(standing: Standing, pen: Pen) -> str:
    whom = "Customers" if standing.audience is Audience.CUSTOMER else "Employees"
    rates = [metric.period for metric in standing.metrics]
    first = pen.write.day(rates[0].start)
    last = pen.write.day(rates[0].end - timedelta(microseconds=1))
    as_of = pen.write.day(standing.as_of - timedelta(microseconds=1))
    return pen.texts.gettext(
        "%(whom)s, %(first)s to %(last)s. As of the end of %(as_of)s.",
        whom=pen.texts.gettext(whom),
        first=first,
        last=last,
        as_of=as_of,
    )


def _ordered(trends: list[Panel]) -> list[Panel]:
    """What they say before how they stay: the retention of single months is the quieter line."""
    return sorted(trends, key=lambda panel: panel.key == "trend-retention_rate")
