"""Emerging needs: how soon they are found, and how often nothing is, in public texts and in the demo."""

import csv
import gzip
import os
from collections import Counter
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import Ratio, Sense
from benchmarks._needs_company import (
    NOTHING_PLANTED,
    WITHOUT_THE_NEED,
    Found,
    found,
)
from benchmarks._needs_groups import emerging as unthemed
from benchmarks._needs_groups import questions, quiet
from emptychair.demo.truths import TRUTHS
from emptychair.understand.needs.emerging import NEEDED, walk
from emptychair.understand.needs.panel import Kind, Panel, Shown, Stream, panel

FOLDER = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
PEOPLE, SEED = 20_000, 7
DAYS, BEGINS = 600, 300
# Per week from the first on, and how many texts there are in the first week.
GROWTHS, FIRST_WEEK = (1.09, 1.25, 1.5), 1.0
INTENTS, QUIET = 12, 12


def streams() -> dict[str, list[str]]:
    """The labels of public texts: what each of them is about; empty where the data is absent."""
    told = {}
    for name, file, column in (
        ("banking77", "banking77/train.csv.gz", "category"),
        ("airline tweets", "airline_tweets/tweets_dev.csv.gz", "negativereason"),
    ):
        if (FOLDER / file).exists():
            with gzip.open(FOLDER / file, "rt", encoding="utf-8") as rows:
                told[name] = [row[column] or "none" for row in csv.DictReader(rows)]
    return told


def stream(labels: list[str], rng: np.random.Generator, day: np.ndarray | None = None) -> Panel:
    """A panel of texts at random days, weekends quieter; each text is of somebody else."""
    weights = np.array([1.2, 1.1, 1, 1, 1, 0.6, 0.5])[np.arange(DAYS) % 7]
    days = rng.choice(DAYS, len(labels), p=weights / weights.sum()) if day is None else day
    keys = sorted(set(labels))
    place = {key: number for number, key in enumerate(keys)}
    who = np.arange(len(labels))
    shown = Shown(kind=Kind.THEME, keys=keys, key=np.array([place[one] for one in labels]), who=who, day=days)
    spoken = Stream(kinds=frozenset({Kind.THEME}), who=who, day=days)
    return panel([shown], [spoken], first=0, last=DAYS - 1)


def quiet_months(labels: list[str]) -> tuple[int, float]:
    """(false alarms, months looked at) when nothing emerges."""
    alarms = sum(
        len(walk(stream(labels, np.random.default_rng([SEED, run])), NEEDED, DAYS - 1))
        for run in range(QUIET)
    )
    return alarms, QUIET * (DAYS - NEEDED) / 30.4


def emerging(labels: list[str], growth: float) -> tuple[list[int | None], int]:
    """Days until each of some intents was found that grew from day 300 on (None: never), and false alarms."""
    delays: list[int | None] = []
    false = 0
    often = [name for name, _ in Counter(labels).most_common(INTENTS)]
    for run, name in enumerate(often):
        rng = np.random.default_rng([SEED, 100 + run])
        others = [one for one in labels if one != name]
        weights = np.array([1.2, 1.1, 1, 1, 1, 0.6, 0.5])[np.arange(DAYS) % 7]
        days = rng.choice(DAYS, len(others), p=weights / weights.sum())
        since = np.arange(DAYS) - BEGINS
        mean = np.where(since >= 0, FIRST_WEEK / 7 * growth ** (since / 7), 0)
        # No more than there are texts of it.
        grown = np.repeat(np.arange(DAYS), rng.poisson(np.minimum(mean, 20.0)))[: labels.count(name)]
        day = np.concatenate([days, grown])
        alarms = walk(stream(others + [name] * len(grown), rng, day), NEEDED, DAYS - 1)
        mine = [one.raised for one in alarms if one.series.key == name and one.raised >= BEGINS]
        delays.append(min(mine) - BEGINS if mine else None)
        false += sum(one.series.key != name for one in alarms)
    return delays, false


def in_streams() -> list[Ratio]:
    """False alarms of quiet public streams, and delays of needs that grow in them."""
    told, ratios = streams(), list[Ratio]()
    for name, labels in told.items():
        alarms, months = quiet_months(labels)
        print(f"{name}, shuffled over {DAYS} days, nothing emerges: {alarms} alarms in {months:.0f} months")
        ratios.append(_at_most(f"needs: false alarms a year, {name}", 12 * alarms / months))
    if "banking77" in told:
        for growth in GROWTHS:
            delays, false = emerging(told["banking77"], growth)
            seen = [one for one in delays if one is not None]
            print(
                f"banking77, an intent from {FIRST_WEEK:g} text a week, {growth - 1:.0%} more each week: "
                f"{len(seen)} of {len(delays)} found, median {median(seen or [-1]):g} days, {sorted(seen)}; "
                f"{false} other alarms in {len(delays) * (DAYS - NEEDED) / 30.4:.0f} months"
            )
    return ratios


def in_groups() -> list[Ratio]:
    """The same where what emerges is no theme, and is found as a group of alike texts."""
    file = FOLDER / "banking77" / "train.csv.gz"
    if not file.exists():
        return []
    given = questions(file)
    alarms, months = quiet(given, QUIET, SEED), QUIET * (DAYS - NEEDED) / 30.4
    print(f"banking77 with groups, nothing emerges: {alarms} alarms in {months:.0f} months")
    for growth in GROWTHS:
        delays, rings, others = unthemed(given, growth, INTENTS, SEED)
        seen = [one for one in delays if one is not None]
        print(
            f"banking77, an intent that is no theme, {growth - 1:.0%} more each week: {len(seen)} of "
            f"{len(delays)} found, median {median(seen or [-1]):g} days, {sorted(seen)}, {rings} alarms; "
            f"{others} others in {len(delays) * (DAYS - NEEDED) / 30.4:.0f} months"
        )
    return [_at_most("needs: false alarms a year, banking77 with groups", 12 * alarms / months)]


def told(name: str, one: Found) -> None:
    """Every alarm with its day."""
    print(f"{name}: {len(one.alarms)} alarms among {len(one.panel.series)} series")
    for alarm in sorted(one.alarms, key=lambda each: each.raised):
        series, growth = alarm.series, alarm.last.growth
        print(
            f"  day {one.day(alarm):3} {series.kind:6} {one.name(alarm)} {series.segment} "
            f"{growth.observed} in {growth.days}, expected {growth.expected:.1f}, season {growth.season}"
        )


def in_the_company(people: int = PEOPLE) -> list[Ratio]:
    """The day on which the planted need is found, and false alarms of two years without it."""
    planted = found(people, SEED, TRUTHS)
    told(f"demo company of {people:,}, all planted", planted)
    first = planted.first_of_the_need()
    begun = TRUTHS.emerging_need.day
    print(f"the need of day {begun} is found on day {first}")
    apart = found(people, SEED, TRUTHS, without="half_caf")
    told("the need is no theme", apart)
    groups = apart.first_of_the_need({Kind.GROUP})
    print(f"the need is found on day {apart.first_of_the_need()}, as a group on day {groups}")
    without = found(people, SEED, WITHOUT_THE_NEED)
    told("without the need", without)
    false = [one for one in without.alarms if not without.of_another_truth(one)]
    print(f"{len(without.alarms) - len(false)} of other truths, {len(false)} others")
    quiet = found(people, SEED, NOTHING_PLANTED)
    told("nothing planted", quiet)
    return [
        _at_most("needs: false alarms a year, the need not planted", len(false) / 2),
        _at_most("needs: false alarms a year, nothing planted", len(quiet.alarms) / 2),
        Ratio(
            name="needs: days until the planted need is found",
            ours=float("inf") if first is None else first - begun,
            peer=60,
            peer_name="stated",
            bar=1,
            sense=Sense.AT_MOST,
            unit="days",
        ),
    ]


def main() -> list[Ratio]:
    """At most one false alarm a year, and the planted need within 60 days."""
    return [*in_streams(), *in_groups(), *in_the_company()]


def _at_most(name: str, ours: float) -> Ratio:
    return Ratio(name=name, ours=ours, peer=1, peer_name="stated", bar=1, sense=Sense.AT_MOST, unit="a year")
