"""The groups of alike sentences of one look: who said them when, and which themes tell of the same."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zlib import crc32

import numpy as np

from emptychair.desk import need_groups, themes
from emptychair.desk.desk import Desk
from emptychair.desk.need_groups import Belongs
from emptychair.domain.period import Period, first_of
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.embedding import Vectors
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.sentences import sentences
from emptychair.understand.needs import heard
from emptychair.understand.needs.crowd import Crowd
from emptychair.understand.needs.emerging import Finding
from emptychair.understand.needs.groups import Groups, Space, belonging, groups_of, space_of
from emptychair.understand.needs.panel import Kind, Numbers, Series, Shown, Stream
from emptychair.understand.themes.naming import named

# Of more texts in the window those of some people are looked at, drawn by a hash of who they are.
MOST_TEXTS = 40_000
FEWEST_WORDS = 3
# A group and a theme are the same where each has half of the other. Where a group raised an alarm before, it
# is enough that it is a third of what is lately said under the theme, which makes a theme grow by half.
HALF, THIRD, LATELY = 0.5, 1 / 3, 84
MOST_KEPT, MOST_NAMED_BESIDE, NAMED_BY = 2_000, 60, 400
_SEED = 11
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Said:
    """Sentences: the signal and place of each, its words, who said it and when, and their own vectors."""

    names: Sequence[tuple[str, int]]
    texts: Sequence[str]
    who: Numbers
    day: Numbers
    vectors: Vectors
    stream: Stream


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouped:
    """The groups of a look by their keys; those that are known already have their ids as keys.

    `sentence` and `group` are the pairs that belong together. `theme` is the number of the theme of each
    sentence in `theme_ids`, -1 for none.
    """

    said: Said
    space: Space
    groups: Groups
    keys: Sequence[str]
    sentence: Numbers
    group: Numbers
    theme: Numbers
    theme_ids: Sequence[str]

    @cached_property
    def shown(self) -> Shown:
        """Who said a sentence of which group; not those of groups that are a theme as well."""
        chosen = ~np.isin(self.group, list(self._themes(HALF, HALF)))
        return Shown(
            kind=Kind.GROUP,
            keys=self.keys,
            key=self.group[chosen],
            who=self.said.who[self.sentence[chosen]],
            day=self.said.day[self.sentence[chosen]],
        )

    def is_told(self, found: Finding, others: Collection[Series]) -> bool:
        """Whether one of the others is about what this group is about: its theme, or a group like it.

        Some talk within a theme has a season where the theme has none: it waits until that is known.
        """
        if found.series.kind is not Kind.GROUP:
            return False
        own = self._place[found.series.key]
        theme = self._within.get(own)
        if theme is not None and found.growth.season is None:
            return True
        own_alike = self.groups.alike(self.space, own)
        alike = {self._place[one.key] for one in others if one.kind is Kind.GROUP and one.key in self._place}
        return (Kind.THEME, theme) in {(one.kind, one.key) for one in others} or any(
            own_alike[other] for other in alike
        )

    def became(self, group_ids: Collection[str]) -> Mapping[str, str]:
        """The themes that these groups are by now, since themes were found anew.

        A theme is wider than a group: what is said in groups that are alike counts with it.
        """
        lately = self.said.day > int(self.said.day.max(initial=0)) - LATELY
        whole = np.bincount(self.theme[lately & (self.theme >= 0)], minlength=len(self.theme_ids))
        found = {}
        for key in group_ids:
            if (own := self._place.get(key)) is not None and whole.any():
                rows = np.unique(self.sentence[self.groups.alike(self.space, own)[self.group]])
                rows = rows[lately[rows]]
                under = np.bincount(self.theme[rows][self.theme[rows] >= 0], minlength=len(whole))
                best = int(under.argmax())
                if under[best] >= max(1, HALF * len(rows)) and under[best] >= THIRD * whole[best]:
                    found[key] = self.theme_ids[best]
        return found

    def belongs(self, key: str, group_id: str) -> list[Belongs]:
        """The sentences of a group, the newest 2,000, and those that it began with."""
        own = self._place[key]
        seeds = set(self.groups.seeds[own])
        rows = self.sentence[self.group == own]
        rows = rows[np.argsort(-self.said.day[rows], kind="stable")][:MOST_KEPT]
        rows = np.union1d(rows, np.array(sorted(seeds), dtype=np.int64))
        order = np.argsort(-(self.space.vectors[rows] @ self.groups.centres[own]), kind="stable")
        return [
            Belongs(
                group_id=group_id,
                signal=self.said.names[row][0],
                place=self.said.names[row][1],
                nth=nth,
                is_seed=row in seeds,
                said_at=_EPOCH + timedelta(days=int(self.said.day[row])),
            )
            for nth, row in enumerate(rows[order].tolist())
        ]

    def name(self, key: str) -> str:
        """What a group is called: the phrases that stand in it and not in others, as themes are called."""
        own = self._place[key]
        others = np.flatnonzero(~self.groups.alike(self.space, own))
        others = others[:: max(1, len(others) // MOST_NAMED_BESIDE)]
        rows = [self.sentence[self.group == own][:NAMED_BY], *(self.groups.seeds[one] for one in others)]
        texts = [self.said.texts[int(row)] for some in rows for row in some]
        labels = np.repeat(np.arange(len(rows)), [len(some) for some in rows]).astype(np.int32)
        return named(texts, labels, np.zeros(len(rows), np.int32)).themes[0]

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {key: number for number, key in enumerate(self.keys)}

    @cached_property
    def _within(self) -> Mapping[int, str]:
        return self._themes(HALF, 0.0)

    def _themes(self, of_group: float, of_theme: float) -> Mapping[int, str]:
        """The theme of each group that has so much of the group, and of which the group has so much."""
        theme = self.theme[self.sentence]
        sizes = np.bincount(self.group, minlength=len(self.keys))
        whole = np.bincount(self.theme[self.theme >= 0], minlength=len(self.theme_ids))
        under = theme >= 0
        pairs, both = np.unique(
            self.group[under] * max(1, len(self.theme_ids)) + theme[under], return_counts=True
        )
        found = {}
        for pair, n in zip(pairs.tolist(), both.tolist(), strict=True):
            own, other = divmod(pair, len(self.theme_ids))
            if n >= of_group * sizes[own] and n >= of_theme * whole[other]:
                found[own] = self.theme_ids[other]
        return found


def grouped(
    ledger: Ledger, desk: Desk, period: Period, seen: SeenVectors, crowd: Crowd, held: Collection[str]
) -> Grouped | None:
    """The groups in the words of a period, with those `held` as they began; None with too little to tell.

    O(sentences x (4,000 + groups)), of 40,000 texts at most.
    """
    said = _said(ledger, period, seen, crowd)
    rng = np.random.default_rng(_SEED)
    space = space_of(said.vectors, said.texts, rng)
    if space is None:
        return None
    row = {name: number for number, name in enumerate(said.names)}
    with desk.read() as tx:
        began = need_groups.seeds(tx)
        theme_ids = [one.id for one in themes.every(tx, Audience.CUSTOMER)]
    known = {one: [row[name] for name in began.get(one, ()) if name in row] for one in sorted(held)}
    known = {one: rows for one, rows in known.items() if rows}
    groups = groups_of(space, said.who, rng, list(known.values()))
    pairs = [(np.zeros(0, np.int64), np.zeros(0, np.int64)), *belonging(space, groups)]
    return Grouped(
        said=said,
        space=space,
        groups=groups,
        keys=[*known, *(f"new {number}" for number in range(len(groups.seeds) - len(known)))],
        sentence=np.concatenate([one for one, _ in pairs]),
        group=np.concatenate([one for _, one in pairs]),
        theme=_themes_of(ledger, period, row, theme_ids),
        theme_ids=theme_ids,
    )


def _said(ledger: Ledger, period: Period, seen: SeenVectors, crowd: Crowd) -> Said:
    """The sentences that were read, month by month."""
    counted = ledger.ask(heard.texts_by_month(period)).to_pylist()
    share = MOST_TEXTS / max(MOST_TEXTS, sum(row["texts"] for row in counted))
    names: list[tuple[str, int]] = []
    texts: list[str] = []
    people: list[str] = []
    days: list[int] = []
    spoke: list[tuple[str, int]] = []
    vectors = [np.zeros((0, seen.embedder.width), np.float32)]
    for part in _months(period, [row["month"] for row in counted]):
        begin = len(texts)
        for row in ledger.ask(heard.said_of(part)).to_pylist():
            if share < 1 and crc32(row["who"].encode("utf-8", "surrogatepass")) >= share * 2**32:
                continue
            spoke.append((row["who"], int(row["day"])))
            for place, one in enumerate(sentences(row["text"])):
                if len(one.text.split(maxsplit=FEWEST_WORDS)) >= FEWEST_WORDS or not one.text.isascii():
                    names.append((row["id"], place))
                    texts.append(one.text)
                    people.append(row["who"])
                    days.append(int(row["day"]))
        vectors.append(seen.of(texts[begin:], most_made=0))
    whole = np.concatenate(vectors)
    # What nobody read yet is in no group.
    rows = np.flatnonzero(whole.any(axis=1))
    return Said(
        names=[names[row] for row in rows],
        texts=[texts[row] for row in rows],
        who=crowd.of(people)[rows],
        day=np.array(days, dtype=np.int64)[rows],
        vectors=whole[rows],
        stream=Stream(
            kinds=frozenset({Kind.GROUP}),
            who=crowd.of([who for who, _ in spoke]),
            day=np.array([day for _, day in spoke], dtype=np.int64),
        ),
    )


def _themes_of(
    ledger: Ledger, period: Period, row: Mapping[tuple[str, int], int], theme_ids: Sequence[str]
) -> Numbers:
    place = {theme: number for number, theme in enumerate(theme_ids)}
    found = np.full(len(row), -1, dtype=np.int64)
    months = sorted({one["month"] for one in ledger.ask(heard.texts_by_month(period)).to_pylist()})
    for part in _months(period, months):
        for one in ledger.ask(heard.mentioned_in(part, theme_ids)).to_pylist():
            if (own := row.get((one["signal"], int(one["place"])))) is not None:
                found[own] = place[one["theme"]]
    return found


def _months(period: Period, months: Sequence[int]) -> Iterator[Period]:
    for month in months:
        yield Period(start=max(first_of(month), period.start), end=min(first_of(month + 1), period.end))
