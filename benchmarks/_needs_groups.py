"""Needs that fit no theme: bank questions of which one kind emerges that no theme tells of."""

import csv
import gzip
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from emptychair.understand.language.embedding import Tier, Vectors, embedder
from emptychair.understand.needs.emerging import NEEDED, Alarm, walk
from emptychair.understand.needs.grouping import Grouped, Said
from emptychair.understand.needs.groups import belonging, groups_of, space_of
from emptychair.understand.needs.panel import Kind, Shown, Stream, panel

DAYS, BEGINS = 600, 300
# An alarm is of an intent when so much of what its group holds is.
OF_IT = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """Texts, what each is about, and its vector."""

    texts: list[str]
    labels: np.ndarray
    vectors: Vectors


@cache
def questions(file: Path) -> Questions:
    """The bank questions with the vectors of the better tier (15 seconds)."""
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        found = [(row["text"], row["category"]) for row in csv.DictReader(rows)]
    texts = [text for text, _ in found]
    return Questions(texts, np.array([label for _, label in found]), embedder(Tier.SMALL).embed(texts))


def _days(n: int, rng: np.random.Generator) -> np.ndarray:
    weights = np.array([1.2, 1.1, 1, 1, 1, 0.6, 0.5])[np.arange(DAYS) % 7]
    return rng.choice(DAYS, n, p=weights / weights.sum())


def _alarms(
    told: Questions, rows: np.ndarray, day: np.ndarray, rng: np.random.Generator, without: str = ""
) -> list[tuple[Alarm, float]]:
    """The alarms of themes and groups together, and how much of each is `without`, which is no theme."""
    labels, vectors = told.labels[rows], told.vectors[rows]
    texts = [told.texts[row] for row in rows.tolist()]
    ids = sorted(set(labels.tolist()) - {without})
    place = {one: number for number, one in enumerate(ids)}
    theme = np.array([place.get(one, -1) for one in labels.tolist()])
    who = np.arange(len(rows))
    space = space_of(vectors, texts, rng)
    assert space is not None
    groups = groups_of(space, who, rng)
    pairs = list(belonging(space, groups))
    spoken = Stream(kinds=frozenset({Kind.THEME, Kind.GROUP}), who=who, day=day)
    said = Said(
        names=[(str(one), 0) for one in who], texts=texts, who=who, day=day, vectors=vectors, stream=spoken
    )
    grouped = Grouped(
        said=said,
        space=space,
        groups=groups,
        keys=[f"new {number}" for number in range(len(groups.seeds))],
        sentence=np.concatenate([one for one, _ in pairs]),
        group=np.concatenate([one for _, one in pairs]),
        theme=theme,
        theme_ids=ids,
    )
    themed = np.flatnonzero(theme >= 0)
    under = Shown(kind=Kind.THEME, keys=ids, key=theme[themed], who=who[themed], day=day[themed])
    counted = panel([under, grouped.shown], [spoken], first=0, last=DAYS - 1)
    found = []
    for alarm in walk(counted, NEEDED, DAYS - 1, is_told=grouped.is_told):
        share = 0.0
        if alarm.series.kind is Kind.GROUP:
            own = grouped.sentence[grouped.group == grouped.keys.index(alarm.series.key)]
            share = float((labels[own] == without).mean())
        found.append((alarm, share))
    return found


def quiet(told: Questions, runs: int, seed: int) -> int:
    """How many alarms there are, of themes and groups, when nothing emerges."""
    alarms = 0
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        rows = np.arange(len(told.texts))
        alarms += len(_alarms(told, rows, _days(len(rows), rng), rng))
    return alarms


def emerging(told: Questions, growth: float, intents: int, seed: int) -> tuple[list[int | None], int, int]:
    """Days until each of some intents was found that is no theme, its alarms, and all other alarms.

    It begins with a text a week on day 300.
    """
    delays: list[int | None] = []
    rings = others = 0
    for run, (name, size) in enumerate(Counter(told.labels.tolist()).most_common(intents)):
        rng = np.random.default_rng([seed, 100 + run])
        rest, mine = np.flatnonzero(told.labels != name), np.flatnonzero(told.labels == name)
        days = _days(len(rest), rng)
        since = np.arange(DAYS) - BEGINS
        mean = np.where(since >= 0, growth ** (since / 7) / 7, 0)
        grown = np.repeat(np.arange(DAYS), rng.poisson(np.minimum(mean, 20.0)))[:size]
        rows = np.concatenate([rest, rng.permutation(mine)[: len(grown)]])
        alarms = _alarms(told, rows, np.concatenate([days, grown]), rng, name)
        own = [one.raised - BEGINS for one, share in alarms if share >= OF_IT and one.raised >= BEGINS]
        delays.append(min(own) if own else None)
        rings, others = rings + len(own), others + len(alarms) - len(own)
    return delays, rings, others
