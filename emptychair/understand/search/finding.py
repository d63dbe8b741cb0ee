"""A search: words and meanings put together, copies once, and all looked up in the ledger at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.language.embedding import Embedder, embedder, embedder_name
from emptychair.understand.language.own import Own
from emptychair.understand.language.vectors import keys_of
from emptychair.understand.search.asked import Asked, asked
from emptychair.understand.search.folder import current, mark
from emptychair.understand.search.opened import MOST, Opened, opened
from emptychair.understand.search.telling import Part, nearest_sentences, parts, words_in
from emptychair.understand.search.torn import TornError
from emptychair.understand.search.words import Among, Match

# Reciprocal rank fusion: Cormack, Clarke and Büttcher (2009) found 60 to be good on all of their collections.
_SMOOTH = 60
# Below it what is found has little to do with what was asked; who asks for meanings alone sees more.
_ALIKE, _REMOTE = 0.45, 0.15
_BEGAN = datetime(1970, 1, 1)  # noqa: DTZ001


class By(StrEnum):
    """By what is found."""

    BOTH = "both"
    WORDS = "words"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Words that were found, and by what; `copies` are all with the same text, this newest one with them.

    `parts` are what is shown of the text, `is_cut` when that is not all of it.
    """

    id: str
    person: str | None
    kind: str
    name: str
    channel: str
    source: str
    text: str
    score: Decimal | None
    occurred_at: datetime
    tone: str | None
    copies: int
    by: By
    parts: tuple[Part, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`total` different texts were found, of which some are in `hits`; `with_words` texts have the words.

    `total` ends at some 1,000: who has more has to ask for less.
    """

    total: int
    with_words: int
    hits: tuple[Hit, ...]


NOTHING = Found(total=0, with_words=0, hits=())


class Search:
    """Searches the words of one ledger, as far as they are read. Thread-safe."""

    def __init__(self, language: Path, ledger: Ledger, own: Own | None = None) -> None:
        """Look below `language`, where the reading process writes, perhaps with the company's `own` model.

        Nothing is opened before it is needed.
        """
        self._language, self._ledger, self._own = language, ledger, own
        self._index: Opened | None = None
        self._lock = Lock()

    def find(
        self, text: str, among: Among, *, tone: str = "", by: By = By.BOTH, skipped: int = 0, limit: int = 20
    ) -> Found:
        """What has these words or means the same; a text with "words in a row" is found by them alone."""
        what, index = asked(text), self._opened()
        if index is None or not what.text:
            return NOTHING
        count, worded = (0, []) if by is By.MEANING else index.words.found(what, among, MOST)
        near: list[Match] = []
        if by is By.MEANING or (by is By.BOTH and not what.phrases):
            least = _REMOTE if by is By.MEANING else _ALIKE
            near = index.alike(what.text, among, least)
        found = self._held(_fused(worded, near), among, tone)
        hits = self._hits(found[skipped : skipped + limit], among)
        return Found(total=len(found), with_words=count, hits=tuple(_told(hits, what)))

    def like(
        self, signal: str, text: str, among: Among, *, tone: str = "", skipped: int = 0, limit: int = 20
    ) -> Found:
        """What means the same as the text of this signal, without its copies."""
        index = self._opened()
        if index is None:
            return NOTHING
        (own,) = keys_of([text]).tolist()
        near = index.alike(text, among, _REMOTE)
        found = self._held(_fused([], [match for match in near if match.key != own]), among, tone)
        hits = self._hits(found[skipped : skipped + limit], among)
        what = replace(asked(""), text=text[:2_000])
        return Found(total=len(found), with_words=0, hits=tuple(_told(hits, what)))

    def related(self, text: str, among: Among, *, texts: int, entries: int) -> list[list[Match]]:
        """What may have to do with a text, the likeliest first: entries by their text, as far as both reach.

        Any of its words is enough, and nearness however small: whoever asks has to judge what comes. The
        ledger is not asked whether it still has them.
        """
        what, index = replace(asked(text), is_loose=True), self._opened()
        if index is None or not what.text:
            return []
        _, worded = index.words.found(what, among, entries)
        near = index.alike(what.text, among, _REMOTE, texts, entries)
        return [group for _, group in _fused(worded, near)[:texts]]

    @property
    def embedder(self) -> Embedder | None:
        """What its meanings are made with; None while there is no index."""
        index = self._opened()
        return None if index is None else embedder(index.model)

    @property
    def embedder_name(self) -> str:
        """The name of the model of its meanings, without loading it; empty while there is no index."""
        there = current(self._language, self._own)
        return "" if there is None else embedder_name(there[1])

    def quote(self, signal: str, audience: Audience) -> Hit | None:
        """The words of one signal of an audience; None when it has none."""
        asked_for = self._ledger.ask(instant_of(signal, audience))["occurred_at"].to_pylist()
        rows = self._ledger.readings.said(audience.value, [signal], asked_for).to_pylist()
        return _hit(rows[0], By.WORDS, 1) if rows else None

    def values(self, facet: str, audience: str) -> list[str]:
        """The kinds, channels or sources that words of this audience have."""
        index = self._opened()
        return [] if index is None else index.words.values(facet, audience)

    def _opened(self) -> Opened | None:
        """The index as it is now; None while there is none, or while it is made anew."""
        with self._lock:
            try:
                self._open()
            except (TornError, OSError, ValueError):
                self._index = None
            return self._index

    def _open(self) -> None:
        there = current(self._language, self._own)
        if there is None:
            self._index = None
            return
        folder, model = there
        now = mark(folder) or ""
        if self._index is None or self._index.mark != now:
            self._index = opened(self._language, folder, model, now)
        self._index.refresh()

    def _held(
        self, found: Sequence[tuple[By, list[Match]]], among: Among, tone: str
    ) -> list[tuple[By, list[Match]]]:
        """What the ledger still has, of this audience and tone."""
        every = [match for _, group in found for match in group]
        if not every:
            return []
        signals = [match.signal for match in every]
        stays = self._ledger.readings.held(among.audience, signals, _instants(every), tone)
        kept = ((by, [match for match in group if match.signal in stays]) for by, group in found)
        return [(by, group) for by, group in kept if group]

    def _hits(self, found: Sequence[tuple[By, list[Match]]], among: Among) -> list[Hit]:
        newest = [max(group, key=lambda match: (match.occurred_at, match.signal)) for _, group in found]
        if not newest:
            return []
        rows = self._ledger.readings.said(
            among.audience, [match.signal for match in newest], _instants(newest)
        ).to_pylist()
        by_id = {row["id"]: row for row in rows}
        return [
            _hit(by_id[match.signal], by, len(group))
            for match, (by, group) in zip(newest, found, strict=True)
            if match.signal in by_id
        ]


def instant_of(signal: str, audience: Audience) -> Question:
    """At most one row: when the words of a signal were said."""
    return question(
        "select occurred_at from signals where id = :signal and audience = :audience and text <> ''",
        signal=signal,
        audience=audience.value,
    )


def _fused(worded: Iterable[Match], near: Iterable[Match]) -> list[tuple[By, list[Match]]]:
    """Entries by their text, the best first: each list gives a text 1 / (60 + its rank in it)."""
    groups: dict[int, dict[str, Match]] = {}
    ranks: list[dict[int, int]] = []
    for matches in (worded, near):
        rank: dict[int, int] = {}
        for match in matches:
            rank.setdefault(match.key, len(rank) + 1)
            groups.setdefault(match.key, {})[match.signal] = match
        ranks.append(rank)
    score = {key: sum(1 / (_SMOOTH + rank[key]) for rank in ranks if key in rank) for key in groups}
    best = sorted(groups, key=lambda key: -score[key])
    return [(_by(key, *ranks), list(groups[key].values())) for key in best]


def _by(key: int, worded: Mapping[int, int], near: Mapping[int, int]) -> By:
    if key in worded:
        return By.BOTH if key in near else By.WORDS
    return By.MEANING


def _told(hits: Sequence[Hit], what: Asked) -> list[Hit]:
    """The hits with the parts of their texts that tell."""
    plain = [hit.text for hit in hits if hit.by is By.MEANING]
    sentences = iter(nearest_sentences(what.text, plain) if plain else [])
    told = []
    for hit in hits:
        marked = next(sentences) if hit.by is By.MEANING else words_in(hit.text, what.stems)
        shown, is_cut = parts(hit.text, marked)
        told.append(replace(hit, parts=shown, is_cut=is_cut))
    return told


def _instants(matches: Sequence[Match]) -> list[datetime]:
    return [_instant(match.occurred_at) for match in matches]


def _instant(micros: int) -> datetime:
    """Without a zone, as the ledger has it."""
    return _BEGAN + timedelta(microseconds=micros)


def _hit(row: Mapping[str, Any], by: By, copies: int) -> Hit:
    return Hit(**{**row, "occurred_at": row["occurred_at"].replace(tzinfo=UTC)}, by=by, copies=copies)
