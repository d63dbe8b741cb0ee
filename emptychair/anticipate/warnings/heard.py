"""Who met which trouble on which day, and who could have, asked of the ledger: people, not signals."""

from collections.abc import Sequence
from dataclasses import dataclass

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question, question
from emptychair.understand.needs.heard import SearchColumns
from emptychair.understand.person.history import COLUMNS
from emptychair.understand.person.moments import DONE, MADE

CUSTOMER = Audience.CUSTOMER.value
# The same thing with the same properties so often within so many microseconds is rage.
OFTEN, WITHIN = 5, 120 * 1_000_000
# So many searches in vain in one day are more than a slip.
IN_VAIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseColumn:
    """The column of `signals` that holds the release (None: nothing tells it)."""

    release: str | None

    @property
    def told(self) -> str:
        """What is asked of every row besides who and when."""
        return "channel" + (
            f", coalesce({self.release}, '') as release" if self.release else ", '' as release"
        )


def names_of(period: Period) -> Question:
    """One row per name of what customers did, met or paid: name, people, most of them first."""
    return question(
        """
        select name, count(distinct person) as people from signals
        where audience = :audience and person is not null and kind in ('did', 'met', 'paid')
          and occurred_at >= :start and occurred_at < :until
        group by name order by people desc, name
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def active_of(period: Period, columns: ReleaseColumn, failures: Sequence[str]) -> Question:
    """One row per day, channel, release and customer who did something, or met a failure: person, day,
    channel, release, is_failure (1: only that).
    """
    return question(
        f"""
        with done as (
            select person, day_number(occurred_at) as day, {columns.told},
                   case when name in (:failures) then 1 else 0 end as is_failure
            from signals
            where audience = :audience and person is not null and (kind = 'did' or name in (:failures))
              and occurred_at >= :start and occurred_at < :until
        )
        select person, day, channel, release, min(is_failure) as is_failure
        from done group by person, day, channel, release
        """,
        audience=CUSTOMER,
        failures=list(failures),
        start=period.start,
        until=period.end,
    )


def failed_of(period: Period, columns: ReleaseColumn, names: Sequence[str]) -> Question:
    """One row per day, name, channel, release and customer who met a failure: thing, person, day, times,
    last_at, channel, release.
    """
    return question(
        f"""
        with failed as (
            select name as thing, person, day_number(occurred_at) as day, {columns.told}, occurred_at
            from signals
            where audience = :audience and person is not null and name in (:names)
              and kind in ('did', 'met', 'paid') and occurred_at >= :start and occurred_at < :until
        )
        select thing, person, day, channel, release, count(*) as times, max(occurred_at) as last_at
        from failed group by thing, person, day, channel, release
        """,
        audience=CUSTOMER,
        names=list(names),
        start=period.start,
        until=period.end,
    )


def paying_of(period: Period, columns: ReleaseColumn, failures: Sequence[str]) -> Question:
    """One row per day, channel, release and customer who paid or could not: person, day, channel, release."""
    return question(
        f"""
        select distinct person, day_number(occurred_at) as day, {columns.told} from signals
        where audience = :audience and person is not null
          and ((kind = 'paid' and value > 0) or name in (:failures))
          and occurred_at >= :start and occurred_at < :until
        """,
        audience=CUSTOMER,
        failures=list(failures),
        start=period.start,
        until=period.end,
    )


def searching_of(period: Period, columns: ReleaseColumn, search: SearchColumns) -> Question:
    """One row per day, channel, release and customer who searched: person, day, channel, release, vain (how
    many of the searches found nothing), last_at.
    """
    return question(
        f"""
        with searched as (
            select person, day_number(occurred_at) as day, {columns.told}, occurred_at,
                   case when {search.results} in ('0', '0.0') then 1 else 0 end as is_vain
            from signals
            where audience = :audience and person is not null and kind = 'did'
              and has_text(ascii_lower(name), 'search') and {search.query} <> ''
              and occurred_at >= :start and occurred_at < :until
        )
        select person, day, channel, release, sum(is_vain) as vain, max(occurred_at) as last_at
        from searched group by person, day, channel, release
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def raged_of(period: Period, columns: ReleaseColumn) -> Question:
    """One row per day, name, channel, release and customer who did the very same over and over: thing,
    person, day, times, last_at, channel, release.
    """
    return question(
        f"""
        with done as (
            select name as thing, person, day_number(occurred_at) as day, {columns.told}, occurred_at,
                   lag(occurred_at, {OFTEN - 1}) over (
                       partition by person, name, properties order by occurred_at, id
                   ) as began_at
            from signals
            where audience = :audience and person is not null and kind = 'did'
              and occurred_at >= :start and occurred_at < :until
        )
        select thing, person, day, channel, release, count(*) as times, max(occurred_at) as last_at
        from done where began_at is not null and micros_between(began_at, occurred_at) <= {WITHIN}
        group by thing, person, day, channel, release
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def promised_of(period: Period) -> Question:
    """One row per promise to a customer that was made or kept: the columns of a happening."""
    return question(
        f"""
        select {COLUMNS} from signals
        where audience = :audience and person is not null and kind = 'met' and name in (:names)
          and occurred_at >= :start and occurred_at < :until
        """,
        audience=CUSTOMER,
        names=[MADE, DONE],
        start=period.start,
        until=period.end,
    )
