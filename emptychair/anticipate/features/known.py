"""The features of everybody in a relationship as of an instant, by what had arrived until then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.anticipate.features import heard
from emptychair.anticipate.features.counting import counts
from emptychair.anticipate.features.declared import Feature, declared
from emptychair.anticipate.features.seen import Seen, seen
from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.arrival import Arrivals
from emptychair.understand.person.history import happening
from emptychair.understand.person.moments import DONE, MADE
from emptychair.understand.person.promises import Outcome, Promise, promises
from emptychair.understand.spells import Tenure, spells

Matrix = NDArray[np.float32]
# What nobody has counts as nothing; what is not known of somebody stays unknown.
_NONE_IS_NOTHING = (
    "promises_broken", "promises_kept", "promises_overdue", "negative_90", "positive_90", "read_365",
    "negative_365", "themes",
)  # fmt: skip
_YEAR = timedelta(days=365)
_NO_THEMES = pa.table({"person": pa.array([], pa.string()), "themes": pa.array([], pa.int64())})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """A row per person in a relationship, by their ids, and a column per feature; NaN: not known.

    A trait that is no number is the place of its value among those of its feature. `started_at` is when the
    relationship of everybody began, or their activity where that tells relationships. `mixed` people pay in
    several currencies: their amounts are left out.
    """

    as_of: datetime
    people: pa.Array
    started_at: pa.Array
    features: tuple[Feature, ...]
    values: Matrix
    mixed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Asking:
    """Of what everything is asked."""

    ledger: Ledger
    audience: Audience
    as_of: datetime
    believed: Arrivals
    words: Vocabulary


def features(ledger: Ledger, tenure: Tenure, words: Vocabulary) -> Features:
    """The features as of `tenure.as_of`; `tenure.known` says what is believed of arrivals. O(signals).

    Raises ValueError when the tenure does not say what had become known.
    """
    if tenure.known is None:
        raise ValueError("features are of what had arrived: the tenure has to say what is known")
    asking = _Asking(ledger, tenure.audience, tenure.as_of, tenure.known, words)
    found = counts(ledger, tenure.audience, tenure.as_of, tenure.known, words)
    present = _active(found, tenure) if tenure.gap_days else ledger.ask(in_relationship(tenure))
    people = present["person"].combine_chunks()
    known, mixed = _in_usual_payments(seen(tenure.as_of, people, [present, found, *_tables(asking)]))
    all_features = declared(words)
    values = np.empty((len(people), len(all_features)), np.float32, order="F")
    for at, one in enumerate(all_features):
        values[:, at] = one.of(known)
    return Features(
        as_of=tenure.as_of,
        people=people,
        started_at=present["started_at"].combine_chunks(),
        features=all_features,
        values=values,
        mixed=mixed,
    )


def _active(counts: pa.Table, tenure: Tenure) -> pa.Table:
    """Those whose last activity is no longer ago than the gap, since their first: person, started_at.

    When a run of activity without a gap began is another question, which takes a sort of all that was done;
    how long somebody is known to be active tells a model as much.
    """
    silent_since = tenure.as_of.replace(tzinfo=None) - timedelta(days=tenure.gap_days or 0)
    found = counts.filter(
        pc.greater_equal(counts["last_active"], pa.scalar(silent_since, pa.timestamp("us")))
    )
    unknown = pa.nulls(len(found), pa.int64())
    return pa.table(
        {"person": found["person"], "started_at": found["first_active"], "spells_before": unknown}
    )


def in_relationship(tenure: Tenure) -> Question:
    """One row per person in an open relationship by contract, by their ids.

    Columns: person, started_at, spells_before.
    """
    return question(
        """
        select person, max(case when ended_at is null then started_at end) as started_at,
               sum(case when ended_at is not null then 1 else 0 end) as spells_before
        from spells group by person
        having sum(case when ended_at is null then 1 else 0 end) > 0 order by person
        """,
        {"spells": spells(tenure)},
    )


def _tables(asking: _Asking) -> list[pa.Table]:
    asked = asking.audience, asking.as_of, asking.believed
    themes = list(asking.words.themes)
    return [
        asking.ledger.ask(heard.toned(*asked)),
        asking.ledger.ask(heard.scored(*asked)),
        asking.ledger.ask(heard.touched(*asked, themes)) if themes else _NO_THEMES,
        _promised(asking),
        *_with_traits(asking),
    ]


def _with_traits(asking: _Asking) -> list[pa.Table]:
    """A table per trait: person, and its number, or the place of its value (null: another value)."""
    found = []
    for at, trait in enumerate(asking.words.traits):
        asked = heard.traits_told(asking.audience, asking.as_of, asking.believed, trait.field)
        told = asking.ledger.ask(asked)
        column = told["number"]
        if trait.values:
            column = pc.index_in(told["value"], value_set=pa.array(trait.values))
        found.append(pa.table({"person": told["person"], f"trait_{at}": column}))
    return found


def _promised(asking: _Asking) -> pa.Table:
    """A row per person who was promised something in the last year, and what became of it."""
    asked = heard.promise_moments(asking.audience, asking.as_of, asking.believed, (MADE, DONE))
    told = [happening(row) for row in asking.ledger.ask(asked).to_pylist()]
    tallies: dict[str, list[int]] = {}
    for one in promises(told, asking.as_of):
        if one.due_at is not None and asking.as_of - _YEAR <= one.due_at < asking.as_of:
            tally = tallies.setdefault(one.person, [0, 0, 0])
            for at, counts in enumerate(_tally(one)):
                tally[at] += counts
    names = ("promises_broken", "promises_kept", "promises_overdue")
    columns = {
        name: pa.array([tally[at] for tally in tallies.values()], pa.int64()) for at, name in enumerate(names)
    }
    return pa.table({"person": pa.array(tallies, pa.string()), **columns})


def _tally(one: Promise) -> tuple[bool, bool, bool]:
    """Whether it was broken (kept too late or not at all), was kept, and is still waited for."""
    is_kept = one.outcome is Outcome.KEPT
    return not is_kept, is_kept, one.done_at is None


def _in_usual_payments(known: Seen) -> tuple[Seen, int]:
    """What was seen, with the mean payment in everybody's currency; and how many pay in several."""
    columns: Mapping[str, NDArray[np.float64]] = known.columns
    filled = {
        name: np.nan_to_num(column) if name in _NONE_IS_NOTHING or _is_a_theme(name) else column
        for name, column in columns.items()
    }
    first = known.texts["currency"].to_numpy(zero_copy_only=False).astype("U")
    other = known.texts["other_currency"].to_numpy(zero_copy_only=False).astype("U")
    mixed = first != other
    _, currency = np.unique(first, return_inverse=True)
    spent, paid = np.nan_to_num(columns["spent_ever"]), np.nan_to_num(columns["paid_ever"])
    sums = [
        np.bincount(currency, np.where(mixed, 0, of), currency.max(initial=0) + 1) for of in (spent, paid)
    ]
    means = np.divide(sums[0], sums[1], out=np.full(len(sums[0]), np.nan), where=sums[1] > 0)
    usual = np.where(mixed, np.nan, means[currency]) if len(first) else np.zeros(0)
    return replace(known, columns={**filled, "usual_payment": usual}), int(mixed.sum())


def _is_a_theme(name: str) -> bool:
    return name.startswith("theme_")
