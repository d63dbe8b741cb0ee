"""Search in a real browser: found by one key from everywhere, read in any light and on a phone."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser

ASKED = {
    "empty": "",
    "words": "q=late+delivery",
    "nothing": "q=%22zeppelin+ride%22",
    "meaning": "q=nobody+answered&by=meaning",
    "employees": "q=manager&audience=employee",
}


@pytest.fixture(scope="module")
def read(program: httpx.Client) -> None:
    """The server has read some thousand texts of the company."""
    awaited(lambda: program.get("/search?q=delivery").json()["total"] >= 5, "nothing was read")


@pytest.mark.usefixtures("read")
def test_one_key_searches_from_any_page(page: Page, served: Served) -> None:
    page.goto(served.url + "/scorecard")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("delivery/late")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=delivery%2Flate")
    expect(page.locator(".hits mark").first).to_be_visible()
    page.locator(".hits .more-like").first.click()
    page.wait_for_url("**like=**")
    expect(page.locator("h1")).to_have_text("More like this")
    page.locator(".hits p > a[href^='/customers/person']").first.click()
    page.wait_for_url("**/customers/person?id=*")


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("asked", ASKED)
def test_the_page_is_accessible_in_every_size_and_light(
    asked: str, theme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    page.goto(f"{served.url}/search?{ASKED[asked]}")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing hangs over the side"
    picture(page, f"search-{asked}-{theme}-{size[0]}")
