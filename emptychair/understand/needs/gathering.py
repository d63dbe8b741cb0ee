"""Everything that is counted, put together from the ledger and from what was read in its words."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from emptychair.desk import need_cues, need_phrases, themes
from emptychair.desk.desk import Desk
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.stats.growth import LONGEST, SHORTEST, YEAR
from emptychair.understand import fields
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.needs import heard
from emptychair.understand.needs.crowd import Crowd
from emptychair.understand.needs.cues import Cue
from emptychair.understand.needs.grouping import Grouped, grouped
from emptychair.understand.needs.panel import Kind, Numbers, Panel, Shown, Stream, panel
from emptychair.understand.needs.phrases import Embed, joined, normalised

# Days that are looked at anew when nobody looked before, and the history that the first of them is compared
# with.
REPLAYED = 364
HISTORY = YEAR + 2 * SHORTEST + LONGEST
# What is known of people by which growth is looked at apart: few, since each counts as looked at.
FIELDS, MOST_VALUES, FEWEST_MEMBERS = ("plan", "country"), 6, 50
MOST_PHRASES, AT_ONCE = 2_000, 5_000
ROUND_TRIP = "export and import"
TOPIC = "/"


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What is counted, and the groups of alike sentences in it; None where nothing can be told of any."""

    panel: Panel
    groups: Grouped | None


def window(as_of: datetime, replayed: int = REPLAYED) -> Period:
    """The days before `as_of` (a midnight) that are needed to look at the last ones of them."""
    return Period(start=as_of - timedelta(days=HISTORY + replayed), end=as_of)


def gathered(
    ledger: Ledger,
    desk: Desk,
    period: Period,
    embed: Embed | None,
    seen: SeenVectors | None = None,
    held: Collection[str] = (),
) -> Gathered:
    """The panel of the days of a period (two midnights), with groups of alike sentences as far as `seen`.

    `held` are the groups that are known already. O(rows of words, searches and deeds in it).
    """
    crowd = Crowd()
    shown, streams = [], []
    words = ledger.ask(heard.speakers_of(period))
    streams.append(_stream(frozenset({Kind.THEME, Kind.CUE}), words, crowd))
    shown.append(_under_themes(ledger, desk, period, crowd))
    shown.append(_cues(ledger, desk, period, crowd))
    known = _keys(ledger)
    columns = heard.search_columns(ledger, known)
    if columns is not None:
        searchers = ledger.ask(heard.searchers_of(period, columns))
        streams.append(_stream(frozenset({Kind.SEARCH}), searchers, crowd))
        shown.append(_searches(ledger, desk, period, columns, crowd, embed))
    trips = ledger.ask(heard.repeated_of(period))
    if trips.num_rows:
        doers = ledger.ask(heard.doers_of(period))
        streams.append(_stream(frozenset({Kind.HABIT}), doers, crowd))
        shown.append(_shown(Kind.HABIT, [ROUND_TRIP], np.zeros(trips.num_rows, np.int64), trips, crowd))
    groups = None if seen is None else grouped(ledger, desk, period, seen, crowd, held)
    if groups is not None:
        streams.append(groups.said.stream)
        shown.append(groups.shown)
    first = (period.start - _EPOCH.replace(tzinfo=period.start.tzinfo)).days
    last = first + (period.end - period.start).days - 1
    segments = _segments(ledger, period, known, crowd)
    counted = panel(shown, streams, first=first, last=last, segments=segments)
    return Gathered(panel=counted, groups=groups)


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001


def _keys(ledger: Ledger) -> frozenset[str]:
    """The keys of properties that may be of use: the promoted, or all where one is missing. O(rows)."""
    promoted = frozenset(ledger.promoted)
    is_whole = {*FIELDS} <= promoted and promoted & {*heard.QUERIES} and promoted & {*heard.RESULTS}
    return promoted if is_whole else promoted | frozenset(ledger.keys())


def _stream(kinds: frozenset[Kind], rows: pa.Table, crowd: Crowd) -> Stream:
    return Stream(kinds=kinds, who=crowd.of(rows["who"]), day=_days(rows))


def _shown(kind: Kind, keys: Sequence[str], key: Numbers, rows: pa.Table, crowd: Crowd) -> Shown:
    return Shown(kind=kind, keys=keys, key=key, who=crowd.of(rows["who"]), day=_days(rows))


def _days(rows: pa.Table) -> Numbers:
    days: Numbers = rows["day"].combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    return days


def _under_themes(ledger: Ledger, desk: Desk, period: Period, crowd: Crowd) -> Shown:
    with desk.read() as tx:
        ids = [one.id for one in themes.every(tx, Audience.CUSTOMER)]
    rows = ledger.ask(heard.themes_of(period, ids))
    place = {theme: number for number, theme in enumerate(ids)}
    key = np.array([place[theme] for theme in rows["thing"].to_pylist()], dtype=np.int64)
    return _shown(Kind.THEME, ids, key, rows, crowd)


def _cues(ledger: Ledger, desk: Desk, period: Period, crowd: Crowd) -> Shown:
    """Each kind of cue, and each kind under each theme that its sentence is of."""
    with desk.read() as tx:
        kept = need_cues.since(tx, period.start)
    signals = sorted({one.signal for one in kept})
    told: dict[str, tuple[str, int]] = {}
    topics: dict[tuple[str, int], str] = {}
    for begin in range(0, len(signals), AT_ONCE):
        part = signals[begin : begin + AT_ONCE]
        for row in ledger.ask(heard.who_of(part)).to_pylist():
            told[row["id"]] = (row["who"], int(row["day"]))
        for row in ledger.ask(heard.themes_in(part)).to_pylist():
            topics[row["signal"], int(row["place"])] = row["theme"]
    rows: set[tuple[str, str, int]] = set()
    for one in kept:
        # A signal that went since the months were read has no words, and nobody said them.
        if one.signal in told:
            who, day = told[one.signal]
            rows.add((one.cue, who, day))
            if (topic := topics.get((one.signal, one.place))) is not None:
                rows.add((f"{one.cue}{TOPIC}{topic}", who, day))
    ordered = sorted(rows)
    keys = sorted({key for key, _, _ in ordered})
    place = {key: number for number, key in enumerate(keys)}
    return Shown(
        kind=Kind.CUE,
        keys=keys,
        key=np.array([place[key] for key, _, _ in ordered], dtype=np.int64),
        who=crowd.of([who for _, who, _ in ordered]),
        day=np.array([day for _, _, day in ordered], dtype=np.int64),
    )


def _searches(
    ledger: Ledger,
    desk: Desk,
    period: Period,
    columns: heard.SearchColumns,
    crowd: Crowd,
    embed: Embed | None,
) -> Shown:
    """Phrases that found nothing, near ones joined; under which leader each is counted, the desk keeps."""
    rows = ledger.ask(heard.sought_of(period, columns))
    typed = rows["thing"].to_pylist()
    plain = {phrase: normalised(phrase) for phrase in set(typed)}
    people = set(zip((plain[one] for one in typed), rows["who"].to_pylist(), strict=True))
    often = Counter(phrase for phrase, _ in people if phrase)
    # What only few looked for cannot stand out, and a robot that types nonsense must not fill the desk.
    counted = dict(often.most_common(MOST_PHRASES))
    with desk.read() as tx:
        before = need_phrases.leaders(tx)
    leader = joined(counted, before, embed)
    _keep_phrases(desk, Counter(typed), plain, leader)
    mine = [leader.get(plain[one], "") for one in typed]
    keys = sorted({one for one in mine if one})
    place = {key: number for number, key in enumerate(keys)}
    chosen = [number for number, one in enumerate(mine) if one]
    key = np.array([place[mine[number]] for number in chosen], dtype=np.int64)
    return _shown(Kind.SEARCH, keys, key, rows.take(pa.array(chosen, pa.int64())), crowd)


def _keep_phrases(
    desk: Desk, typed: Counter[str], plain: Mapping[str, str], leader: Mapping[str, str]
) -> None:
    rows = [
        (one, plain[one], leader[plain[one]], n)
        for one, n in typed.items()
        if plain[one] in leader and len(one) <= need_phrases.LONGEST_PHRASE and "\0" not in one
    ]
    with desk.begin() as tx:
        need_phrases.keep(tx, sorted(rows))


def _segments(ledger: Ledger, period: Period, known: frozenset[str], crowd: Crowd) -> Mapping[str, Numbers]:
    found: dict[str, Numbers] = {}
    for name in FIELDS:
        if name not in known:
            continue
        chosen = fields.field(ledger, name)
        rows = ledger.ask(fields.values_of_people(chosen, Audience.CUSTOMER, period.end, period.end))
        people, values = rows["person"].to_pylist(), rows["value"].to_pylist()
        for value, n in Counter(values).most_common(MOST_VALUES):
            if n >= FEWEST_MEMBERS and len(value) <= 60:
                mine = [person for person, own in zip(people, values, strict=True) if own == value]
                found[f"{name}={value}"] = crowd.known(mine)
    return found


def cue_of(key: str) -> tuple[Cue, str]:
    """The kind of cue of a series, and the theme that it is about; empty: about anything."""
    name, _, theme = key.partition(TOPIC)
    return Cue(name), theme
