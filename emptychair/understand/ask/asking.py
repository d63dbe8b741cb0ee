"""Answers questions in words from what was said, on this machine alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.stats.intervals import wilson
from emptychair.understand import tenure
from emptychair.understand.ask import speakers as speaking
from emptychair.understand.ask import tally
from emptychair.understand.ask.answer import Answer, Evidence, Nothing
from emptychair.understand.ask.choosing import chosen
from emptychair.understand.ask.gathering import ABOUT, ABOUT_OF_OTHERS, Gathered, Passage, gathered
from emptychair.understand.ask.grouped import FEWEST, grouped
from emptychair.understand.ask.inquiry import Form, Inquiry, inquiry
from emptychair.understand.ask.siding import Judged, Side, judged
from emptychair.understand.ask.silence import Silence, silence
from emptychair.understand.language.embedding import Embedder
from emptychair.understand.language.own import ModelTrouble
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.tone.head import Head
from emptychair.understand.language.tone.reading import tones
from emptychair.understand.language.tone.standing import Standing
from emptychair.understand.language.tongue import SMALL_KNOWS
from emptychair.understand.search.finding import Search
from emptychair.understand.search.words import Among
from emptychair.understand.voice.who import Group, fields_of

DAYS = 365
SHOWN = {Side.FOR: 8, Side.AGAINST: 8, Side.UNSURE: 4}
SHOWN_OF_OPEN = 14
# A sentence with another subject has a tone too: by tone alone one is judged when it is nearer by so much.
_NEARER = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Whose words count, when and where they were said; without days, the last year that there are any."""

    audience: Audience = Audience.CUSTOMER
    start: datetime | None = None
    end: datetime | None = None
    channel: str = ""


class Ask:
    """Answers from one ledger, as far as its words are read. Thread-safe."""

    def __init__(self, language: Path, ledger: Ledger, search: Search) -> None:
        """Look below `language`, where the reading process writes; nothing is opened before it is needed."""
        self._ledger, self._search = ledger, search
        self._standing = Standing(language)
        self._lock = Lock()

    def answer(
        self, text: str, limits: Limits, now: datetime, *, minimum_n: int, gap_days: int | None = None
    ) -> Answer | Nothing:
        """What people said about it. Nothing is kept of a question. A second or two on a busy machine."""
        read, unread = self._ledger.readings.progress()
        end = tenure.end_of_data(self._ledger, limits.audience, now)
        embedder = self._search.embedder
        if end is None or embedder is None:
            return Nothing(reason="unsaid" if end is None else "unread", read=read, unread=unread)
        last = min(limits.end or end, now)
        if limits.start is not None and limits.start >= last:
            return Nothing(reason="early", read=read, unread=unread, end=end)
        try:
            return self._answered(text, limits, last, minimum_n, gap_days, embedder)
        except ModelTrouble:
            return Nothing(reason="unreachable", read=read, unread=unread, end=end)

    def _answered(
        self,
        text: str,
        limits: Limits,
        last: datetime,
        minimum_n: int,
        gap_days: int | None,
        embedder: Embedder,
    ) -> Answer | Nothing:
        with self._lock:  # one at a time: two questions at once would take twice the memory, and no less time
            seen, head = self._standing.of(embedder)
            asked = inquiry(text, lambda words: _balance(words, embedder, head))
            if asked is None:
                read, unread = self._ledger.readings.progress()
                return Nothing(reason="empty", read=read, unread=unread, end=last)
            period = Period(start=limits.start or last - timedelta(days=DAYS), end=last)
            among = _among(limits, period)
            found = gathered(asked, self._search, seen, self._ledger, among, about=_about(embedder))
            sided = self._sided(asked, found, seen, head, _about(embedder))
        told = self._told(asked, found, sided, limits, period, minimum_n, gap_days)
        return grouped(told) if limits.audience is Audience.EMPLOYEE else told

    def _sided(
        self, asked: Inquiry, found: Gathered, seen: SeenVectors, head: Head, about: float
    ) -> list[Judged]:
        parts = [passage.sentence for passage in found.passages]
        is_near = [passage.nearness >= about + _NEARER for passage in found.passages]
        return judged(asked, parts, is_near, found.vectors, seen, head)

    def _told(
        self,
        asked: Inquiry,
        found: Gathered,
        sided: Sequence[Judged],
        limits: Limits,
        period: Period,
        minimum_n: int,
        gap_days: int | None,
    ) -> Answer:
        ledger, whose, where = self._ledger, limits.audience, limits.channel
        passages = found.passages
        everybody = speaking.speakers(ledger, whose, period, where)
        about = tally.tally(passages)
        is_customers = whose is Audience.CUSTOMER
        quiet, why_not = self._silence(whose, period, minimum_n, gap_days)
        read, unread = ledger.readings.progress()
        known = speaking.languages(ledger, whose, period, where)
        return Answer(
            inquiry=asked,
            audience=whose,
            period=period,
            channel=where,
            speakers=everybody,
            about=about,
            share=wilson(min(about.people, everybody.people), everybody.people, minimum_n=minimum_n),
            sides=tally.sides(passages, sided, minimum_n=minimum_n) if asked.form is Form.CLAIM else None,
            tones=Counter(one.tone or "" for one in sided),
            evidence=evidence(asked, found, sided, whose),
            months=tally.months(passages, speaking.by_month(ledger, whose, period, where)),
            themes=self._themes(passages),
            segments=self._segments(passages, limits, period, minimum_n) if is_customers else (),
            silence=quiet,
            why_no_silence=why_not,
            unknown={code: texts for code, texts in known.items() if code not in SMALL_KNOWS},
            is_all=found.is_all,
            read=read,
            unread=unread,
        )

    def _themes(self, passages: Sequence[Passage]) -> tuple[tally.Theme, ...]:
        mentioned: dict[tuple[str, int], list[str]] = {}
        for row in self._ledger.readings.mentioned([passage.signal for passage in passages]).to_pylist():
            mentioned.setdefault((row["signal"], int(row["place"])), []).append(row["theme"])
        return tally.themes(passages, mentioned)

    def _segments(
        self, passages: Sequence[Passage], limits: Limits, period: Period, minimum_n: int
    ) -> tuple[Group, ...]:
        if not passages:
            return ()
        names = fields_of(self._ledger)
        values = {
            name: speaking.values_of(self._ledger, name, limits.audience, period, limits.channel)
            for name in names
        }
        return tally.segments(passages, values, minimum_n=minimum_n)

    def _silence(
        self, whose: Audience, period: Period, minimum_n: int, gap_days: int | None
    ) -> tuple[Silence | None, str]:
        """Who said nothing; or why nobody can tell."""
        if whose is Audience.EMPLOYEE:
            return None, "employees"
        seen = tenure.evidence(self._ledger, whose, period.end)
        rule = tenure.choose(self._ledger, whose, period.end, seen, gap_days=gap_days)
        if rule.tenure is None:
            return None, rule.reason
        return silence(self._ledger, rule.tenure, period, minimum_n=minimum_n), ""


def evidence(
    asked: Inquiry, found: Gathered, sided: Sequence[Judged], whose: Audience
) -> tuple[Evidence, ...]:
    """What is shown: of a claim the best of each side, of anything else the nearest that are unlike.

    Of employees a side is shown when there are five of it, and without who said it.
    """
    wanted = SHOWN if asked.form is Form.CLAIM else {Side.UNSURE: SHOWN_OF_OPEN}
    copies = Counter(passage.key for passage in found.passages)
    shown: list[Evidence] = []
    for side, most in wanted.items():
        rows = [row for row, one in enumerate(sided) if one.side is side]
        if whose is Audience.EMPLOYEE and len(rows) < FEWEST:
            continue
        own = [found.passages[row] for row in rows]
        parts = [
            passage.sentence[sided[row].begin : sided[row].end]
            for row, passage in zip(rows, own, strict=True)
        ]
        for at, alike in chosen(own, found.vectors[rows], parts, most):
            passage, one = own[at], sided[rows[at]]
            shown.append(
                Evidence(
                    id=f"e{len(shown) + 1}",
                    passage=passage,
                    side=side,
                    tone=one.tone,
                    begin=passage.begin + one.begin,
                    end=passage.begin + one.end,
                    copies=copies[passage.key],
                    alike=max(1, alike),
                )
            )
    return tuple(shown)


def _about(embedder: Embedder) -> float:
    """From where on a sentence is about what was asked, for the vectors of this model."""
    return ABOUT.get(embedder.name, ABOUT_OF_OTHERS)


def _among(limits: Limits, period: Period) -> Among:
    start, end = (int(at.timestamp() * 1_000_000) for at in (period.start, period.end))
    return Among(audience=limits.audience.value, channel=limits.channel, start=start, end=end)


def _balance(words: str, embedder: Embedder, head: Head) -> float | None:
    return tones([words], embedder.embed([words]), head)[0].balance
