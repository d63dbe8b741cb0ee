"""Killed at random moments while it fetches, a source loses nothing and doubles nothing."""

import random
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from emptychair.listen.sources.limited import Limited
from tests.listen.sources.conftest import House, at_home
from tests.listen.sources.test_hacker_news import NOW, Algolia, item
from tests.serving import serving

ROOT = Path(__file__).parents[3]
ITEMS = 1_500


def life(home: Path, address: str, number: int, chance: random.Random) -> None:
    """Start a process that fetches, and kill it at a random moment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.listen.sources.living", str(home), address, str(number)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    if not process.stdout.readline().startswith(b"alive"):
        pytest.fail(f"the process did not start: {process.communicate()[1].decode()}")
    killer = threading.Timer(chance.uniform(0.0, 0.8), process.kill)
    killer.start()
    _, errors = process.communicate()
    killer.join()
    assert process.returncode == -signal.SIGKILL, errors.decode()


@pytest.mark.parametrize("rounds", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_nothing_is_lost_or_doubled_by_a_kill(tmp_path: Path, limited: Limited, rounds: int) -> None:
    chance = random.Random(time.time_ns())
    algolia = Algolia([item(n, NOW - 86_400 + n // 3) for n in range(ITEMS)])
    with at_home(tmp_path, limited) as house:
        source = house.source("hacker_news", query="x", back="all", every="60")
    with serving(algolia) as server:
        for number in range(rounds):
            life(tmp_path, server.url, number, chance)
            # More comes between the lives, some of it under an earlier time.
            now = NOW + 86_400 * number
            start = len(algolia.items)
            algolia.items += [item(start + n, now + n * 7 - 600) for n in range(40)]
        with at_home(tmp_path, limited) as house:
            house.now += timedelta(days=rounds + 1)
            house.at(hacker_news=server.url)
            house.run(source)
            # A look that was killed goes on downwards; what came above it meanwhile is the next one's.
            house.now += timedelta(days=1)
            house.run(source)
            check(house, source, len(algolia.items))


def check(house: House, source: str, items: int) -> None:
    ids = [row["id"] for row in house.signals(source)]
    assert len(ids) == len(set(ids)), "doubled"
    assert len(ids) == items, "lost"
    house.ledger.seal(house.now)
    assert len(house.signals(source)) == items
    assert house.books(source).stored == items
