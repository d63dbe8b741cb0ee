"""What was heard in a period, from memory while nothing behind it changes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emptychair.desk import segments, theme_fits, themes
from emptychair.desk.segments import Segment
from emptychair.desk.theme_fits import Fit
from emptychair.desk.themes import Theme
from emptychair.domain.period import Period, months_later
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question
from emptychair.measure.choices import Choices, decided
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand import tenure
from emptychair.understand.reading.recalled import sentences_of
from emptychair.understand.segments import saved, standing
from emptychair.understand.voice.counts import Spoken, Totals, counts
from emptychair.understand.voice.course import Month, course
from emptychair.understand.voice.languages import unknown
from emptychair.understand.voice.staying import WINDOW, Staying, staying
from emptychair.understand.voice.who import Group, Paid, who
from emptychair.web.parts import Parts
from emptychair.web.segments.looked import chosen as chosen_segment

DAYS = (30, 90, 365)
MONTHS = 12
# Words of employees are told of so many at once, or not at all (docs/decisions/0133).
FEWEST_OF_EMPLOYEES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One theme in the period that is looked at, and in the months before its end.

    `quote` is the sentence that shows it, empty where that is gone, or of an employee.
    """

    theme: Theme
    spoken: Spoken
    share: Estimate | None
    unhappy: Estimate | None
    months: Sequence[Month]
    staying: Staying | None
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All themes of an audience in a period, those that most people speak of first.

    `read` and `unread` count texts of both audiences, `unknown` those of the period in languages that the
    models do not know. `fit` is None before themes were looked for, `period` when nobody ever spoke. `among`:
    only the people of `segment`, who were in it when the period began.
    """

    audience: Audience
    days: int
    period: Period | None
    totals: Totals
    lines: Sequence[Line]
    fit: Fit | None
    read: int
    unread: int
    minimum_n: int
    unknown: Mapping[str, int]
    segment: Segment | None = None
    among: Question | None = None

    def may_quote(self, line: Line, tone: str) -> bool:
        """Whether words of this tone are told: of employees only when there are enough of them."""
        told = {name: getattr(line.spoken, name) for name in ("negative", "neutral", "positive")}
        return told.get(tone, line.spoken.toneless) >= _fewest(self.audience) or not tone

    def line(self, theme_id: str) -> Line | None:
        """The theme with this id; None when nobody spoke of it in the period."""
        return next((line for line in self.lines if line.theme.id == theme_id), None)


NOBODY = Totals(texts=0, nameless=0, themeless=0, people=0)


def heard(parts: Parts, audience: Audience, days: int, segment: Segment | None = None) -> Heard:
    """What was heard in the last days before the end of the data, from everybody or from a segment."""
    with parts.desk.read() as tx:
        choices, fit = decided(tx), theme_fits.last(tx, audience)
        known = {theme.id: theme for theme in themes.every(tx, audience)}
    read, unread = parts.ledger.readings.progress()
    changes = (parts.ledger.state().version, parts.ledger.readings.changes(), fit, tuple(known.values()))
    key = (
        "voice",
        audience,
        days,
        named(parts, segment),
        changes,
        choices.minimum_n,
        *sorted(choices.gap_days.items()),
    )

    def computed() -> Heard:
        period = _period(parts, audience, days)
        totals, lines, among, strange = NOBODY, list[Line](), None, dict[str, int]()
        if period is not None:
            among = None if segment is None else _members(parts, segment, period.start)
            strange = unknown(parts.ledger, audience, period, fewest=_fewest(audience))
            totals, lines = _lines(parts, audience, period, known, choices, segment, among)
        return Heard(
            audience=audience,
            days=days,
            period=period,
            totals=totals,
            lines=lines,
            fit=fit,
            read=read,
            unread=unread,
            minimum_n=choices.minimum_n,
            segment=segment,
            among=among,
            unknown=strange,
        )

    return parts.kept.get(key, computed)


def who_speaks(parts: Parts, found: Heard, line: Line) -> tuple[tuple[Group, ...], tuple[Paid, ...]]:
    """Which groups speak of a theme, and what they paid; of employees nothing."""
    if found.period is None or found.audience is Audience.EMPLOYEE:
        return (), ()
    period, changes = found.period, (parts.ledger.state().version, parts.ledger.readings.changes())
    key = ("who speaks", line.theme.id, period, named(parts, found.segment), changes, found.minimum_n)

    def computed() -> tuple[tuple[Group, ...], tuple[Paid, ...]]:
        return who(
            parts.ledger,
            found.audience,
            period,
            line.theme.id,
            among=found.among,
            minimum_n=found.minimum_n,
        )

    return parts.kept.get(key, computed)


def _period(parts: Parts, audience: Audience, days: int) -> Period | None:
    end = tenure.end_of_data(parts.ledger, audience, parts.clock())
    return None if end is None else Period(start=end - timedelta(days=days), end=end)


def _lines(
    parts: Parts,
    audience: Audience,
    period: Period,
    known: Mapping[str, Theme],
    choices: Choices,
    segment: Segment | None,
    among: Question | None,
) -> tuple[Totals, list[Line]]:
    totals, spoken = counts(parts.ledger, audience, period, among)
    year = Period(start=months_later(period.end, -MONTHS), end=period.end)
    told = [each for each in spoken if each.theme in known and each.texts >= _fewest(audience)]
    months = course(parts.ledger, audience, year, [each.theme for each in told], among)
    stays = _stays(parts, audience, period.end, choices, segment)
    quoted = _quoted(parts, audience, [known[each.theme] for each in told])
    least = choices.minimum_n
    return totals, [
        Line(
            theme=known[each.theme],
            spoken=each,
            share=wilson(each.people, totals.people, minimum_n=least),
            unhappy=wilson(each.negative, each.texts - each.toneless, minimum_n=least),
            months=months[each.theme],
            staying=stays.get(each.theme),
            quote=quoted.get(known[each.theme].quoted, ""),
        )
        for each in told
    ]


def _quoted(parts: Parts, audience: Audience, told: Sequence[Theme]) -> Mapping[str, str]:
    """The sentences that show themes. Of employees none: words of a single one are told in groups alone."""
    if audience is Audience.EMPLOYEE:
        return {}
    return sentences_of(parts.ledger, audience, [theme.quoted for theme in told if theme.quoted])


def _members(parts: Parts, segment: Segment, as_of: datetime) -> Question:
    """Who was in it at an instant: when the period began, so that it is not what they said in it."""
    looked = chosen_segment(parts, saved.condition_of(segment), segment.audience, as_of)
    return standing.members(looked.condition, looked.sight)


def named(parts: Parts, segment: Segment | None) -> Hashable:
    """What an answer of a segment depends on: it may name others."""
    if segment is None:
        return None
    with parts.desk.read() as tx:
        every = segments.every(tx, segment.audience, with_archived=True)
    return (segment.id, *((one.id, one.version) for one in every))


def _stays(
    parts: Parts, audience: Audience, as_of: datetime, choices: Choices, segment: Segment | None
) -> Mapping[str, Staying]:
    seen = tenure.evidence(parts.ledger, audience, as_of)
    chosen = tenure.choose(parts.ledger, audience, as_of, seen, gap_days=choices.gap_days.get(audience))
    if chosen.tenure is None:
        return {}
    # As it was before anybody of it could have left.
    among = None if segment is None else _members(parts, segment, as_of - WINDOW)
    return staying(parts.ledger, chosen.tenure, among)


def _fewest(audience: Audience) -> int:
    return FEWEST_OF_EMPLOYEES if audience is Audience.EMPLOYEE else 1
