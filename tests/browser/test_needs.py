"""Needs in a real browser: looked for by the server, read in any light and on a phone, written down."""

import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser

LOOKED = 240.0


@pytest.fixture(scope="module")
def needs(served: Served) -> Iterator[httpx.Client]:
    """A program that may read and write needs, when the server has looked for them."""
    token = (served.home / "run" / "token").read_text()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=60) as client:
        until = time.monotonic() + LOOKED
        while not _is_looked_at(client):
            assert time.monotonic() < until, "nobody looked for needs"
            time.sleep(1)
        yield client


def _is_looked_at(client: httpx.Client) -> bool:
    told = client.get("/voice/needs").json()
    return told["look"] is not None and bool(told["cues_in_90_days"].get("workaround"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/voice/needs", "/voice/needs/cues", "/voice/needs/{}"])
def test_the_page_is_accessible_in_every_size_and_light(
    path: str,
    scheme: str,
    size: tuple[int, int],
    page: Page,
    context: BrowserContext,
    served: Served,
    needs: httpx.Client,
) -> None:
    made = needs.post("/voice/needs", json={"kind": "cue", "key": "workaround", "title": "Half of it"}).json()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    page.goto(served.url + path.format(made["id"]), wait_until="networkidle")
    assert faults(page) == []
    name = "card" if "{}" in path else "cues" if "cues" in path else "all"
    picture(page, f"needs-{name}-{scheme}-{size[0]}")


def test_a_need_is_written_down_stated_and_put_aside(page: Page, served: Served, needs: httpx.Client) -> None:
    page.goto(f"{served.url}/voice/needs")
    page.click("summary:has-text('Write a need down')")
    page.fill("#f-title", "Coffee for the evening")
    page.fill("#f-want", "to sleep")
    page.click("button:has-text('Write it down')")
    expect(page.locator("h1")).to_have_text("Coffee for the evening")
    expect(page.locator(".lede")).to_contain_text("I want to sleep")
    page.fill("#f-when", "it is late")
    page.click("button:has-text('Save it')")
    expect(page.locator(".lede")).to_contain_text("When it is late, I want to sleep")
    page.fill("#f-reason", "We are no pharmacy")
    page.click("button:has-text('Put it aside')")
    expect(page.locator("body")).to_contain_text("put aside: We are no pharmacy")
    page.goto(f"{served.url}/voice/needs")
    expect(page.locator("body")).not_to_contain_text("Coffee for the evening")
