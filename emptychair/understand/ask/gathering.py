"""What has to do with a question: the sentence of each text that is nearest to it, and who said it when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emptychair.domain.signal import Kind
from emptychair.ledger.ledger import Ledger
from emptychair.understand.ask.inquiry import Inquiry
from emptychair.understand.language.embedding import Tier, Vectors, embedder_name
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.vectors import keys_of
from emptychair.understand.search.analysis import stems
from emptychair.understand.search.asked import asked
from emptychair.understand.search.finding import Search
from emptychair.understand.search.words import Among, Match

# Different texts that are looked at, and how many entries may have them: a page has to wait for all of it.
MOST_TEXTS, MOST_ENTRIES = 1_500, 6_000
_MOST_SENTENCES = 60
_LONGEST_TEXT = 20_000
# Of how near a sentence is, its words count a fifth: chosen on the questions of banking77 (docs/ask.md).
_OF_WORDS = 0.2
# From here on a sentence counts as being about what was asked; half of those that are counted then are of the
# very same of 77 closely related intents of banking77, and most of the others of one beside it.
ABOUT = {embedder_name(Tier.SMALL): 0.62, embedder_name(Tier.FAST): 0.68}
# Of a model that nobody measured, that of the stricter one.
ABOUT_OF_OTHERS = 0.68
# Or that names what is asked about: words of its subject that weigh so much, and no remote meaning.
_OF_SUBJECT, _LEAST_ALIKE = 0.6, 0.25
_BEGAN = datetime(1970, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence that has to do with what was asked, in the text of one signal.

    `nearness` is at most 1.2; `place` counts sentences from 0, `begin` and `end` are its letters. `text` is
    all of what was said; `key` is the same for the same words.
    """

    signal: str
    person: str | None
    channel: str
    name: str
    source: str
    text: str
    tone: str | None
    score: Decimal | None
    occurred_at: datetime
    key: int
    place: int
    begin: int
    end: int
    nearness: float

    @property
    def sentence(self) -> str:
        """The words that tell."""
        return self.text[self.begin : self.end]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Passages, the nearest first, with the vector of each sentence; `is_all`: nothing was cut off."""

    passages: tuple[Passage, ...]
    vectors: Vectors
    is_all: bool


def gathered(
    inquiry: Inquiry, search: Search, seen: SeenVectors, ledger: Ledger, among: Among, *, about: float
) -> Gathered:
    """The passages about what is asked, as people said them themselves: what they met is left out.

    A sentence is about it that is nearer than `about`, or that names its subject.
    """
    groups = search.related(inquiry.topic, among, texts=MOST_TEXTS, entries=MOST_ENTRIES)
    matches = [match for group in groups for match in group]
    if not matches:
        return Gathered((), np.zeros((0, seen.embedder.width), np.float32), True)
    is_all = len(groups) < MOST_TEXTS and len(matches) < MOST_ENTRIES
    rows = [row for row in _said(ledger, among.audience, matches) if row["kind"] != Kind.MET]
    texts = list(dict.fromkeys(row["text"] for row in rows))
    best = dict(zip(texts, nearest(inquiry, texts, seen, about=about), strict=True))
    passages, vectors = [], []
    for row, key in zip(rows, keys_of([row["text"] for row in rows]).tolist(), strict=True):
        found = best[row["text"]]
        if found is None:
            continue
        passages.append(_passage(row, key, found))
        vectors.append(found.vector)
    order = sorted(range(len(passages)), key=lambda at: (-passages[at].nearness, passages[at].signal))
    stacked = np.stack(vectors) if vectors else np.zeros((0, seen.embedder.width), np.float32)
    return Gathered(tuple(passages[at] for at in order), stacked[order], is_all)


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The sentence of a text that is nearest to a question, with its vector."""

    place: int
    begin: int
    end: int
    nearness: float
    vector: NDArray[np.float32]


def nearest(
    inquiry: Inquiry, texts: Sequence[str], seen: SeenVectors, *, about: float
) -> list[Nearest | None]:
    """Of each text the sentence that is nearest; None of a text in which none is about what was asked."""
    cut = [sentences(text[:_LONGEST_TEXT])[:_MOST_SENTENCES] for text in texts]
    flat = [one.text for each in cut for one in each]
    having = [frozenset(stems(part)) for part in flat]
    vectors = seen.of(flat)
    cosines = vectors @ seen.embedder.embed([inquiry.topic])[0]
    near = cosines + _OF_WORDS * _shared(inquiry.topic, having)
    is_about = (near >= about) | (
        (_shared(inquiry.subject, having) >= _OF_SUBJECT) & (cosines >= _LEAST_ALIKE)
    )
    found: list[Nearest | None] = []
    at = 0
    for each in cut:
        rows = [row for row in range(at, at + len(each)) if is_about[row]]
        at += len(each)
        if not rows:
            found.append(None)
            continue
        best = max(rows, key=lambda row: float(near[row]))
        place = best - (at - len(each))
        found.append(Nearest(place, each[place].begin, each[place].end, float(near[best]), vectors[best]))
    return found


def _shared(text: str, having: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    """The share of the words of a text that each sentence has, rare words counting more."""
    wanted = asked(text).stems
    if not wanted or not having:
        return np.zeros(len(having))
    own = [wanted & each for each in having]
    total = len(having)
    weight = {
        stem: float(np.log(1 + (1 + total) / (1 + sum(stem in each for each in own)))) for stem in wanted
    }
    return np.array([sum(weight[stem] for stem in each) for each in own]) / sum(weight.values())


def _said(ledger: Ledger, audience: str, matches: Sequence[Match]) -> list[dict[str, Any]]:
    instants = [_BEGAN + timedelta(microseconds=match.occurred_at) for match in matches]
    signals = [match.signal for match in matches]
    found: list[dict[str, Any]] = ledger.readings.said(audience, signals, instants).to_pylist()
    return found


def _passage(row: dict[str, Any], key: int, found: Nearest) -> Passage:
    return Passage(
        signal=row["id"],
        person=row["person"],
        channel=row["channel"],
        name=row["name"],
        source=row["source"],
        text=row["text"],
        tone=row["tone"],
        score=row["score"],
        occurred_at=row["occurred_at"].replace(tzinfo=UTC),
        key=int(key),
        place=found.place,
        begin=found.begin,
        end=found.end,
        nearness=found.nearness,
    )
