"""Of the people who were there when a period began, the share whose relationship held to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.period import Period, first_of, month_number
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.intervals import Estimate, wilson
from emptychair.stats.turnover import net_retention
from emptychair.understand.spells import Tenure, spells

NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The counts behind a retention rate: at_start is S, at_end is E, begun is N of the articles.

    `retained` of the S still have the same spell open at the end; `begun_and_ended` of the N began and ended
    inside the period.
    """

    at_start: int
    retained: int
    at_end: int
    begun: int
    begun_and_ended: int

    def __add__(self, other: "Retention") -> "Retention":
        return Retention(
            at_start=self.at_start + other.at_start,
            retained=self.retained + other.retained,
            at_end=self.at_end + other.at_end,
            begun=self.begun + other.begun,
            begun_and_ended=self.begun_and_ended + other.begun_and_ended,
        )

    @property
    def rate(self) -> Estimate | None:
        """The share retained / S with its Wilson interval; None below the n that intervals need."""
        return wilson(self.retained, self.at_start)

    @property
    def net(self) -> Estimate | None:
        """(E - N) / S with its interval: `rate` less those who both joined and left inside."""
        return net_retention(self.at_start, self.retained, self.begun_and_ended)

    @property
    def difference(self) -> str | None:
        """Why the two rates differ, as a sentence; None when they are equal."""
        if not self.begun_and_ended:
            return None
        return (
            f"{self.begun_and_ended:,} who joined and left inside the period count as losses in (E − N)/S "
            "and are in neither side of the share who stayed"
        )


EMPTY = Retention(at_start=0, retained=0, at_end=0, begun=0, begun_and_ended=0)


def standing(tenure: Tenure, period: Period, values: Question | None = None) -> Question:
    """One row per segment ('' for everybody when there are no `values`): the five counts of `Retention`.

    `values` has one row per person: person, value (never null). People without a row are in segment ''.
    """
    everybody = question("select person, started_at, ended_at from spells", {"spells": spells(tenure)})
    if values is None:
        segmented = question(
            "select '' as segment, started_at, ended_at from everybody", {"everybody": everybody}
        )
    else:
        segmented = question(
            """
            select coalesce(known.value, '') as segment, everybody.started_at, everybody.ended_at
            from everybody left join known on known.person = everybody.person
            """,
            {"everybody": everybody, "known": values},
        )
    return question(
        """
        select segment,
               sum(case when started_at < :start and (ended_at is null or ended_at >= :start)
                        then 1 else 0 end) as at_start,
               sum(case when started_at < :start and (ended_at is null or ended_at >= :end)
                        then 1 else 0 end) as retained,
               sum(case when started_at < :end and (ended_at is null or ended_at >= :end)
                        then 1 else 0 end) as at_end,
               sum(case when started_at >= :start and started_at < :end then 1 else 0 end) as begun,
               sum(case when started_at >= :start and started_at < :end and ended_at < :end
                        then 1 else 0 end) as begun_and_ended
        from segmented
        group by segment
        order by segment
        """,
        {"segmented": segmented},
        start=period.start,
        end=period.end,
    )


def present(tenure: Tenure, instants: Sequence[datetime]) -> Question:
    """One row: at_0, at_1 ..., the people with an open spell just before each instant."""
    counts = ", ".join(
        f"sum(case when started_at < :t{place} and (ended_at is null or ended_at >= :t{place})"
        f" then 1 else 0 end) as at_{place}"
        for place in range(len(instants))
    )
    return question(
        f"select {counts} from spells",
        {"spells": spells(tenure)},
        **{f"t{place}": instant for place, instant in enumerate(instants)},
    )


def people_present(ledger: Ledger, tenure: Tenure, instants: Sequence[datetime]) -> tuple[int, ...]:
    """How many people had an open spell just before each instant."""
    if not instants:
        return ()
    row = ledger.ask(present(tenure, instants)).to_pylist()[0]
    return tuple(int(row[f"at_{place}"]) for place in range(len(instants)))


def retention(ledger: Ledger, tenure: Tenure, period: Period) -> Retention:
    """The retention of everybody over one period, which must end by the tenure's `as_of`."""
    return retention_by(ledger, tenure, period, None).get(NOBODY, EMPTY)


def retention_by(
    ledger: Ledger, tenure: Tenure, period: Period, values: Question | None
) -> Mapping[str, Retention]:
    """The retention of every segment; people without a value are under ''."""
    if period.end > tenure.as_of:
        raise ValueError(f"a period that ends at {period.end} cannot be seen as of {tenure.as_of}")
    table = ledger.ask(standing(tenure, period, values))
    return {
        row["segment"]: Retention(
            at_start=int(row["at_start"]),
            retained=int(row["retained"]),
            at_end=int(row["at_end"]),
            begun=int(row["begun"]),
            begun_and_ended=int(row["begun_and_ended"]),
        )
        for row in table.to_pylist()
    }


def spell_months(tenure: Tenure) -> Question:
    """One row per month number of beginning and of ending (null when open): began, ended, spells."""
    return question(
        """
        select month_number(started_at) as began, month_number(ended_at) as ended, count(*) as spells
        from spells
        group by month_number(started_at), month_number(ended_at)
        order by began, ended
        """,
        {"spells": spells(tenure)},
    )


def retention_by_month(ledger: Ledger, tenure: Tenure, months: Sequence[int]) -> Mapping[int, Retention]:
    """The retention over each of these calendar months (month numbers), all of them over by `as_of`.

    A spell that ends at the midnight a month begins belongs to that month, so months of beginning and ending
    are all that the counts need: one question for the whole trend.
    """
    if months and first_of(max(months) + 1) > tenure.as_of:
        raise ValueError(f"month {max(months)} is not over as of {tenure.as_of}")
    rows = ledger.ask(spell_months(tenure)).to_pylist()
    never = month_number(tenure.as_of) + 1
    cells = [
        (int(row["began"]), never if row["ended"] is None else int(row["ended"]), int(row["spells"]))
        for row in rows
    ]
    return {month: _of_month(month, cells) for month in months}


def _of_month(month: int, cells: Sequence[tuple[int, int, int]]) -> Retention:
    """The counts over one calendar month from (month of beginning, month of ending, spells)."""
    before = [(ended, spells) for began, ended, spells in cells if began < month]
    inside = [(ended, spells) for began, ended, spells in cells if began == month]
    retained = sum(spells for ended, spells in before if ended > month)
    begun = sum(spells for _, spells in inside)
    gone = sum(spells for ended, spells in inside if ended == month)
    return Retention(
        at_start=sum(spells for ended, spells in before if ended >= month),
        retained=retained,
        at_end=retained + begun - gone,
        begun=begun,
        begun_and_ended=gone,
    )
