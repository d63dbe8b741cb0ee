"""How many speak of each theme in a period, with what tone, and how many speak of none."""

from collections.abc import Sequence
from dataclasses import dataclass

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.voice.spoken import mentioned, spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Texts of a period: all that were read, those that name nobody, those under no theme; and who spoke."""

    texts: int
    nameless: int
    themeless: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One theme in one period: texts and people who speak of it, and the tones of these texts.

    `toneless` are texts whose tone is unsure or cannot be told.
    """

    theme: str
    texts: int
    people: int
    negative: int
    neutral: int
    positive: int
    toneless: int

    def share(self, of: Totals) -> Estimate | None:
        """The share of all people who spoke that spoke of it, with its Wilson interval; None below n."""
        return wilson(self.people, of.people)

    @property
    def unhappy(self) -> Estimate | None:
        """The share of negative among the texts whose tone was told, with its interval; None below n."""
        return wilson(self.negative, self.negative + self.neutral + self.positive)


def totals_of(audience: Audience, period: Period, among: Question | None = None) -> Question:
    """One row: texts, nameless, themeless, people."""
    return question(
        """
        select count(*) as texts,
               sum(case when spoken.person is null then 1 else 0 end) as nameless,
               sum(case when themed.id is null then 1 else 0 end) as themeless,
               count(distinct spoken.person) as people
        from spoken left join (select distinct id from mentioned) as themed on themed.id = spoken.id
        """,
        {"spoken": spoken(audience, period, among), "mentioned": mentioned(audience, period, among)},
    )


def themes_of(audience: Audience, period: Period, among: Question | None = None) -> Question:
    """One row per theme, the one that most people speak of first: the counts of `Spoken`."""
    return question(
        """
        select theme, count(*) as texts, count(distinct person) as people,
               sum(case when tone = 'negative' then 1 else 0 end) as negative,
               sum(case when tone = 'neutral' then 1 else 0 end) as neutral,
               sum(case when tone = 'positive' then 1 else 0 end) as positive,
               sum(case when tone is null or tone = 'unsure' then 1 else 0 end) as toneless
        from mentioned group by theme order by people desc, texts desc, theme
        """,
        {"mentioned": mentioned(audience, period, among)},
    )


def counts(
    ledger: Ledger, audience: Audience, period: Period, among: Question | None = None
) -> tuple[Totals, Sequence[Spoken]]:
    """Who spoke in a period (of people `among`, if they are given), and of what. Two scans of the texts."""
    (row,) = ledger.ask(totals_of(audience, period, among)).to_pylist()
    found = ledger.ask(themes_of(audience, period, among)).to_pylist()
    totals = Totals(**{name: int(value) for name, value in row.items()})
    return totals, [
        Spoken(theme=each.pop("theme"), **{name: int(value) for name, value in each.items()})
        for each in found
    ]
