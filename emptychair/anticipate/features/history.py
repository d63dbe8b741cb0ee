"""What had arrived as numbers of everybody: the counted answers, taken apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.anticipate.features.counting import LATELY, Sort
from emptychair.anticipate.features.seen import Numbers, Whole, lined_up, numbers, whole
from emptychair.anticipate.features.tallies import Counts, Packing

Places = NDArray[np.int64]
# Sorts that follow one another.
Sorts = Sequence[Sort]
_ACTIVE = (Sort.DID, Sort.PAID)
_SAID = (Sort.SAID, Sort.ASKED)
_MET = (Sort.MET, Sort.ANSWERED, Sort.SURVEYED)
_IN_CHANNELS = (Sort.DID, Sort.PAID, Sort.REFUNDED, *_SAID)
# What is counted of which sorts, at most so many days ago and more than so many.
_COUNTED: Mapping[str, tuple[Sorts, tuple[tuple[int, int], ...]]] = {
    "did": ((Sort.DID,), ((7, 0), (30, 0), (90, 0), (365, 0), (60, 30))),
    "paid": ((Sort.PAID,), ((30, 0), (90, 0), (365, 0), (180, 90))),
    "refunds": ((Sort.REFUNDED,), ((90, 0), (365, 0))),
    "said": (_SAID, ((30, 0), (90, 0), (365, 0), (60, 30))),
    "rated": ((Sort.RATED,), ((365, 0),)),
    "met": (_MET, ((30, 0), (90, 0))),
    "answered": ((Sort.ANSWERED,), ((90, 0),)),
    "asked": ((Sort.SURVEYED,), ((365, 0),)),
}
_LAST: Mapping[str, Sorts] = {
    "did": (Sort.DID,), "paid": (Sort.PAID,), "said": _SAID, "rated": (Sort.RATED,), "met": _MET,
    "active": _ACTIVE, "answered": (Sort.ANSWERED,), "asked": (Sort.ASKED,),
}  # fmt: skip
_FIRST: Mapping[str, Sorts] = {"active": _ACTIVE, "paid": (Sort.PAID,), "seen": tuple(Sort)}


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """An answer to `by_sort`, one sort after the other: its people by their ids, and whose every row is."""

    people: pa.Array
    whose: Places
    rows: Mapping[str, np.ndarray]
    begins: Sequence[int]

    def active_since(self, since: datetime) -> tuple[pa.Table, Places]:
        """Who did or paid anything since then, by their ids: person, started_at (their first activity); and
        the place of everybody among them, -1 for none.
        """
        whose, many = self.whose, len(self.people)
        is_late = self._of("last_at", _ACTIVE, np.fmax, whose, many) >= since.timestamp() * 1e6
        began = self._of("first_at", _ACTIVE, np.fmin, whose, many)[is_late].astype(np.int64)
        told = {
            "person": self.people.filter(pa.array(is_late)),
            "started_at": pa.array(began).cast(pa.timestamp("us")),
            "spells_before": pa.nulls(len(began), pa.int64()),
        }
        return pa.table(told), np.where(is_late, np.cumsum(is_late) - 1, -1)

    def places_among(self, people: pa.Array) -> Places:
        """The place of everybody among these people, -1 for none."""
        found: Places = pc.index_in(self.people, value_set=people).fill_null(-1).to_numpy()
        return found

    def columns(self, places: Places, many: int, packing: Packing) -> dict[str, Numbers]:
        """What follows for so many people, at these places: `did_30`, `did_60_30`, `last_paid`.

        Raises TooManyError.
        """
        whose = places[self.whose]

        def counts(sorts: Sorts) -> Counts:
            return packing.counts(
                {name: self._of(name, sorts, np.add, whose, many) for name in packing.names()}
            )

        found: dict[str, Numbers] = {}
        for name, (sorts, spans) in _COUNTED.items():
            counted = counts(sorts)
            for far, near in spans:
                called = f"{name}_{far}_{near}" if near else f"{name}_{far}"
                found[called] = counted.between("signals", far, near)
            if name == "paid":
                found["paid_ever"] = counted.rows.astype(np.float64)
        counted = counts(_IN_CHANNELS)
        found["channels_365"] = np.zeros(many)
        for one in packing.families[1]:
            found[f"{one.name}_90"] = counted.between(one.name, 90)
            found["channels_365"] += counted.between(one.name, 365) > 0
        for name, sorts in _LAST.items():
            found[f"last_{name}"] = self._of("last_at", sorts, np.fmax, whose, many)
        for name, sorts in _FIRST.items():
            found[f"first_{name}"] = self._of("first_at", sorts, np.fmin, whose, many)
        return found

    def _of(self, name: str, sorts: Sorts, gather: np.ufunc, whose: Places, people: int) -> np.ndarray:
        """A column gathered from everybody's rows of these sorts; those of person -1 are left out."""
        some = slice(self.begins[sorts[0]], self.begins[sorts[-1] + 1])
        rows = self.rows[name][some]
        every = np.full(people + 1, 0 if gather is np.add else np.nan, rows.dtype)
        gather.at(every, whose[some], rows)
        return every[:-1]


def history(found: pa.Table) -> History:
    """What `by_sort` was answered."""
    coded = found["person"].combine_chunks().dictionary_encode()
    by_id = pc.sort_indices(coded.dictionary)
    places = np.empty(len(by_id), np.int64)
    places[by_id] = np.arange(len(by_id))
    people, whose = coded.dictionary.take(by_id), places[coded.indices]
    sorts = found["sort"].to_numpy().astype(np.int8)
    order = np.argsort(sorts, kind="stable")
    instants = {name: numbers(found[name])[order] for name in ("first_at", "last_at")}
    sums = {name: found[name].to_numpy()[order] for name in found.column_names if name.startswith("packed_")}
    begins = np.searchsorted(sorts[order], np.arange(len(Sort) + 1)).tolist()
    return History(people, whose[order], {**instants, **sums}, begins)


def of_late(found: pa.Table, people: pa.Array, packing: Packing) -> tuple[dict[str, Numbers], Whole]:
    """The columns of an answer to `lately` (`done_0_30`, `failed_90`, `breadth_30`), and the active days."""
    every = {name: whole(column) for name, column in lined_up(found, people).items()}
    counts = packing.counts(every)
    columns = {
        f"{one.name}_{days}": counts.between(one.name, days)
        for family in packing.families
        for one in family
        for days in one.days
    }
    for days in (30, LATELY):
        names = np.zeros(len(people))
        for one in packing.families[1]:
            names += columns[f"{one.name}_{days}"] > 0
        if f"names_{days}" in every:
            names += np.bitwise_count(every[f"names_{days}"])
        columns[f"breadth_{days}"] = names
    return columns, every["days_60"]


def in_usual_payments(found: pa.Table, people: pa.Array, times: Numbers) -> tuple[dict[str, Numbers], int]:
    """The amounts of an answer to `spent`, with the mean payment in everybody's currency; and how many pay
    in several. `times` is how often everybody paid.
    """
    whose, found = _known(found, people)
    coded = found["currency"].combine_chunks().dictionary_encode()
    # 0 is no currency: of no payments, or of those that told none.
    currency = coded.indices.cast(pa.int64()).fill_null(-1).to_numpy() + 1
    codes, many = len(coded.dictionary) + 1, len(people)
    columns: dict[str, Numbers] = {
        name: _sums(whose, numbers(found[name]), many)
        for name in found.column_names
        if name not in ("person", "currency")
    }
    highest, lowest = np.zeros(many, np.int64), np.full(many, codes)
    np.maximum.at(highest, whose, currency)
    np.minimum.at(lowest, whose[currency > 0], currency[currency > 0])
    mixed = lowest < highest
    amount, payments = (
        _sums(highest, np.where(mixed, 0, of), codes) for of in (columns["spent_ever"], times)
    )
    means = np.divide(amount, payments, out=np.full(codes, np.nan), where=payments > 0)
    columns["usual_payment"] = np.where(mixed, np.nan, means[highest])
    return columns, int(mixed.sum())


def last_scores(found: pa.Table, people: pa.Array) -> dict[str, Numbers]:
    """From an answer to `scored` the last score, the one before it of the same name, and those of a year.

    Of scores of one instant that of the later name is later, then the higher one.
    """
    whose, found = _known(found, people)
    coded = found["name"].combine_chunks().dictionary_encode()
    names = pc.rank(coded.dictionary).to_numpy()[coded.indices.to_numpy()]
    score, is_late = numbers(found["score"]), numbers(found["is_late"])
    order = _by_time(found["occurred_at"].cast(pa.int64()).to_numpy(), names, score)
    whose, names = whose[order], names[order]
    score, is_late = score[order], is_late[order]
    many, rows = len(people), np.arange(len(found))
    last = _last(whose, rows, many)
    earlier = rows[(rows != last[whose]) & (names == names[last[whose]])]
    before = _last(whose[earlier], earlier, many)
    some = np.append(score, np.nan)  # at -1, of whom there is no such score
    return {
        "score_last": some[last],
        "score_before": some[before],
        "scores_365": _sums(whose, is_late, many),
        "score_sum_365": _sums(whose, is_late * score, many),
    }


def _by_time(instants: Places, names: Places, score: Numbers) -> Places:
    """The rows from the first to the last, those of one instant by name and score."""
    order = np.argsort(instants)
    is_next = np.diff(instants[order]) == 0
    if is_next.any():
        tied = np.flatnonzero(np.append(is_next, False) | np.append(False, is_next))
        rows = order[tied]
        order[tied] = rows[np.lexsort((score[rows], names[rows], instants[rows]))]
    return order


def _sums(whose: Places, amounts: Numbers, many: int) -> Numbers:
    """Everybody's sum; of no rows NumPy would answer in whole numbers."""
    return np.bincount(whose, amounts, many).astype(np.float64, copy=False)


def _last(whose: Places, rows: Places, many: int) -> Places:
    """The last row of everybody, -1 for none."""
    found = np.full(many, -1)
    found[whose] = rows
    return found


def _known(found: pa.Table, people: pa.Array) -> tuple[Places, pa.Table]:
    """Whose the rows are, without those of strangers."""
    whose = pc.index_in(found["person"], value_set=people)
    if whose.null_count:
        found, whose = found.filter(whose.is_valid()), whose.drop_null()
    return whose.to_numpy().astype(np.int64), found
