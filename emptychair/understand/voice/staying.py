"""Whether those who spoke of a theme stayed as others who spoke did: an association, never a cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from emptychair.domain.period import Period
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.compare import Difference, benjamini_hochberg, shares
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.spells import Tenure, spells
from emptychair.understand.voice.spoken import mentioned, spoken

# Words of so many days before an instant, and whether the relationship held for so many days after it.
WINDOW = timedelta(days=90)
# Of findings called clear a tenth is expected to be chance.
FALSE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """Of `touched` who spoke of a theme `stayed` stayed; of `others`, who spoke of others, `others_stayed`.

    `adjusted_p` is that of the difference among all themes that were compared (Benjamini-Hochberg); None
    where there are too few to compare.
    """

    theme: str
    touched: int
    stayed: int
    others: int
    others_stayed: int
    adjusted_p: float | None = None

    @property
    def rate(self) -> Estimate | None:
        """The share of the touched who stayed, with its interval; None below n."""
        return wilson(self.stayed, self.touched)

    @property
    def difference(self) -> Difference | None:
        """Their share less that of the others (Newcombe's interval); None below n in either group."""
        return shares(self.stayed, self.touched, self.others_stayed, self.others)

    @property
    def is_clear(self) -> bool:
        """Whether it stands out among all themes."""
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_SHARE


def stays_of(tenure: Tenure, among: Question | None = None) -> Question:
    """One row per theme ('' for all who spoke): touched, stayed.

    Of people whose relationship was open 90 days before `as_of`, who spoke in the 90 days before that:
    whether the same relationship is open at `as_of`.
    """
    at = tenure.as_of - WINDOW
    heard = Period(start=at - WINDOW, end=at)
    return question(
        """
        with held as (
            select person, max(case when ended_at is null or ended_at >= :until then 1 else 0 end) as stayed
            from spells where started_at < :at and (ended_at is null or ended_at >= :at) group by person
        ), touched as (
            select person, theme from mentioned where person is not null group by person, theme
            union all
            select person, '' as theme from spoken where person is not null group by person
        )
        select touched.theme, count(*) as touched, sum(held.stayed) as stayed
        from touched inner join held on held.person = touched.person
        group by touched.theme order by touched.theme
        """,
        {
            "spells": spells(tenure),
            "mentioned": mentioned(tenure.audience, heard, among),
            "spoken": spoken(tenure.audience, heard, among),
        },
        at=at,
        until=tenure.as_of,
    )


def staying(ledger: Ledger, tenure: Tenure, among: Question | None = None) -> dict[str, Staying]:
    """Each theme of which somebody with a relationship spoke, compared with the others who spoke."""
    rows = {row["theme"]: row for row in ledger.ask(stays_of(tenure, among)).to_pylist()}
    if "" not in rows:
        return {}
    everybody = rows.pop("")
    return adjusted(
        [
            Staying(
                theme=theme,
                touched=int(row["touched"]),
                stayed=int(row["stayed"]),
                others=int(everybody["touched"]) - int(row["touched"]),
                others_stayed=int(everybody["stayed"]) - int(row["stayed"]),
            )
            for theme, row in rows.items()
        ]
    )


def adjusted(found: Sequence[Staying]) -> dict[str, Staying]:
    """The same with p values that count how many were compared, by theme."""
    compared = [(one, difference) for one in found if (difference := one.difference) is not None]
    p_values = benjamini_hochberg([difference.p for _, difference in compared])
    told = {one.theme: p for (one, _), p in zip(compared, p_values, strict=True)}
    return {
        one.theme: Staying(
            theme=one.theme,
            touched=one.touched,
            stayed=one.stayed,
            others=one.others,
            others_stayed=one.others_stayed,
            adjusted_p=told.get(one.theme),
        )
        for one in found
    }
