"""What foretells the next need on Online Retail against the baselines, on a month it had not seen."""

import asyncio
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import Ratio, Sense, person
from benchmarks.imports import FILE, data
from benchmarks.person import BASE, signed_in, times
from benchmarks.questions import FOLDER
from emptychair.anticipate.need import running, things
from emptychair.anticipate.need.card import Card
from emptychair.anticipate.need.learning import learned
from emptychair.anticipate.need.things import Goal
from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.understand.arrival import arrivals
from emptychair.web.site import site

NOW = datetime(2026, 11, 1, tzinfo=UTC)
STATED = 0.1
PAGES = 40


def cards(ledger: Ledger, desk: Desk | None = None) -> dict[Goal, Card]:
    """The card of each goal of this ledger."""
    named = {}
    if desk is not None:
        with desk.read() as tx:
            named = {one.id: one.name for one in themes.every(tx, Audience.CUSTOMER)}
    words, believed = things.words(ledger, Audience.CUSTOMER, NOW, named), arrivals(ledger)
    found = {}
    for goal in Goal:
        began = time.perf_counter()
        rng = np.random.default_rng(running.SEED)
        one = learned(ledger, Audience.CUSTOMER, goal, NOW, believed, words, rng) if words.has(goal) else None
        if one is not None:
            found[goal] = one.card
            _print(one.card, time.perf_counter() - began)
    return found


def main() -> list[Ratio]:
    """Recall of what is shipped against the baseline; the part of the page against the stated 100 ms."""
    home = FOLDER / "next-need"
    if not (data() / FILE).exists():
        print("Online Retail is not here: no ratios", file=sys.stderr)
        return []
    if not (home / "desk.sqlite3").exists():
        _imported(home)
    ledger, desk = Ledger.open(home), Desk.open(home / "desk.sqlite3")
    found = cards(ledger)
    told = [_recall(found[goal]) for goal in (Goal.NEW_PRODUCT, Goal.PRODUCT)]
    running.run(ledger, desk, person.NOW)
    app = site(
        ledger=ledger, desk=desk, home=home, base_url=BASE, clock=lambda: person.NOW,
        version="0.1.0", reception=Reception(desk, lambda: person.NOW),
    )  # fmt: skip
    people = [f"{number}" for number in range(12347, 18287, 100)]
    known = [one for one in people if ledger.who.called("customer", one)][:PAGES]
    seconds = asyncio.run(times(app, signed_in(desk), "/customers/person/next", known))
    ledger.close()
    desk.close()
    median = statistics.median(seconds)
    part = Ratio(
        name="likely next, Online Retail",
        ours=median,
        peer=STATED,
        peer_name="stated",
        bar=1,
        sense=Sense.AT_MOST,
    )
    return [*told, part]


def _recall(card: Card) -> Ratio:
    by_kind = {one.kind: one for one in card.judged}
    return Ratio(
        name=f"recall@10, {card.goal}: {card.shipped}",
        ours=by_kind[card.shipped].recall.value,
        peer=by_kind[card.baseline].recall.value,
        peer_name=f"baseline: {card.baseline}",
        bar=1,
        sense=Sense.AT_LEAST,
        unit="",
    )


def _imported(home: Path) -> None:
    command = [sys.executable, "-m", "emptychair", "import", str(data() / FILE), "--home", str(home)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _print(card: Card, seconds: float) -> None:
    gain = card.gain and f"{card.gain.value:+.4f} [{card.gain.low:+.4f}, {card.gain.high:+.4f}]"
    print(
        f"{card.goal}: {card.shipped} ({card.verdict}), {card.people:,} people, {card.items:,} items,"
        f" {card.challenger} - {card.baseline}: NDCG {gain}; new {card.new_items}; {seconds:.1f} s",
        file=sys.stderr,
    )
    for one in card.judged:
        each = ", ".join(
            f"{name} {value.value:.4f} [{value.low:.4f}, {value.high:.4f}]"
            for name, value in (("recall", one.recall), ("NDCG", one.ndcg), ("first 3", one.hit))
        )
        print(
            f"  {one.kind:<9} n {one.recall.n} {each},"
            f" coverage {one.coverage:.3f}, novelty {one.novelty:.2f}",
            file=sys.stderr,
        )
    if card.newcomers:
        new = card.newcomers
        print(
            f"  newcomers {new.people}: {new.popular.value:.4f} -> {new.within.value:.4f},"
            f" gain {new.gain.value:+.4f} [{new.gain.low:+.4f}, {new.gain.high:+.4f}]",
            file=sys.stderr,
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        there = Ledger.open(Path(sys.argv[1]))
        cards(there, Desk.open(Path(sys.argv[1]) / "desk.sqlite3"))
        there.close()
    else:
        from rich.console import Console

        from benchmarks.__main__ import table

        Console().print(table(main()))
