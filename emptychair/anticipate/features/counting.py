"""One pass over what had arrived: how often, how lately, how broadly and for how much, per person."""

from datetime import datetime, timedelta

from emptychair.anticipate.features.vocabulary import REPLIES, Vocabulary
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.arrival import Arrivals, arrived

# The spans that things are counted in end at the instant and begin so many days before it.
SPANS = (7, 30, 60, 90, 180, 365)
MASKED_DAYS = 60
_DAY = timedelta(days=1) // timedelta(microseconds=1)


def counted(audience: Audience, as_of: datetime, believed: Arrivals, words: Vocabulary) -> Question:
    """One row per person of whom anything had arrived: person, and a column per count. O(signals).

    Columns: `did_30` is how much was done in the last 30 days, `did_60_30` from the 60th day to the 30th
    before; `first_paid`, `last_did` are instants; `days_60` has a bit for every day of the last 60 on which
    something was done or paid; `names_30` has a bit for every name of what was done.
    """
    spans = {f"day_{days}": as_of - timedelta(days=days) for days in SPANS}
    asked: dict[str, Parameter] = {
        **spans,
        "as_of": as_of,
        "failures": list(words.failures),
        "asked": list(words.asked),
        "replies": list(REPLIES),
        "answered_in": list(words.answered_in),
        "refused": list(words.refused),
    }
    asked |= {f"done_{at}": name for at, name in enumerate(words.every_name)}
    asked |= {f"met_{at}": name for at, name in enumerate(words.met)}
    asked |= {f"channel_{at}": name for at, name in enumerate(words.channels)}
    return question(
        f"select person, {', '.join(_columns(words))} from seen group by person order by person",
        {"seen": question(_seen(words), {"arrived": arrived(audience, as_of, believed)}, **asked)},
    )


def _seen(words: Vocabulary) -> str:
    """A row per signal, its kind, span and names as small numbers: comparing those is quicker than texts."""
    spans = " ".join(f"when occurred_at >= :day_{days} then {at}" for at, days in enumerate(SPANS))
    return f"""
        select person, occurred_at, value, currency,
               case when kind = 'did' then 1 when kind = 'paid' and value > 0 then 2 when kind = 'paid' then 3
                    when kind = 'said' then 4 when kind = 'rated' then 5 when kind = 'met' then 6
                    else 7 end as sort,
               case {spans} else {len(SPANS)} end as span,
               micros_between(occurred_at, :as_of) // {_DAY} as age,
               {_place("kind = 'did'", "name", "done", len(words.every_name))} as done,
               {_place("kind = 'met'", "name", "met", len(words.met))} as met,
               {_place("true", "channel", "channel", len(words.channels))} as place,
               case when kind = 'did' and name in (:failures) then 1 else 0 end as failed,
               case when kind = 'met' and name in (:asked) then 1 else 0 end as was_asked,
               case when kind = 'met' and name in (:replies) then 1 else 0 end as answered,
               case when kind = 'said' and channel in (:answered_in) then 1 else 0 end as asks
        from arrived where not name in (:refused)
    """


def _place(when: str, column: str, word: str, many: int) -> str:
    if not many:
        return "-1"
    places = " ".join(f"when {column} = :{word}_{at} then {at}" for at in range(many))
    return f"case when {when} then case {places} else -1 end else -1 end"


def _columns(words: Vocabulary) -> list[str]:
    """The aggregates, each with the name that the answer has."""
    counts = [
        *_counts("did", "sort = 1", (7, 30, 90, 365), before=(60, 30)),
        *_counts("paid", "sort = 2", (30, 90, 365), before=(180, 90)),
        *_counts("refunds", "sort = 3", (90, 365)),
        *_counts("said", "sort = 4", (30, 90, 365), before=(60, 30)),
        *_counts("rated", "sort = 5", (365,)),
        *_counts("met", "sort = 6", (30, 90)),
        *_counts("failed", "failed = 1", (30, 90)),
        *_counts("asked", "was_asked = 1", (365,)),
        *_counts("answered", "answered = 1", (90,)),
    ]
    for at in range(len(words.done)):
        counts += _counts(f"done_{at}", f"done = {at}", (30, 90))
    for at in range(len(words.met)):
        counts += _counts(f"met_{at}", f"met = {at}", (90,))
    for at in range(len(words.channels)):
        counts += _counts(f"channel_{at}", f"place = {at} and sort < 5", (90,))
    return [
        *counts,
        "sum(case when sort = 2 then 1 else 0 end) as paid_ever",
        f"sum(case when sort = 2 and {_within(90)} then value end) as spent_90",
        f"sum(case when sort = 2 and {_within(365)} then value end) as spent_365",
        f"sum(case when sort = 2 and {_between(180, 90)} then value end) as spent_180_90",
        "sum(case when sort = 2 then value end) as spent_ever",
        f"sum(case when sort = 3 and {_within(365)} then value end) as refunded_365",
        "min(case when sort in (2, 3) then currency end) as currency",
        "max(case when sort in (2, 3) then currency end) as other_currency",
        *(f"max(case when sort = {sort} then occurred_at end) as last_{name}" for sort, name in _LAST),
        "max(case when sort in (1, 2) then occurred_at end) as last_active",
        "max(case when answered = 1 then occurred_at end) as last_answered",
        "max(case when asks = 1 then occurred_at end) as last_asked",
        "min(case when sort in (1, 2) then occurred_at end) as first_active",
        "min(case when sort = 2 then occurred_at end) as first_paid",
        "min(occurred_at) as first_seen",
        f"bits_of(case when sort in (1, 2) and age < {MASKED_DAYS} then age end) as days_60",
        *(f"bits_of(case when sort = 1 and {_within(days)} and done >= 0 then done end) as names_{days}"
          for days in (30, 90)),
        f"bits_of(case when sort < 5 and {_within(365)} and place >= 0 then place end) as places_365",
    ]  # fmt: skip


_LAST = ((1, "did"), (2, "paid"), (4, "said"), (5, "rated"), (6, "met"))


def _counts(
    name: str, which: str, spans: tuple[int, ...], before: tuple[int, int] | None = None
) -> list[str]:
    found = [
        f"sum(case when {which} and {_within(days)} then 1 else 0 end) as {name}_{days}" for days in spans
    ]
    if before:
        far, near = before
        found.append(
            f"sum(case when {which} and {_between(far, near)} then 1 else 0 end) as {name}_{far}_{near}"
        )
    return found


def _within(days: int) -> str:
    return f"span <= {SPANS.index(days)}"


def _between(far: int, near: int) -> str:
    return f"span > {SPANS.index(near)} and span <= {SPANS.index(far)}"
