"""Needs in a real browser: looked for by the server, read in any light and on a phone, written down."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def needs(program: httpx.Client) -> httpx.Client:
    """A program that may read and write needs, when the server has looked for them."""

    def is_looked_at() -> bool:
        told = program.get("/voice/needs").json()
        return told["look"] is not None and bool(told["cues_in_90_days"].get("workaround"))

    awaited(is_looked_at, "nobody looked for needs")
    return program


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
