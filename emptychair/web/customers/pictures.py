"""The picture of somebody's mood: every reading as a dot, and the mean of five in a row as a line."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from emptychair.understand.person.mood import HAPPY, UNHAPPY, Felt, Mood
from emptychair.web.charts.frame import Tick, framed
from emptychair.web.charts.moments import Moment, moments
from emptychair.web.customers import phrases
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

MOST_DOTS = 100
FEWEST = 2


def course(found: Mood, write: Formats, texts: Texts) -> Markup:
    """The picture; empty with fewer than two readings."""
    shown = found.felt[-MOST_DOTS:]
    if len(shown) < FEWEST:
        return Markup("")
    first, last = shown[0].at, shown[-1].at
    dots = [_dot(one, write, texts) for one in shown]
    line = [(at, value) for at, value in found.course if at >= first]
    drawing = moments(dots, line, first=first, last=last)
    up = [Tick(0, "+1"), Tick(50, "0"), Tick(100, "−1")]
    title = texts.gettext("How they felt, from −1 to 1, by their scores and words")
    return framed(drawing, title=title, across=_months(first, last, write), up=up)


def named(one: Felt, write: Formats, texts: Texts) -> str:
    """What a reading is of: a score with its question, or how words sound."""
    if one.score is None:
        return texts.gettext("words that sound %(tone)s", tone=texts.gettext(one.tone or "unsure"))
    shown = write.decimal(one.score, 0 if one.score == int(one.score) else 1)
    name = texts.gettext(phrases.SCORE_NAMES.get(one.name, one.name))
    return texts.gettext("%(name)s: %(score)s of %(highest)s", name=name, score=shown, highest=one.highest)


def _dot(one: Felt, write: Formats, texts: Texts) -> Moment:
    css = "bad" if one.value <= UNHAPPY else "good" if one.value > HAPPY else ""
    words = "words" if one.score is None else ""
    return Moment(
        at=one.at,
        value=one.value,
        css=" ".join(part for part in (css, words) if part),
        text=f"{write.day(one.at)}: {named(one, write, texts)}",
    )


def _months(first: datetime, last: datetime, write: Formats) -> Sequence[Tick]:
    whole = (last - first).total_seconds()
    if whole <= 0:
        return [Tick(50, write.day(first))]
    places = (0, 1 / 3, 2 / 3, 1) if (last - first).days > 90 else (0, 1)
    name = write.month if (last - first).days > 90 else write.day
    return [Tick(100 * place, name(first + (last - first) * place)) for place in places]
