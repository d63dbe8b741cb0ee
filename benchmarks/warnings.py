"""Early warnings: how often nothing is found, how soon what is put there is, and how long a look takes."""

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import Ratio, Sense
from benchmarks._needs_company import NOTHING_PLANTED
from benchmarks._trouble import DAYS, Trouble, company
from emptychair.anticipate.warnings import gathering, looking
from emptychair.anticipate.warnings.kinds import Kind
from emptychair.anticipate.warnings.panel import panel
from emptychair.anticipate.warnings.walking import Warned, walk
from emptychair.demo.company import generate
from emptychair.demo.truths import TRUTHS, Truths
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger

PEOPLE, SEED, RUNS, FIRST = 20_000, 7, 8, 150
SIZES = (1_000, 5_000)
UNTIL = date(2026, 11, 1)
# What is put there: a release that breaks a thing for all, or a little, and a slow trouble without a release.
PLANTED = {
    "a release breaks signing in for team on android": Trouble(
        day=DAYS - 100, times=60.0, is_of_release=True
    ),
    "10 times as many failed sign-ins, no release": Trouble(day=DAYS - 100),
    "4 times as many": Trouble(day=DAYS - 100, times=4.0),
    "a rare failure, 30 times as many": Trouble(day=DAYS - 100, name="upload_error", times=30.0),
}


def quiet(people: int, *, has_holidays: bool = False) -> tuple[list[Warned], float]:
    """(warnings, years looked at) when nothing is wrong."""
    found: list[Warned] = []
    for run in range(RUNS):
        scene = company(np.random.default_rng([SEED, people, run]), people, has_holidays=has_holidays)
        found += walk(scene, panel(scene), FIRST, DAYS - 1)
    return found, RUNS * (DAYS - FIRST) / 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Of so many `runs`: days until it was found, of how many the cell was named as it is, other warnings."""

    runs: int
    days: list[int]
    named: int
    others: int


def delays(people: int, trouble: Trouble) -> Delays:
    """How soon a trouble is found."""
    days, named, others = list[int](), 0, 0
    for run in range(RUNS):
        scene = company(np.random.default_rng([SEED, people, run, 1]), people, trouble)
        found = walk(scene, panel(scene), DAYS - 140, DAYS - 1)
        mine = [
            one
            for one in found
            if one.series.key == trouble.name and 0 <= one.raised - trouble.day <= trouble.days
        ]
        others += len(found) - len(mine[:1])
        if mine:
            days.append(mine[0].raised - trouble.day)
            terms = dict(mine[0].cell.terms)
            terms.pop("release", None)
            named += terms == {"plan": trouble.plan, "platform": trouble.platform}
    return Delays(runs=RUNS, days=sorted(days), named=named, others=others)


def in_numbers() -> list[Ratio]:
    """False alarms and delays in companies made of numbers."""
    ratios = list[Ratio]()
    for people in SIZES:
        found, years = quiet(people)
        print(f"{people:,} people, nothing wrong: {len(found)} warnings in {years:.0f} years")
        ratios.append(_at_most(f"warnings: false alarms a year, {people:,} people", len(found) / years))
        found, years = quiet(people, has_holidays=True)
        print(f"  with two holidays: {len(found)} in {years:.0f} years, {_parts(found)} of them of a part")
        for name, trouble in PLANTED.items():
            told = delays(people, trouble)
            print(
                f"  {name}: {len(told.days)} of {told.runs} found, median "
                f"{median(told.days or [-1]):g} days, latest {max(told.days, default=-1)}; "
                f"the cell named as it is {told.named} times; {told.others} other warnings"
            )
    return ratios


def in_the_company(people: int = PEOPLE) -> list[Ratio]:
    """The demo company: the day on which its broken release is found, and two years with nothing planted."""
    print(f"demo company of {people:,}, all planted")
    planted, took = _walked(people, TRUTHS)
    begun = TRUTHS.broken_release.day
    mine = [one for one, day in planted if "sign_in_failed" in one.series.key and day >= begun]
    first = min((day for one, day in planted if one in mine), default=None)
    print("nothing planted")
    without, _ = _walked(people, replace(NOTHING_PLANTED))
    days = float("inf") if first is None else float(first - begun)
    return [
        Ratio(
            name="warnings: days until the broken release is found", ours=days, peer=2, peer_name="stated",
            bar=1, sense=Sense.AT_MOST, unit="days",
        ),
        _at_most("warnings: false alarms a year, nothing planted", len(without) / 2),
        Ratio(
            name=f"warnings: the first look, {people:,} people", ours=took, peer=60, peer_name="stated",
            bar=1, sense=Sense.AT_MOST,
        ),
    ]  # fmt: skip


def _walked(people: int, truths: Truths) -> tuple[list[tuple[Warned, int]], float]:
    """The warnings of two years with the day of the company on which they were raised; seconds of a look."""
    end = datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        ledger, desk = Ledger.open(Path(folder)), Desk.open(Path(folder) / "desk.sqlite3")
        try:
            generate(ledger, people=people, employees=100, seed=SEED, until=UNTIL, truths=truths)
            scene = gathering.gathered(ledger, gathering.window(end, 2 * 365 - gathering.HISTORY))
            counted = panel(scene)
            found = walk(scene, counted, counted.first, counted.last)
            began = time.perf_counter()
            looking.look(ledger, desk, end)
            took = time.perf_counter() - began
            began = time.perf_counter()
            looking.look(ledger, desk, end)
            print(f"the first look took {took:.1f} s, the next one {time.perf_counter() - began:.1f} s")
        finally:
            ledger.close()
            desk.close()
    told = [(one, one.raised - counted.last - 1 + 730) for one in found]
    for one, day in sorted(told, key=lambda each: each[1]):
        print(
            f"  day {day:3} {one.series.kind} {one.series.key} {dict(one.cell.terms)}: "
            f"{one.surge.observed} in {one.surge.days}, expected {one.surge.expected:.1f}; "
            f"{len(one.also)} other cells are explained by it"
        )
    return told, took


def _parts(found: Iterable[Warned]) -> int:
    return sum(bool(one.cell.terms) or one.series.kind is not Kind.USAGE for one in found)


def main() -> list[Ratio]:
    """At most one false alarm a year, the broken release within two days, a first look within a minute."""
    return [*in_numbers(), *in_the_company()]


def _at_most(name: str, ours: float) -> Ratio:
    return Ratio(name=name, ours=ours, peer=1, peer_name="stated", bar=1, sense=Sense.AT_MOST, unit="a year")
