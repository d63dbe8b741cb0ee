"""How often a theme was spoken of, month by month, among all who spoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.period import Period, first_of, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.voice.spoken import mentioned, spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`people` of the `speakers` of a month (the first of which is `begins_at`) spoke of the theme."""

    begins_at: datetime
    people: int
    speakers: int

    @property
    def share(self) -> Estimate | None:
        """Their share with its Wilson interval; None below n."""
        return wilson(self.people, self.speakers)


def months_of(
    audience: Audience, period: Period, themes: Sequence[str], among: Question | None = None
) -> Question:
    """One row per month and theme: month (its number), theme, people. Theme '' is everybody who spoke."""
    return question(
        """
        select month_number(occurred_at) as month, theme, count(distinct person) as people
        from mentioned where theme in (:themes) group by month_number(occurred_at), theme
        union all
        select month_number(occurred_at) as month, '' as theme, count(distinct person) as people
        from spoken group by month_number(occurred_at)
        order by month, theme
        """,
        {"mentioned": mentioned(audience, period, among), "spoken": spoken(audience, period, among)},
        themes=list(themes),
    )


def course(
    ledger: Ledger,
    audience: Audience,
    period: Period,
    themes: Sequence[str],
    among: Question | None = None,
) -> dict[str, tuple[Month, ...]]:
    """The months of a period, every one of them, for each theme."""
    rows = ledger.ask(months_of(audience, period, themes, among)).to_pylist()
    found = {(row["theme"], int(row["month"])): int(row["people"]) for row in rows}
    last = month_number(period.end)
    months = [n for n in range(month_number(period.start), last + 1) if first_of(n) < period.end]
    return {
        theme: tuple(
            Month(begins_at=first_of(n), people=found.get((theme, n), 0), speakers=found.get(("", n), 0))
            for n in months
        )
        for theme in themes
    }
