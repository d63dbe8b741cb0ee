"""Who showed what on which day, asked of the ledger: words under themes, searches, and habits."""

from collections.abc import Sequence
from dataclasses import dataclass

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question

CUSTOMER = Audience.CUSTOMER.value
# How programs call what was searched for, and how much was found, the most usual first.
QUERIES = ("query", "q", "search_term", "search_query", "term", "keyword", "keywords", "phrase", "search")
RESULTS = (
    "results",
    "result_count",
    "results_count",
    "n_results",
    "num_results",
    "hits",
    "nb_hits",
    "count",
    "total",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchColumns:
    """The columns of `signals` that hold what was searched for, and how much was found."""

    query: str
    results: str


def search_columns(ledger: Ledger, known: frozenset[str]) -> SearchColumns | None:
    """The columns of searches; None when no `known` key says what was searched for, or how much found."""
    query = next((key for key in QUERIES if key in known), None)
    results = next((key for key in RESULTS if key in known), None)
    if query is None or results is None:
        return None
    return SearchColumns(query=ledger.promote(query), results=ledger.promote(results))


def words_of(period: Period) -> Question:
    """One row per text of customers: id, who (the person, or the words where nobody is named), day."""
    return question(
        """
        select id, coalesce(person, text) as who, day_number(occurred_at) as day from signals
        where audience = :audience and text <> '' and kind <> 'met' and kind <> 'told'
          and occurred_at >= :start and occurred_at < :until
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def said_of(period: Period) -> Question:
    """One row per text of customers: id, who (the person, or the words where nobody is named), day, text."""
    return question(
        """
        select words.id, words.who, words.day, signals.text
        from words inner join signals on signals.id = words.id
        """,
        {"words": words_of(period)},
    )


def mentioned_in(period: Period, themes: Sequence[str]) -> Question:
    """One row per sentence that is under one of these themes: signal, place, theme."""
    return question(
        """
        select mentions.signal, mentions.place, mentions.theme
        from words inner join mentions on mentions.signal = words.id where mentions.theme in (:themes)
        """,
        {"words": words_of(period)},
        themes=list(themes),
    )


def speakers_of(period: Period) -> Question:
    """One row per day and somebody who said something: who, day."""
    return question("select distinct who, day from words", {"words": words_of(period)})


def themes_of(period: Period, themes: Sequence[str]) -> Question:
    """One row per day, theme and somebody who spoke of it: thing, who, day."""
    return question(
        """
        select distinct mentions.theme as thing, words.who, words.day
        from words inner join mentions on mentions.signal = words.id where mentions.theme in (:themes)
        """,
        {"words": words_of(period)},
        themes=list(themes),
    )


def searches_of(period: Period, columns: SearchColumns, *, in_vain: bool = False) -> Question:
    """One row per search: id, person, thing (as typed), who (the person, or the phrase), day, occurred_at."""
    without = f"and {columns.results} in ('0', '0.0')" if in_vain else ""
    return question(
        f"""
        select id, person, {columns.query} as thing, coalesce(person, {columns.query}) as who,
               day_number(occurred_at) as day, occurred_at
        from signals
        where audience = :audience and kind = 'did' and has_text(ascii_lower(name), 'search')
          and {columns.query} <> '' {without} and occurred_at >= :start and occurred_at < :until
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def searchers_of(period: Period, columns: SearchColumns) -> Question:
    """One row per day and somebody who searched: who, day."""
    return question("select distinct who, day from searches", {"searches": searches_of(period, columns)})


def sought_of(period: Period, columns: SearchColumns) -> Question:
    """One row per day, phrase and somebody whose search found nothing: thing, who, day."""
    return question(
        "select distinct thing, who, day from searches",
        {"searches": searches_of(period, columns, in_vain=True)},
    )


def round_trips_of(period: Period) -> Question:
    """One row per import whose person exported last, within a day before: id, person, who, thing
    (the name of the import), day, occurred_at.
    """
    return question(
        """
        with moved as (
            select id, person, name, occurred_at,
                   case when has_text(ascii_lower(name), 'export') then 1 else 0 end as is_export
            from signals
            where audience = :audience and kind = 'did' and person is not null
              and (has_text(ascii_lower(name), 'export') or has_text(ascii_lower(name), 'import'))
              and occurred_at >= :start and occurred_at < :until
        ), after as (
            select id, person, name, occurred_at, is_export,
                   lag(is_export) over (partition by person order by occurred_at, id) as before,
                   lag(occurred_at) over (partition by person order by occurred_at, id) as before_at
            from moved
        )
        select id, person, person as who, name as thing, day_number(occurred_at) as day, occurred_at
        from after where is_export = 0 and before = 1 and occurred_at < add_days(before_at, 1)
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def repeated_of(period: Period) -> Question:
    """One row per day and somebody who exported and imported again not for the first time: who, day."""
    return question(
        """
        with counted as (
            select who, day, row_number() over (partition by who order by occurred_at, id) as nth from trips
        )
        select distinct who, day from counted where nth > 1
        """,
        {"trips": round_trips_of(period)},
    )


def doers_of(period: Period) -> Question:
    """One row per day and somebody who did something: who, day."""
    return question(
        """
        select distinct person as who, day_number(occurred_at) as day from signals
        where audience = :audience and kind = 'did' and person is not null
          and occurred_at >= :start and occurred_at < :until
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def texts_by_month(period: Period) -> Question:
    """One row per month with texts of customers: month (its number), texts."""
    return question(
        """
        select month_number(occurred_at) as month, count(*) as texts from signals
        where audience = :audience and text <> '' and kind <> 'met' and kind <> 'told'
          and occurred_at >= :start and occurred_at < :until
        group by month_number(occurred_at) order by month
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def texts_of(period: Period) -> Question:
    """One row per text of customers: id, name, score, text, occurred_at."""
    return question(
        """
        select id, name, score, text, occurred_at from signals
        where audience = :audience and text <> '' and kind <> 'met' and kind <> 'told'
          and occurred_at >= :start and occurred_at < :until
        """,
        audience=CUSTOMER,
        start=period.start,
        until=period.end,
    )


def who_of(signals: Sequence[str]) -> Question:
    """One row per signal of a customer: id, who, day."""
    return question(
        """
        select id, coalesce(person, text) as who, day_number(occurred_at) as day from signals
        where audience = :audience and id in (:signals)
        """,
        audience=CUSTOMER,
        signals=list(signals),
    )


def themes_in(signals: Sequence[str]) -> Question:
    """One row per sentence of these signals that is under a theme: signal, place, theme."""
    return question(
        "select signal, place, theme from mentions where signal in (:signals)", signals=list(signals)
    )
