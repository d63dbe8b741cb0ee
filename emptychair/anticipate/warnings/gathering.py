"""From the ledger to numbers: trouble, who could have met it, and where everybody belongs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from emptychair.anticipate.warnings import heard, promised
from emptychair.anticipate.warnings.heard import ReleaseColumn
from emptychair.anticipate.warnings.kinds import Cell, Kind, Series, Stream, trouble_of
from emptychair.anticipate.warnings.scene import KNOWN, Numbers, Rows, Scene, distinct
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.stats.history import WEEK
from emptychair.stats.surge import GAP, LONGEST
from emptychair.understand import fields
from emptychair.understand.needs.crowd import Crowd
from emptychair.understand.needs.heard import QUERIES, RESULTS, search_columns

# Days that are looked at when nobody looked before, and the history that the first of them is compared with.
REPLAYED = 364
HISTORY = LONGEST + GAP + WEEK + KNOWN
# What tells where somebody belongs, and on what; few values of few fields, since each counts as looked at.
FIELDS = ("plan", "country", "platform", "os", "device_type", "region", "tier", "store")
RELEASES = ("app_version", "release", "version", "build", "firmware")
CHANNEL = "channel"
MOST_FIELDS, MOST_VALUES, FEWEST_MEMBERS = 4, 8, 30
MOST_RELEASES, MOST_FAILURES, MOST_RAGES = 12, 20, 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Codes:
    """The values of a field that rows have, in the order in which they were met."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, column: pa.ChunkedArray) -> Numbers:
        coded = column.combine_chunks().dictionary_encode()
        names = coded.dictionary.to_pylist()
        own = [-1 if not name else self.numbers.setdefault(name, len(self.numbers)) for name in names]
        told: Numbers = np.array([*own, -1], dtype=np.int64)[coded.indices.to_numpy(zero_copy_only=False)]
        return told


def window(as_of: datetime, replayed: int) -> Period:
    """The days before `as_of` (a midnight) that are needed to look at the last ones of them."""
    return Period(start=as_of - timedelta(days=HISTORY + replayed), end=as_of)


def gathered(
    ledger: Ledger, period: Period, only: Series | None = None, wanted: Iterable[Cell] = ()
) -> Scene:
    """All that is counted in the days of a period (two midnights), or `only` one trouble. O(signals in it).

    The values of cells that are `wanted` are told apart however few have them.
    """
    known = _keys(ledger)
    release = next((name for name in RELEASES if name in known), "")
    taken = _Taken(release=release, wanted=frozenset(term for cell in wanted for term in cell.terms))
    found = _Found(ledger, period, ReleaseColumn(release=ledger.promote(release) if release else None), taken)
    found.take_failures()
    if only is None or only.kind is Kind.RAGE:
        rows = found.asked(heard.raged_of(period, found.columns))
        found.shown |= taken.split(Kind.RAGE, rows, MOST_RAGES if only is None else MOST_FAILURES)
    search = search_columns(ledger, known) if only is None or only.kind is Kind.SEARCH else None
    if search is not None:
        searching = taken.rows(found.asked(heard.searching_of(period, found.columns, search)), times="vain")
        found.streams[Stream.SEARCHING] = searching
        found.shown[Series(Kind.SEARCH)] = searching.taken(searching.times >= heard.IN_VAIN)
    if only is None or only.kind is Kind.PROMISE:
        due, overdue = promised.due(ledger, period)
        found.streams[Stream.DUE] = taken.rows(due)
        found.shown[Series(Kind.PROMISE)] = taken.rows(overdue)
    return taken.scene(ledger, period, known, found.streams, found.shown)


class _Found:
    """What was found so far."""

    def __init__(self, ledger: Ledger, period: Period, columns: ReleaseColumn, taken: "_Taken") -> None:
        self.columns, self._period, self._taken = columns, period, taken
        self.asked = ledger.ask
        self.streams: dict[Stream, Rows] = {}
        self.shown: dict[Series, Rows] = {}

    def take_failures(self) -> None:
        """Failures and failed payments, and who was active, paid or tried to."""
        period, columns, taken = self._period, self.columns, self._taken
        names = [row["name"] for row in self.asked(heard.names_of(period)).to_pylist()]
        trouble = {name: kind for name in names if (kind := trouble_of(name)) is not None}
        failures = [name for name, kind in trouble.items() if kind is Kind.FAILURE][:MOST_FAILURES]
        unpaid = [name for name, kind in trouble.items() if kind is Kind.PAYMENT][:MOST_FAILURES]
        active = self.asked(heard.active_of(period, columns, [*failures, *unpaid]))
        rows = self.streams[Stream.ACTIVE] = taken.rows(active)
        self.streams[Stream.KNOWN] = rows.taken(_numbers(active, "is_failure") == 0)
        self.streams[Stream.PAYING] = taken.rows(self.asked(heard.paying_of(period, columns, unpaid)))
        self.shown |= taken.split(Kind.FAILURE, self.asked(heard.failed_of(period, columns, failures)))
        self.shown |= taken.split(Kind.PAYMENT, self.asked(heard.failed_of(period, columns, unpaid)))


def _keys(ledger: Ledger) -> frozenset[str]:
    """The keys of properties that may be of use: the promoted, or all where one is missing. O(rows)."""
    promoted = frozenset(ledger.promoted)
    is_whole = all(promoted & {*names} for names in (FIELDS, RELEASES, QUERIES, RESULTS))
    return promoted if is_whole else promoted | frozenset(ledger.keys())


@dataclass(kw_only=True)
class _Taken:
    """Rows of answers as numbers, with the same numbers for the same people and values in all of them."""

    release: str
    wanted: frozenset[tuple[str, str]]
    crowd: Crowd = field(default_factory=Crowd)
    channels: _Codes = field(default_factory=_Codes)
    releases: _Codes = field(default_factory=_Codes)

    def rows(self, table: pa.Table, times: str = "times") -> Rows:
        """An answer as rows."""
        return Rows(
            who=self.crowd.of(table["person"]),
            day=_numbers(table, "day"),
            codes={CHANNEL: self.channels.of(table["channel"]), **self._released(table)},
            times=_numbers(table, times),
            last=_numbers(table, "last_at"),
        )

    def codes(self) -> dict[str, _Codes]:
        """The fields of rows with their values."""
        return {CHANNEL: self.channels, **({self.release: self.releases} if self.release else {})}

    def _needed(self, name: str, codes: _Codes) -> list[str]:
        return sorted(value for field_, value in self.wanted if field_ == name and value in codes.numbers)

    def _released(self, table: pa.Table) -> dict[str, Numbers]:
        return {self.release: self.releases.of(table["release"])} if self.release else {}

    def split(self, kind: Kind, table: pa.Table, most: int = MOST_FAILURES) -> dict[Series, Rows]:
        """An answer as rows of each thing in it, the commonest ones."""
        things = np.array(table["thing"].to_pylist(), dtype=object)
        rows = self.rows(table)
        often = Counter(things.tolist()).most_common(most)
        return {Series(kind, name): rows.taken(things == name) for name, _ in often}

    def scene(
        self,
        ledger: Ledger,
        period: Period,
        known: frozenset[str],
        streams: Mapping[Stream, Rows],
        shown: Mapping[Series, Rows],
    ) -> Scene:
        """The scene, when all rows are taken."""
        first = (period.start - _EPOCH).days
        traits, values = self._traits(ledger, period, known)
        for name, codes in self.codes().items():
            choose = _newest if name == self.release else _often
            chosen = choose(streams[Stream.ACTIVE], name, codes)
            needed = self._needed(name, codes)
            chosen += [(value, codes.numbers[value]) for value in needed if value not in dict(chosen)]
            if len(chosen) > 1 or needed:
                values[name] = tuple(value for value, _ in chosen)
            places = np.full(len(codes.numbers) + 1, -1, dtype=np.int64)
            places[[code for _, code in chosen]] = np.arange(len(chosen))
            streams = {stream: one.recoded(name, places) for stream, one in streams.items()}
            shown = {series: one.recoded(name, places) for series, one in shown.items()}
        return Scene(
            first=first,
            last=first + (period.end - period.start).days - 1,
            people=self.crowd.names,
            values=values,
            traits=traits,
            release=self.release if self.release in values else "",
            streams=streams,
            shown={series: one for series, one in shown.items() if len(one.who)},
        )

    def _traits(
        self, ledger: Ledger, period: Period, known: frozenset[str]
    ) -> tuple[dict[str, Numbers], dict[str, tuple[str, ...]]]:
        traits: dict[str, Numbers] = {}
        values: dict[str, tuple[str, ...]] = {}
        everybody = len(self.crowd.names)
        for name in [one for one in FIELDS if one in known][:MOST_FIELDS]:
            chosen = fields.field(ledger, name)
            rows = ledger.ask(fields.values_of_people(chosen, Audience.CUSTOMER, period.end, period.end))
            codes = _Codes()
            told, who = codes.of(rows["value"]), self.crowd.of(rows["person"])
            here = (who < everybody) & (told >= 0)
            often = Counter(told[here].tolist()).most_common(MOST_VALUES)
            places = {code: place for place, (code, n) in enumerate(often) if n >= FEWEST_MEMBERS}
            by_code, needed = list(codes.numbers), self._needed(name, codes)
            for value in needed:
                places.setdefault(codes.numbers[value], len(places))
            if not needed and (len(places) < 2 or any(len(by_code[code]) > 60 for code in places)):
                continue
            own = np.full(max(everybody, len(self.crowd.names)), -1, dtype=np.int64)
            own[who[here]] = [places.get(code, -1) for code in told[here].tolist()]
            traits[name], values[name] = own, tuple(by_code[code] for code in places)
        # People of whom only a trait is known were given numbers too.
        size = len(self.crowd.names)
        return {name: np.append(own, np.full(size - len(own), -1)) for name, own in traits.items()}, values


def _often(rows: Rows, name: str, codes: _Codes) -> list[tuple[str, int]]:
    """The values that most people have, with their codes."""
    members = _members(rows, name)
    chosen = [code for code, n in members.most_common(MOST_VALUES) if n >= FEWEST_MEMBERS]
    by_code = list(codes.numbers)
    return [(by_code[code], code) for code in chosen]


def _newest(rows: Rows, name: str, codes: _Codes) -> list[tuple[str, int]]:
    """The releases that enough people have, the newest, with their codes."""
    members, by_code = _members(rows, name), list(codes.numbers)
    own = rows.codes[name]
    began = {code: int(rows.day[own == code].min()) for code, n in members.items() if n >= FEWEST_MEMBERS}
    chosen = sorted(began, key=lambda code: (-began[code], by_code[code]))[:MOST_RELEASES]
    return [(by_code[code], code) for code in chosen if len(by_code[code]) <= 60]


def _members(rows: Rows, name: str) -> Counter[int]:
    own = rows.codes[name]
    most = int(rows.who.max(initial=0)) + 1
    pairs = distinct(own[own >= 0] * most + rows.who[own >= 0])
    return Counter((pairs // most).tolist())


def _numbers(table: pa.Table, name: str) -> Numbers:
    if name not in table.column_names:
        return np.ones(table.num_rows, dtype=np.int64)
    column = table[name].combine_chunks()
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    found: Numbers = column.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def days_of(scene: Scene) -> int:
    """How many days there are from the first on which anybody did anything to the last."""
    rows = scene.streams[Stream.ACTIVE]
    return scene.last - int(rows.day.min()) + 1 if len(rows.day) else 0


def active_people(scene: Scene, days: int) -> int:
    """How many people did something in the last days."""
    rows = scene.streams[Stream.ACTIVE].during(scene.last - days + 1, scene.last)
    return len(distinct(rows.who))
