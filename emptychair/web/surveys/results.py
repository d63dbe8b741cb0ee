"""What came of a survey, for its page: the sentence, the scores, each question, and where answers stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from emptychair.desk.response_counts import Standing
from emptychair.desk.responses import Progress
from emptychair.domain.metric import Metric
from emptychair.listen.surveys.definition import NUMBERS, QuestionKind
from emptychair.listen.surveys.tallying import Tally, options
from emptychair.measure.trend import Trend
from emptychair.stats.intervals import Estimate, wilson
from emptychair.web.charts import legend
from emptychair.web.charts.trend import trend as drawn
from emptychair.web.scorecard.cards import series
from emptychair.web.scorecard.words import LEAST, Pen


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One possible answer: how many gave it, of how many, with the interval of the share (None: too few)."""

    key: str
    text: str
    count: int
    n: int
    share: Estimate | None
    mean_place: float | None = None

    @property
    def width(self) -> int:
        """The share in whole percents, for drawing."""
        return round(100 * self.count / self.n) if self.n else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question: `n` answered it, `quiet` of those whose answers count did not (or were not asked).

    With `is_hidden` too few have answered it anonymously: nothing is told of it, not even how many.
    """

    id: str
    number: int
    kind: str
    text: str
    n: int
    quiet: int
    bars: tuple[Bar, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A score month by month."""

    title: str
    about: str
    chart: Markup
    legend: Markup
    rows: tuple[tuple[str, str, str, str], ...]


def answered(tallies: Sequence[Tally], language: str, counted: int, minimum_n: int) -> list[Answered]:
    """Every question with its answers; `counted` answers count in all."""
    return [_answered(number, one, language, counted, minimum_n) for number, one in enumerate(tallies, 1)]


def guarded(found: Sequence[Answered], least: int) -> list[Answered]:
    """The same, with nothing of questions that fewer than `least` have answered."""
    return [one if one.n >= least else replace(one, n=0, quiet=0, bars=(), is_hidden=True) for one in found]


def _answered(number: int, tally: Tally, language: str, counted: int, minimum_n: int) -> Answered:
    question = tally.question
    bars = []
    for key, text in options(question):
        count = tally.counts[key]
        # Of several choices, and of the rows of a matrix, each is a share of all who answered the question.
        share = wilson(count, tally.given, minimum_n=minimum_n) if tally.given else None
        places = tally.places[key] if question.kind is QuestionKind.RANKING else 0
        ranked = tally.given if question.most is None else None
        mean = places / ranked if places and ranked else None
        bars.append(Bar(key=key, text=text, count=count, n=tally.given, share=share, mean_place=mean))
    return Answered(
        id=question.id,
        number=number,
        kind=question.kind.value,
        text=question.text.get(language, "") or question.id,
        n=tally.given,
        quiet=counted - tally.given,
        bars=tuple(bars) if question.kind in NUMBERS or bars else (),
    )


def sentence(metrics: Sequence[Metric], counted: int, pen: Pen) -> str:
    """What can be said first: each score with its interval and n, or how much is lacking."""
    text = pen.texts.gettext
    if not counted:
        return text("Nobody has answered yet.")
    told = []
    for metric in metrics:
        name = pen.title(metric.name, metric.audience)
        if metric.value is None:
            told.append(text("%(name)s: %(why)s", name=name, why=metric.reason or ""))
            continue
        told.append(
            text(
                "%(name)s is %(value)s (%(interval)s), from %(n)s answers.",
                name=name,
                value=pen.whole(metric.value, metric.unit),
                interval=pen.interval(metric, metric.unit),
                n=pen.write.count(metric.n),
            )
        )
    if told:
        return " ".join(told)
    return pen.texts.ngettext(
        "%(n)s answer counts.", "%(n)s answers count.", counted, n=pen.write.count(counted)
    )


def line(trend: Trend, pen: Pen) -> Line | None:
    """The chart of a trend; None before there are two months with enough answers."""
    points, text = series(trend, pen), pen.texts.gettext
    if sum(point.value is not None for point in points) < 2:
        return None
    title = text("%(name)s by month", name=pen.title(trend.name, trend.audience))

    def tick(value: float) -> str:
        if trend.unit == "share":
            return pen.write.percent(value, 0)
        return pen.write.decimal(value, 0 if float(value).is_integer() else 1)

    rows = [
        (
            point.label,
            "–" if one.estimate is None else pen.whole(one.estimate.value, trend.unit),
            "" if one.estimate is None else pen.interval(one.estimate, trend.unit),
            pen.write.count(one.n),
        )
        for one, point in zip(trend.points, points, strict=True)
    ]
    return Line(
        title=title,
        about=text(trend.definition),
        chart=drawn(points, title=title, least=LEAST.get(trend.unit, 0.5), tick=tick),
        legend=legend.keys(band=text("95% interval")),
        rows=tuple(rows),
    )


def standings(counts: Counter[Standing]) -> dict[str, int]:
    """How many answers stand where; those that are left out are `marked`, wherever they stood."""
    found = {progress.value: 0 for progress in Progress} | {"marked": 0}
    for one, n in counts.items():
        found["marked" if one.is_set_aside else one.progress.value] += n
    return found


def marks(counts: Counter[Standing]) -> Mapping[str, int]:
    """Why answers are left out, and how many by each reason."""
    found: Counter[str] = Counter()
    for one, n in counts.items():
        if one.is_set_aside and one.mark is not None:
            found[one.mark.value] += n
    return dict(found.most_common())


def as_rows(found: Sequence[Answered]) -> list[tuple[Any, ...]]:
    """One row per question and possible answer, for a spreadsheet."""
    rows: list[tuple[Any, ...]] = []
    for one in found:
        for bar in one.bars:
            share = bar.share
            edges = (None, None, None) if share is None else (share.value, share.low, share.high)
            rows.append((one.id, one.text, one.kind, bar.key, bar.text, bar.count, *edges, one.n))
        if one.is_hidden:
            rows.append((one.id, one.text, one.kind, "", "", None, None, None, None, None))
        elif not one.bars:
            rows.append((one.id, one.text, one.kind, "", "", one.n, None, None, None, one.n))
    return rows
