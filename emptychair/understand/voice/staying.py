"""Whether those who spoke of a theme stayed as others did who spoke: an association, never a cause."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from emptychair.domain.period import Period
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.compare import Difference, benjamini_hochberg
from emptychair.stats.intervals import Estimate, wilson
from emptychair.stats.stratified import Stratum, shares_within
from emptychair.understand.spells import Tenure, spells
from emptychair.understand.voice.spoken import mentioned, spoken

# Words of so many days before an instant, and whether the relationship held for so many days after it.
WINDOW = timedelta(days=90)
# Of findings called clear a tenth is expected to be chance.
FALSE_SHARE = 0.1
# New people speak of other things than old ones, and leave more: compared are those who came as long ago.
_NEW, _YOUNG = timedelta(days=90), timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """Of `touched` who spoke of a theme `stayed` stayed; of `others`, who spoke of others, `others_stayed`.

    `ages` are the same by how long their relationship had lasted. `adjusted_p` is that of the difference
    among all themes that were compared (Benjamini-Hochberg); None where there are too few to compare.
    """

    theme: str
    ages: tuple[Stratum, ...]
    adjusted_p: float | None = None

    @property
    def touched(self) -> int:
        """How many spoke of it."""
        return sum(one.n for one in self.ages)

    @property
    def stayed(self) -> int:
        """How many of them stayed."""
        return sum(one.successes for one in self.ages)

    @property
    def others(self) -> int:
        """How many spoke of other things alone."""
        return sum(one.base_n for one in self.ages)

    @property
    def others_stayed(self) -> int:
        """How many of the others stayed."""
        return sum(one.base_successes for one in self.ages)

    @property
    def rate(self) -> Estimate | None:
        """The share of the touched who stayed, with its interval; None below n."""
        return wilson(self.stayed, self.touched)

    @property
    def difference(self) -> Difference | None:
        """Their share less that of others whose relationship had lasted as long; None below n in either."""
        return shares_within(self.ages)

    @property
    def is_clear(self) -> bool:
        """Whether it stands out among all themes."""
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_SHARE


def stays_of(tenure: Tenure, among: Question | None = None) -> Question:
    """One row per theme ('' for all who spoke) and age of the relationship (0, 1, 2): touched, stayed.

    Of people whose relationship was open 90 days before `as_of`, who spoke in the 90 days before that:
    whether the same relationship is open at `as_of`.
    """
    at = tenure.as_of - WINDOW
    heard = Period(start=at - WINDOW, end=at)
    return question(
        """
        with held as (
            select person, max(case when ended_at is null or ended_at >= :until then 1 else 0 end) as stayed,
                   min(case when started_at >= :new then 0 when started_at >= :young then 1 else 2 end) as age
            from spells where started_at < :at and (ended_at is null or ended_at >= :at) group by person
        ), touched as (
            select person, theme from mentioned where person is not null group by person, theme
            union all
            select person, '' as theme from spoken where person is not null group by person
        )
        select touched.theme, held.age, count(*) as touched, sum(held.stayed) as stayed
        from touched inner join held on held.person = touched.person
        group by touched.theme, held.age order by touched.theme, held.age
        """,
        {
            "spells": spells(tenure),
            "mentioned": mentioned(tenure.audience, heard, among),
            "spoken": spoken(tenure.audience, heard, among),
        },
        at=at,
        new=at - _NEW,
        young=at - _YOUNG,
        until=tenure.as_of,
    )


def staying(ledger: Ledger, tenure: Tenure, among: Question | None = None) -> dict[str, Staying]:
    """Each theme of which somebody with a relationship spoke, compared with the others who spoke."""
    found: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in ledger.ask(stays_of(tenure, among)).to_pylist():
        found[row["theme"]][int(row["age"])] = (int(row["stayed"]), int(row["touched"]))
    everybody = found.pop("", {})
    return adjusted([_compared(theme, told, everybody) for theme, told in found.items()])


def _compared(theme: str, told: dict[int, tuple[int, int]], everybody: dict[int, tuple[int, int]]) -> Staying:
    ages = []
    for age, (all_stayed, all_touched) in sorted(everybody.items()):
        stayed, touched = told.get(age, (0, 0))
        ages.append(
            Stratum(
                successes=stayed,
                n=touched,
                base_successes=all_stayed - stayed,
                base_n=all_touched - touched,
            )
        )
    return Staying(theme=theme, ages=tuple(ages))


def adjusted(found: Sequence[Staying]) -> dict[str, Staying]:
    """The same with p values that count how many were compared, by theme."""
    compared = [(one, difference) for one in found if (difference := one.difference) is not None]
    p_values = benjamini_hochberg([difference.p for _, difference in compared])
    told = {one.theme: p for (one, _), p in zip(compared, p_values, strict=True)}
    return {one.theme: replace(one, adjusted_p=told.get(one.theme)) for one in found}
