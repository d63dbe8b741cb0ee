"""One pass over what had arrived: how often, how lately, how broadly and for how much, per person."""

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from emptychair.anticipate.features.tallies import MOST_PACKED, SPANS, packed, plain, unpacked
from emptychair.anticipate.features.vocabulary import REPLIES, Vocabulary
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.arrival import Arrivals, arrived

MASKED_DAYS = 60
_DAY = timedelta(days=1) // timedelta(microseconds=1)


def counts(
    ledger: Ledger, audience: Audience, as_of: datetime, believed: Arrivals, words: Vocabulary
) -> pa.Table:
    """The answer to `counted`, asked with several counts in a sum unless somebody has too many signals."""
    found = ledger.ask(counted(audience, as_of, believed, words, is_packed=True))
    if (pc.max(found["signals"]).as_py() or 0) > MOST_PACKED:
        return ledger.ask(counted(audience, as_of, believed, words))
    return unpacked(found, words)


def counted(
    audience: Audience,
    as_of: datetime,
    believed: Arrivals,
    words: Vocabulary,
    *,
    is_packed: bool = False,
) -> Question:
    """One row per person of whom anything had arrived: person, and a column per count. O(signals).

    Columns: `did_30` is how much was done in the last 30 days, `did_60_30` from the 60th day to the 30th
    before; `first_paid`, `last_did` are instants; `days_60` has a bit for every day of the last 60 on which
    something was done or paid; `names_30` has a bit for every name of what was done. Packed, three counts are
    in a column, and `signals` tells whether they fit.
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
        f"select person, {', '.join(_columns(words, is_packed))} from seen group by person order by person",
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


def _columns(words: Vocabulary, is_packed: bool) -> list[str]:
    """The aggregates, each with the name that the answer has."""
    return [
        *(packed(words) if is_packed else plain(words)),
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


def _within(days: int) -> str:
    return f"span <= {SPANS.index(days)}"


def _between(far: int, near: int) -> str:
    return f"span > {SPANS.index(near)} and span <= {SPANS.index(far)}"
