"""The libraries for servers, unmodified, on a bad line: ten thousand events of each arrive, once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.company import Company, counted, names, served
from tests.clients.trouble import Kind, Trouble, troubled

EVENTS = 10_000
DRIVERS = Path(__file__).parent / "drivers"
LIBRARIES = {
    "segment-analytics-python": "segment_python.py",
    "posthog": "posthog_python.py",
    "@segment/analytics-node": "segment_node.js",
    "@rudderstack/rudder-sdk-node": "rudderstack_node.js",
    "posthog-node": "posthog_node.js",
}


@dataclass
class Ran:
    """What came of one library: its books, how often each event is in the ledger, what it met."""

    exit: int
    said: str
    books: dict[str, object]
    names: dict[str, int]
    met: dict[Kind, int]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, node: str, node_modules: Path) -> dict[str, Ran]:
    """All libraries at once against one company."""
    home = tmp_path_factory.mktemp("company")
    found: dict[str, Ran] = {}
    with served(home) as company:
        sources = {library: company.source(library) for library in LIBRARIES}
        with ExitStack() as closing:
            lines = {
                library: closing.enter_context(troubled(Trouble(company.port, seed=seed, most=4)))
                for seed, library in enumerate(LIBRARIES)
            }
            for library, (exit_code, said) in _all_run(company, sources, lines, node, node_modules):
                books = company.settled(sources[library][0], EVENTS)
                found[library] = Ran(exit_code, said, books, {}, dict(lines[library].met))
    for library, (source, _) in sources.items():
        found[library].names = dict(names(home, source))
        # While it ran, something may still have been on its way: what was sent twice is heard twice.
        found[library].books = {**found[library].books, **counted(home, source)}
    return found


def _all_run(
    company: Company,
    sources: dict[str, tuple[str, str]],
    lines: dict[str, Trouble],
    node: str,
    node_modules: Path,
) -> Iterator[tuple[str, tuple[int, str]]]:
    running = {}
    for library, driver in LIBRARIES.items():
        program = sys.executable if driver.endswith(".py") else node
        words = [program, str(DRIVERS / driver), f"http://127.0.0.1:{lines[library].port}"]
        running[library] = subprocess.Popen(
            [*words, sources[library][1], str(EVENTS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "NODE_PATH": str(node_modules)},
        )
    for library, process in running.items():
        said, _ = process.communicate(timeout=240)
        yield library, (process.returncode, said[-2_000:])


@pytest.mark.parametrize("library", LIBRARIES)
def test_ten_thousand_of_ten_thousand_arrive_once_through_429_503_and_resets(
    library: str, ran: dict[str, Ran]
) -> None:
    one = ran[library]
    assert one.exit == 0, one.said
    assert set(one.met) == set(Kind), "the line was bad in every way"
    assert one.names == {f"e{number}": 1 for number in range(EVENTS)}
    assert one.books["stored"] == EVENTS
    # A lost answer makes the client send again what was stored.
    assert one.books["heard"] == EVENTS + one.books["duplicate"]
    assert one.books["duplicate"] > 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_books_name_the_library(library: str, ran: dict[str, Ran]) -> None:
    clients = ran[library].books["clients"]
    assert isinstance(clients, dict)
    known = {
        "segment-analytics-python": "analytics-python 2.",
        "posthog": "posthog-python 7.",
        "@segment/analytics-node": "@segment/analytics-node 3.",
        "@rudderstack/rudder-sdk-node": "analytics-node 3.",  # as it calls itself
        "posthog-node": "posthog-node 5.",
    }
    assert [name for name in clients if not name.startswith(known[library])] == []
