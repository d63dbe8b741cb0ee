"""The index of words: an entry for every signal that has some, with where and when they were said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tantivy import Document, FieldType, Index, Occur, Query, Schema, SchemaBuilder

from emptychair.understand.language.vectors import Keys, keys_of
from emptychair.understand.search.analysis import ANALYZER, analyzer, prepared
from emptychair.understand.search.asked import Asked
from emptychair.understand.search.torn import noticed

_HEAP = 30_000_000
_CROWD = 100
FACETS = ("kind", "channel", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The words of one signal; `occurred_at` in microseconds of Unix time."""

    signal: str
    audience: str
    text: str
    kind: str
    channel: str
    source: str
    occurred_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Whose words are looked through, and which: empty is any, `start` and `end` are microseconds."""

    audience: str
    kind: str = ""
    channel: str = ""
    source: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry that was found; entries with the same text have the same key."""

    signal: str
    key: int
    occurred_at: int
    fit: float


def create(folder: Path) -> None:
    """An empty index in a folder that is not there yet."""
    folder.mkdir(parents=True)
    Index(schema(), str(folder))


def schema() -> Schema:
    """What is kept of an entry: never its text, which is the ledger's."""
    builder = SchemaBuilder().add_text_field(
        "signal", stored=True, tokenizer_name="raw", index_option="basic"
    )
    builder.add_text_field("body", tokenizer_name=ANALYZER)
    for name in ("audience", *FACETS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_integer_field("at", fast=True)
    return builder.build()


class Writing:
    """The one who writes; what `keep` took is on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        """Open the index. Raises TornError where it is not whole."""
        self._index = _opened(folder)
        with noticed():
            self._writer = self._index.writer(_HEAP, 1)

    def keep(self, entries: Sequence[Entry]) -> Keys:
        """Keep these in place of what was kept of the same signals before; the keys of their texts."""
        keys = keys_of([each.text for each in entries])
        with noticed():
            for each, key in zip(entries, keys.tolist(), strict=True):
                self._writer.delete_documents_by_term("signal", each.signal)
                self._writer.add_document(_document(each, key))
            self._writer.commit()
        return keys

    def forget(self, signals: Sequence[str]) -> None:
        """Forget the words of these signals."""
        with noticed():
            for each in signals:
                self._writer.delete_documents_by_term("signal", each)
            self._writer.commit()


class Words:
    """The one who reads, beside the one who writes. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Open the index. Raises TornError where it is not whole."""
        self._index = _opened(folder)
        self._schema = self._index.schema

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def refresh(self) -> None:
        """See what was written since."""
        with noticed():
            self._index.reload()

    def found(self, what: Asked, among: Among, most: int) -> tuple[int, list[Match]]:
        """How many entries have these words, and those that fit best, the best first."""
        if what.is_empty:
            return 0, []
        query = self._query(what)
        count, matches = self._matches(query, among, most)
        if count > most and (crowd := _crowd(matches)):
            # Copies of one text would hide all others: these are found by themselves.
            others = Query.term_set_query(self._schema, "key", crowd)
            query = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, others)])
            kept = [match for match in matches if match.key in set(crowd)]
            matches = sorted((*kept, *self._matches(query, among, most)[1]), key=lambda one: -one.fit)
        return count, matches

    def with_keys(self, keys: Sequence[int], among: Among, most: int) -> list[Match]:
        """Entries with texts of these keys, in no order."""
        if not keys:
            return []
        return self._matches(Query.term_set_query(self._schema, "key", list(keys)), among, most)[1]

    def values(self, facet: str, audience: str) -> list[str]:
        """The kinds, channels or sources that words of this audience have, the most frequent first."""
        whose = Query.term_query(self._schema, "audience", audience)
        found = self._index.searcher().terms_with_prefix(facet, "", whose, 100)
        return [value for value, _ in sorted(found, key=lambda one: (-one[1], one[0]))]

    def signals(self) -> list[str]:
        """Every signal that has an entry. O(entries)."""
        searcher = self._index.searcher()
        found = searcher.search(Query.all_query(), max(1, int(searcher.num_docs)), count=False).hits
        return [str(searcher.doc(address).get_first("signal")) for _, address in found]

    def _matches(self, query: Query, among: Among, most: int) -> tuple[int, list[Match]]:
        searcher = self._index.searcher()
        result = searcher.search(self._limited(query, among), most, count=True)
        addresses = [address for _, address in result.hits]
        keys, instants = (searcher.fast_field_values(name, addresses) for name in ("key", "at"))
        count: int = result.count  # type: ignore[attr-defined]  # its stub lacks it
        return count, [
            Match(
                signal=str(searcher.doc(address).get_first("signal")),
                key=int(key),
                occurred_at=int(at),
                fit=fit,
            )
            for (fit, address), key, at in zip(result.hits, keys, instants, strict=True)
            if key is not None and at is not None
        ]

    def _query(self, what: Asked) -> Query:
        parts = [(Occur.Must, self._in_a_row(phrase)) for phrase in what.phrases]
        if what.words:
            words = [(Occur.Should, self._in_a_row(word)) for word in what.words]
            parts.append((Occur.Must, Query.boolean_query(words, what.needed)))
        return Query.boolean_query(parts)

    def _in_a_row(self, stems: Sequence[str]) -> Query:
        if len(stems) == 1:
            return Query.term_query(self._schema, "body", stems[0], "freq")
        return Query.phrase_query(self._schema, "body", list(stems))

    def _limited(self, query: Query, among: Among) -> Query:
        facets = {"audience": among.audience, **{name: getattr(among, name) for name in FACETS}}
        limits = [Query.term_query(self._schema, name, value) for name, value in facets.items() if value]
        if among.start is not None or among.end is not None:
            limits.append(
                Query.range_query(
                    self._schema,
                    "at",
                    FieldType.Integer,
                    among.start,
                    among.end,
                    include_upper=among.end is None,
                )
            )
        plain = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in limits]
        return Query.boolean_query([(Occur.Must, query), *plain])


def _crowd(matches: Sequence[Match]) -> list[int]:
    return [key for key, copies in Counter(match.key for match in matches).items() if copies >= _CROWD]


def _opened(folder: Path) -> Index:
    with noticed():
        index = Index.open(str(folder))
        index.register_tokenizer(ANALYZER, analyzer())
        index.searcher()
    return index


def _document(entry: Entry, key: int) -> Document:
    document = Document()
    document.add_text("signal", entry.signal)
    document.add_text("body", prepared(entry.text))
    for name in ("audience", *FACETS):
        document.add_text(name, getattr(entry, name))
    document.add_unsigned("key", key)
    document.add_integer("at", entry.occurred_at)
    return document
