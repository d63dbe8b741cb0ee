"""The libraries for browsers, unmodified, in Chromium: what a page sends on a bad line arrives, once."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.clients.company import names, served
from tests.clients.trouble import Kind, Trouble, troubled

DRIVERS = Path(__file__).parent / "drivers"
LIBRARIES = {
    "@segment/analytics-next": "segment_browser.html",
    "@rudderstack/analytics-js": "rudderstack_browser.html",
    "posthog-js": "posthog_browser.html",
}
# posthog-js drops a batch after a 429; our doors for it answer 503 instead (decision 0103).
TROUBLES = {library: tuple(Kind) for library in LIBRARIES} | {
    "posthog-js": (Kind.UNAVAILABLE, Kind.RESET, Kind.LOST)
}
pytestmark = pytest.mark.browser


class _Files(http.server.SimpleHTTPRequestHandler):
    """The pages, and the packages that they load."""

    def __init__(self, *arguments: Any, node_modules: Path, **more: Any) -> None:
        self.node_modules = node_modules
        super().__init__(*arguments, **more)

    def translate_path(self, path: str) -> str:
        plain = path.partition("?")[0].lstrip("/")
        root = self.node_modules.parent if plain.startswith("node_modules/") else DRIVERS
        return str(root / plain)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def pages(node_modules: Path) -> Iterator[str]:
    """Where the pages are served, by another origin than the company's."""
    handler = partial(_Files, node_modules=node_modules)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "events", [300, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1_200)])]
)
def test_every_event_of_a_page_arrives_once_through_429_503_and_resets(
    events: int, chromium: str, node_modules: Path, pages: str, tmp_path: Path
) -> None:
    books, met, failed = {}, {}, {}
    with served(tmp_path) as company, ExitStack() as closing:
        sources = {library: company.source(library) for library in LIBRARIES}
        browser = closing.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        opened = {}
        for seed, (library, page_name) in enumerate(LIBRARIES.items()):
            trouble = Trouble(company.port, seed=seed, most=3, share=0.3, kinds=TROUBLES[library])
            line = closing.enter_context(troubled(trouble))
            page = browser.new_page()
            errors: list[str] = failed.setdefault(library, [])
            page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
            query = f"host=127.0.0.1:{line.port}&key={sources[library][1]}&n={events}"
            page.goto(f"{pages}/{page_name}?{query}")
            opened[library] = (page, line)
        for library, (page, line) in opened.items():
            page.wait_for_function("document.title === 'sent'", timeout=600_000)
            # Doubled ones and `identify` count as well: that so many were heard does not tell that all were.
            company.settled(sources[library][0], events, seconds=240)
            page.evaluate("1")  # the page is alive
            books[library], met[library] = company.quiet(sources[library][0], 10), dict(line.met)
        browser.close()
    for library, (source, _) in sources.items():
        found = {name: n for name, n in names(tmp_path, source).items() if name.startswith("e")}
        assert found == {f"e{number}": 1 for number in range(events)}, library
        assert set(met[library]) == set(TROUBLES[library]), library
        assert books[library]["heard"] == books[library]["stored"] + books[library]["duplicate"]
        assert failed[library] == []
