"""Who of an audience said nothing at all in a period, and how they differ from those who spoke."""

from dataclasses import dataclass

from emptychair.domain.period import Period
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.compare import Difference, shares
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.spells import Tenure, spells


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """People whose relationship is open at the end: how long it lasts (median, days), how many did something
    in the period, how much (median of deeds and payments), and how many had spoken before.
    """

    people: int
    active: int
    before: int
    median_days: float | None
    median_deeds: float | None


NOBODY = Part(people=0, active=0, before=0, median_days=None, median_deeds=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Those who said nothing beside those who spoke; `minimum_n` below which no share is told."""

    silent: Part
    spoke: Part
    minimum_n: int

    @property
    def share(self) -> Estimate | None:
        """The share of silent ones among all whose relationship is open, with its interval."""
        everybody = self.silent.people + self.spoke.people
        return wilson(self.silent.people, everybody, minimum_n=self.minimum_n)

    @property
    def less_active(self) -> Difference | None:
        """The share of the silent who did something in the period, less that of those who spoke."""
        return shares(
            self.silent.active, self.silent.people, self.spoke.active, self.spoke.people,
            minimum_n=self.minimum_n,
        )  # fmt: skip


def silence_of(tenure: Tenure, period: Period) -> Question:
    """At most two rows, is_silent 1 and 0: people, active, before, median_days, median_deeds."""
    return question(
        """
        with present as (
            select person, min(started_at) as started_at from spells
            where started_at < :end and (ended_at is null or ended_at >= :end) group by person
        ), words as (
            select person, max(case when occurred_at >= :start then 1 else 0 end) as spoke
            from signals
            where audience = :audience and text <> '' and kind <> 'met' and person is not null
                and occurred_at < :end
            group by person
        ), deeds as (
            select person, count(*) as deeds from signals
            where audience = :audience and kind in ('did', 'paid') and person is not null
                and occurred_at >= :start and occurred_at < :end
            group by person
        ), told as (
            select present.person, case when coalesce(words.spoke, 0) = 1 then 0 else 1 end as is_silent,
                   case when words.person is null then 0 else 1 end as has_spoken,
                   coalesce(deeds.deeds, 0) as deeds,
                   day_number(:end) - day_number(present.started_at) as days
            from present left join words on words.person = present.person
                left join deeds on deeds.person = present.person
        )
        select is_silent, count(*) as people, sum(case when deeds > 0 then 1 else 0 end) as active,
               sum(has_spoken) as before,
               percentile(days, 0.5) as median_days, percentile(deeds, 0.5) as median_deeds
        from told group by is_silent order by is_silent
        """,
        {"spells": spells(tenure)},
        audience=tenure.audience.value,
        start=period.start,
        end=period.end,
    )


def silence(ledger: Ledger, tenure: Tenure, period: Period, *, minimum_n: int) -> Silence:
    """Who said nothing in a period that ends where the tenure is seen from. Two scans of the signals."""
    rows = {int(row["is_silent"]): row for row in ledger.ask(silence_of(tenure, period)).to_pylist()}
    found = {
        side: Part(
            people=int(row["people"]),
            active=int(row["active"]),
            before=int(row["before"]),
            median_days=float(row["median_days"]),
            median_deeds=float(row["median_deeds"]),
        )
        for side, row in rows.items()
    }
    return Silence(silent=found.get(1, NOBODY), spoke=found.get(0, NOBODY), minimum_n=minimum_n)
