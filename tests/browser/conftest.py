"""A real server with a small demo company, and Chromium signed in as its owner."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PASSWORD = "four words make one"
START = 90.0
Told = TypeVar("Told")
# Seen in the usual suite: a desk in the light and a phone in the dark. The other two are for `make test-all`.
SELDOM = re.compile(r"\[(desk.*dark|phone.*light)\]$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid and SELDOM.search(item.nodeid):
            item.add_marker(pytest.mark.slow)


@dataclass(frozen=True)
class Served:
    """A running server and the link that sets it up."""

    url: str
    setup: str
    home: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def emptychair(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "emptychair", *arguments]


@pytest.fixture(scope="package")
def served(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, port = tmp_path_factory.mktemp("browser") / "home", free_port()
    made = [*emptychair("demo", "--no-serve", "--people", "1000", "--home", str(home))]
    subprocess.run(made, check=True, capture_output=True, timeout=300)
    with (home / "said.txt").open("w") as said:
        command = emptychair("serve", "--home", str(home), "--port", str(port))
        environment = {**os.environ, "EMPTYCHAIR_READING": "fast"}  # the pages wait for what is read
        server = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment)
    try:
        setup = _setup_link(home / "said.txt", server)
        yield Served(url=f"http://localhost:{port}", setup=setup, home=home)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _setup_link(said: Path, server: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + START
    while time.monotonic() < until and server.poll() is None:
        for word in said.read_text().split():
            if "/setup?token=" in word:
                _wait_until_alive(word.partition("/setup")[0], until)
                return word
        time.sleep(0.1)
    raise AssertionError(f"the server did not start: {said.read_text()}")


def _wait_until_alive(url: str, until: float) -> None:
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/livez").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def owner(served: Served, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cookies of ada are kept, who came by the link of the terminal."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.setup)
    for field, value in {"company": "Alder & Finch", "name": "Ada King", "email": "ada@example.com"}.items():
        page.fill(f"#f-{field}", value)
    page.fill("#f-password", PASSWORD)
    page.fill("#f-password_again", PASSWORD)
    page.click("button:has-text('Create the owner')")
    page.wait_for_url("**/today")
    path = tmp_path_factory.mktemp("owner") / "state.json"
    context.storage_state(path=path)
    context.close()
    return path


@pytest.fixture(scope="package")
def program(served: Served) -> Iterator[httpx.Client]:
    """A program on the machine of the server, which may what its owner may."""
    token = (served.home / "run" / "token").read_text()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=60) as client:
        yield client


def awaited(look: Callable[[], Told | None], lack: str, seconds: float = 240.0) -> Told:
    """What `look` tells as soon as it tells something: the server works beside the tests."""
    until = time.monotonic() + seconds
    while not (told := look()):
        assert time.monotonic() < until, lack
        time.sleep(0.5)
    return told


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    width, height = request.param
    return width, height


@pytest.fixture
def context(browser: Browser, owner: Path) -> Iterator[BrowserContext]:
    context = browser.new_context(storage_state=owner, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of ada on which nothing may go wrong in silence: no script error, no refused inline code."""
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type in {"error", "warning"} else None)
    yield page
    assert problems == []
