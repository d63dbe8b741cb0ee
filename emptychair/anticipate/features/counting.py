"""What had arrived, counted: how often, how lately, how broadly and for how much, per person."""

from datetime import datetime, timedelta
from enum import IntEnum

from emptychair.anticipate.features.tallies import SPANS, Packing, Tally
from emptychair.anticipate.features.vocabulary import REPLIES, Vocabulary
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.arrival import Arrivals, arrived

LATELY = 90
_DAY = timedelta(days=1) // timedelta(microseconds=1)


class Sort(IntEnum):
    """What a signal counts as. Who asks is whoever writes where people get answers."""

    DID = 0
    PAID = 1
    REFUNDED = 2
    SAID = 3
    ASKED = 4
    RATED = 5
    MET = 6
    ANSWERED = 7
    SURVEYED = 8
    OTHER = 9


_SORT = f"""
case when kind = 'did' then {Sort.DID:d}
     when kind = 'paid' then case when value > 0 then {Sort.PAID:d} else {Sort.REFUNDED:d} end
     when kind = 'said' then case when channel in (:answered_in) then {Sort.ASKED:d} else {Sort.SAID:d} end
     when kind = 'rated' then {Sort.RATED:d}
     when kind = 'met' then case when name in (:replies) then {Sort.ANSWERED:d}
                                 when name in (:asked) then {Sort.SURVEYED:d} else {Sort.MET:d} end
     else {Sort.OTHER:d} end
"""


def held(audience: Audience) -> Question:
    """One row: `most`, how many signals the person with the most of them has (null: there is nobody), `met`,
    how often people met anything, and `read`, how many texts of anybody were read.
    """
    return question(
        """
        select max(signals) as most, sum(met) as met, (select count(*) from readings) as read
        from person_cards where audience = :audience
        """,
        audience=audience.value,
    )


def by_sort(
    audience: Audience, as_of: datetime, believed: Arrivals, words: Vocabulary, most: int
) -> Question:
    """One row per person and sort of what had arrived. O(signals).

    Columns: person, sort, first_at, last_at, and those of `packing(words, most)`.
    """
    columns = ", ".join(packing(words, most).columns())
    seen = f"""
        select person, occurred_at, {_SORT} as sort,
               {_at("channel", "channel", len(words.channels))} as place
        from arrived where not name in (:refused)
    """
    return question(
        f"""
        select person, sort, min(occurred_at) as first_at, max(occurred_at) as last_at,
               {columns}
        from seen group by person, sort
        """,
        {
            "seen": question(
                seen,
                {"arrived": arrived(audience, as_of, believed)},
                answered_in=list(words.answered_in),
                replies=list(REPLIES),
                asked=list(words.asked),
                refused=list(words.refused),
                **_numbered("channel", words.channels),
            )
        },
        **_days(as_of, SPANS),
    )


def packing(words: Vocabulary, most: int) -> Packing:
    """Where `by_sort` has its counts."""
    places = [Tally(f"channel_{at}", (90, 365), f"place = {at}") for at in range(len(words.channels))]
    return Packing.for_most([[Tally("signals", SPANS)], places], most)


def lately(audience: Audience, as_of: datetime, believed: Arrivals, words: Vocabulary, most: int) -> Question:
    """One row per person of whom anything of the last 90 days had arrived. O(signals).

    Columns: person, days_60 (a bit for every day on which something was done or paid), names_30, names_90 (a
    bit for every name of what was done that is not counted), and those of `packing_lately(words, most)`.
    """
    seen = f"""
        select person, occurred_at,
               case when occurred_at > :day_60 and (kind = 'did' or (kind = 'paid' and value > 0))
                    then micros_between(occurred_at, :as_of) // {_DAY} end as age,
               case when kind = 'did' then {_at("name", "done", len(words.every_name))} end as done,
               case when kind = 'met' then {_at("name", "met", len(words.met))} end as met,
               case when kind = 'did' and name in (:failures) then 1 else 0 end as failed
        from arrived where occurred_at >= :day_90 and not name in (:refused)
    """
    further = f"done - {len(words.done)}"
    names = [
        f"bits_of(case when occurred_at >= :day_{days} then {further} end) as names_{days}"
        for days in (30, LATELY)
        if len(words.every_name) > len(words.done)
    ]
    return question(
        f"""
        select person, bits_of(age) as days_60,
               {", ".join([*names, *packing_lately(words, most).columns()])}
        from seen group by person
        """,
        {
            "seen": question(
                seen,
                {"arrived": arrived(audience, as_of, believed)},
                as_of=as_of,
                **_days(as_of, (60, LATELY)),
                failures=list(words.failures),
                refused=list(words.refused),
                **_numbered("done", words.every_name),
                **_numbered("met", words.met),
            )
        },
        **_days(as_of, (30, LATELY)),
    )


def packing_lately(words: Vocabulary, most: int) -> Packing:
    """Where `lately` has its counts."""
    failed = Tally("failed", (30, LATELY), "failed = 1")
    met = [Tally(f"met_{at}", (LATELY,), f"met = {at}") for at in range(len(words.met))]
    done = [Tally(f"done_{at}", (30, LATELY), f"done = {at}") for at in range(len(words.done))]
    return Packing.for_most([[failed, *met], done], most)


def spent(audience: Audience, as_of: datetime, believed: Arrivals, words: Vocabulary) -> Question:
    """One row per person and currency in which they paid (null: none was told): the amounts of spans."""
    seen = """
        select person, currency, occurred_at, case when value > 0 then value else 0 end as paid,
               case when value <= 0 and occurred_at >= :day_365 then value else 0 end as refunded
        from arrived where kind = 'paid' and not name in (:refused)
    """
    days = _days(as_of, (90, 180, 365))
    return question(
        """
        select person, currency,
               sum(case when occurred_at >= :day_90 then paid else 0 end) as spent_90,
               sum(case when occurred_at >= :day_365 then paid else 0 end) as spent_365,
               sum(case when occurred_at >= :day_180 and occurred_at < :day_90 then paid else 0 end)
                   as spent_180_90,
               sum(paid) as spent_ever, sum(refunded) as refunded_365
        from seen group by person, currency
        """,
        {
            "seen": question(
                seen,
                {"arrived": arrived(audience, as_of, believed)},
                refused=list(words.refused),
                day_365=days["day_365"],
            )
        },
        **days,
    )


def _at(column: str, word: str, many: int) -> str:
    """The place of a column's value among the words that are parameters; null for others."""
    if not many:
        return "cast(null as bigint)"
    return f"case {' '.join(f'when {column} = :{word}_{at} then {at}' for at in range(many))} end"


def _numbered(word: str, words: tuple[str, ...]) -> dict[str, Parameter]:
    return {f"{word}_{at}": name for at, name in enumerate(words)}


def _days(as_of: datetime, spans: tuple[int, ...]) -> dict[str, Parameter]:
    return {f"day_{days}": as_of - timedelta(days=days) for days in spans}
