"""The features of everybody in a relationship as of an instant, by what had arrived until then."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.anticipate.features import heard
from emptychair.anticipate.features.counting import (
    by_sort,
    held,
    lately,
    packing,
    packing_lately,
    spent,
)
from emptychair.anticipate.features.declared import Feature, declared
from emptychair.anticipate.features.history import (
    History,
    Places,
    history,
    in_usual_payments,
    last_scores,
    of_late,
)
from emptychair.anticipate.features.seen import Seen, lined_up, numbers
from emptychair.anticipate.features.tallies import TooManyError
from emptychair.anticipate.features.vocabulary import Trait, Vocabulary
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
# While one question is planned, or its answer handed over, another is computed.
_AT_ONCE = 2
_TONES = ("read_90", "negative_90", "positive_90", "read_365", "negative_365", "last_tone")
# The answers to questions that are not asked, because nothing is held that they could be answered from.
_NOTHING: Mapping[str, pa.Table] = {
    "toned": pa.table({name: pa.array([], pa.int64()) for name in _TONES}),
    "touched": pa.table({"themes": pa.array([], pa.int64())}),
    "promises": pa.table({}),
}


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
    """Of what everything is asked. Nobody is believed to have more than `most` signals; whether anybody met
    anything, and any text was read.
    """

    tenure: Tenure
    believed: Arrivals
    words: Vocabulary
    most: int
    has_met: bool
    has_read: bool


def features(ledger: Ledger, tenure: Tenure, words: Vocabulary) -> Features:
    """The features as of `tenure.as_of`; `tenure.known` says what is believed of arrivals. O(signals).

    Raises ValueError when the tenure does not say what had become known.
    """
    if tenure.known is None:
        raise ValueError("features are of what had arrived: the tenure has to say what is known")
    most = 0
    while True:
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                return _put_together(*_asked(ledger, tenure, tenure.known, words, most, pool), pool)
        except TooManyError as error:  # more signals have come in since
            most = error.most


def _asked(
    ledger: Ledger, tenure: Tenure, believed: Arrivals, words: Vocabulary, most: int, pool: Executor
) -> tuple[_Asking, Mapping[str, Future[pa.Table]]]:
    """What is asked of `pool`. Nobody is believed to have more signals than is known, or than `most`."""
    cards = pool.submit(ledger.ask, held(tenure.audience))
    # Needs no card, so that nobody waits for them.
    scored = pool.submit(ledger.ask, heard.scored(tenure.audience, tenure.as_of, believed))
    (there,) = cards.result().to_pylist()
    most = max(most, there["most"] or 0)
    asking = _Asking(tenure, believed, words, most, there["met"] > 0, there["read"] > 0)
    told = {name: pool.submit(ledger.ask, one) for name, one in _questions(asking).items()}
    return asking, {**told, "scored": scored}


def _questions(asking: _Asking) -> dict[str, Question]:
    """What is asked, by name; the longest first."""
    tenure, words, most = asking.tenure, asking.words, asking.most
    of = tenure.audience, tenure.as_of, asking.believed
    found = {
        "by_sort": by_sort(*of, words, most),
        "spent": spent(*of, words),
        "lately": lately(*of, words, most),
    }
    if asking.has_read:
        found["toned"] = heard.toned(*of)
    if asking.has_met:
        found["promises"] = heard.promise_moments(*of, (MADE, DONE))
    if tenure.gap_days is None:
        found["present"] = in_relationship(tenure)
    if words.themes:
        found["touched"] = heard.touched(*of, list(words.themes))
    traits = {f"trait_{at}": heard.traits_told(*of, one.field) for at, one in enumerate(words.traits)}
    return {**found, **traits}


def _put_together(asking: _Asking, told: Mapping[str, Future[pa.Table]], pool: Executor) -> Features:
    """The features from the answers, each taken when it is there; `pool` works on some meanwhile."""
    tenure, words, most = asking.tenure, asking.words, asking.most
    past = history(told["by_sort"].result())
    present, places = _present(tenure, past, told)
    people = present["person"].combine_chunks()
    scores = pool.submit(lambda: last_scores(told["scored"].result(), people))
    recent = pool.submit(lambda: of_late(told["lately"].result(), people, packing_lately(words, most)))
    columns = past.columns(places, len(people), packing(words, most))
    columns |= {name: numbers(present[name].combine_chunks()) for name in ("started_at", "spells_before")}
    money, mixed = in_usual_payments(told["spent"].result(), people, columns["paid_ever"])
    more, days = recent.result()
    columns |= money | more | scores.result()
    for table in _heard(asking, told):
        columns |= {name: numbers(column) for name, column in lined_up(table, people).items()}
    for name in columns:
        if name in _NONE_IS_NOTHING or name.startswith("theme_"):
            columns[name] = np.nan_to_num(columns[name])
    all_features = declared(words)
    known = Seen(tenure.as_of, people, columns, days)
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


def _present(tenure: Tenure, past: History, told: Mapping[str, Future[pa.Table]]) -> tuple[pa.Table, Places]:
    """Those in a relationship, by their ids: person, started_at, spells_before; and everybody's place there.

    By activity they are those whose last one is no longer ago than the gap, since their first. When a run of
    activity without a gap began is another question, which takes a sort of all that was done; how long
    somebody is known to be active tells a model as much.
    """
    if tenure.gap_days is None:
        present = told["present"].result()
        return present, past.places_among(present["person"].combine_chunks())
    return past.active_since(tenure.as_of - timedelta(days=tenure.gap_days))


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


def _heard(asking: _Asking, told: Mapping[str, Future[pa.Table]]) -> Iterator[pa.Table]:
    """Tables of what was read, promised and told, with a row per person."""
    toned, touched, promised = (
        told[name].result() if name in told else nothing for name, nothing in _NOTHING.items()
    )
    yield from (toned, touched, _promised(promised, asking.tenure.as_of))
    for at, trait in enumerate(asking.words.traits):
        yield _trait(told[f"trait_{at}"].result(), trait, f"trait_{at}")


def _trait(told: pa.Table, trait: Trait, name: str) -> pa.Table:
    """The number of everybody's trait, or the place of its value (null: another value)."""
    column = told["number"]
    if trait.values:
        column = pc.index_in(told["value"], value_set=pa.array(trait.values))
    return pa.table({"person": told["person"], name: column})


def _promised(moments: pa.Table, as_of: datetime) -> pa.Table:
    """A row per person who was promised something in the last year, and what became of it."""
    tallies: dict[str, list[int]] = {}
    for one in promises([happening(row) for row in moments.to_pylist()], as_of):
        if one.due_at is not None and as_of - _YEAR <= one.due_at < as_of:
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
