"""What customers are worth in a real browser: told by the server, read in any light and on a phone."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def best(program: httpx.Client) -> str:
    """The customer who will bring most, when the server has told all values."""
    people = awaited(lambda: program.get("/customers/value").json()["people"], "no value was told")
    return str(people[0]["person"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["list", "next", "person"])
def test_the_page_is_accessible_in_every_size_and_light(
    path: str,
    scheme: str,
    size: tuple[int, int],
    page: Page,
    context: BrowserContext,
    served: Served,
    best: str,
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    page.goto(f"{served.url}/customers/value", wait_until="networkidle")
    if path == "next":
        page.select_option("#f-sort", "naive")
        page.wait_for_url("**/customers/value?*sort=naive*")
        page.click("a[rel=next]")
        page.wait_for_url("**/customers/value?page=2&sort=naive*")
    elif path == "person":
        page.click("tbody th a >> nth=0")
        page.wait_for_url(f"**/customers/person?id={best}")
        page.click("section:has(#worth-title) a:has-text('All customers')")
        page.wait_for_url("**/customers/value")
        page.go_back()
    expect(page.locator("#how" if path != "person" else "#worth-title")).to_be_visible()
    assert faults(page) == []
    picture(page, f"value-{path}-{scheme}-{size[0]}")
