"""Killed at random moments under load, the ledger loses nothing it acknowledged and doubles nothing."""

import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question

from .living import IMPORTED
from .making import NOW, cards, rows

ROOT = Path(__file__).parents[2]


@dataclass
class Told:
    """What the killed processes told before they died."""

    acknowledged: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    withdrawing: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)

    def hear(self, text: str) -> None:
        # The last line may be cut: it was not told.
        for line in text[: text.rfind("\n") + 1].splitlines():
            word, *names = line.split()
            if word != "alive":
                getattr(self, word).update(names)


def life(home: Path, number: int, clients: int, chance: random.Random) -> str:
    """Start a process on the ledger, kill it at a random moment, and return what it told."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.living", str(home), str(number), str(clients)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    begun = process.stdout.readline()
    if not begun.startswith(b"alive"):
        pytest.fail(f"the process did not start: {process.communicate()[1].decode()}")
    wait = chance.uniform(0.0, 1.2 + number / 10)  # later and later, so that a busy machine gets somewhere
    killer = threading.Timer(wait, process.kill)
    killer.start()
    told, errors = process.communicate()
    killer.join()
    assert process.returncode == -signal.SIGKILL, errors.decode()
    return told.decode()


def check(home: Path, told: Told) -> None:
    ledger = Ledger.open(home)
    ids = [str(row["id"]) for row in rows(ledger)]
    assert len(ids) == len(set(ids)), "doubled"
    assert told.acknowledged <= set(ids), "lost"
    asked = question("select source, count(*) as n from signals group by source")
    sources = {row["source"]: row["n"] for row in ledger.ask(asked).to_pylist()}
    for source in told.imported - told.withdrawing:
        assert sources[source] == IMPORTED
    for source in told.withdrawing - told.withdrawn:
        assert sources.get(source, IMPORTED) == IMPORTED, "half taken back"
    assert not told.withdrawn & sources.keys()
    assert all(n == IMPORTED for source, n in sources.items() if source.startswith("imp_")), "half imported"
    assert sum(int(str(card["signals"])) for card in cards(ledger)) == len(ids)
    ledger.close()


def rebuilt(home: Path) -> None:
    """The projection thrown away comes back equal: the truth is in the lake and the journal."""
    ledger = Ledger.open(home)
    before = rows(ledger), cards(ledger)
    ledger.close()
    (home / "ledger" / "projection.duckdb").unlink()
    ledger = Ledger.open(home)
    assert (rows(ledger), cards(ledger)) == before
    ledger.seal(NOW)
    assert (rows(ledger), cards(ledger)) == before
    ledger.close()


@pytest.mark.parametrize("clients", [8, 1])
@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost_or_doubled_by_a_kill(tmp_path: Path, rounds: int, clients: int) -> None:
    chance = random.Random(time.time_ns())
    told = Told()
    number = 0
    # A busy machine may take more than these rounds to bring one import to its end.
    while number < rounds or (clients == 1 and not told.imported):
        told.hear(life(tmp_path, number, clients, chance))
        check(tmp_path, told)
        number += 1
    assert told.acknowledged
    rebuilt(tmp_path)
