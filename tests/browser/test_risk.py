"""Risk in a real browser: foreseen by the server, read in any light and on a phone."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def top(program: httpx.Client) -> str:
    """The customer with whom most would be lost, when the server has scored everybody."""
    people = awaited(lambda: program.get("/customers/risk").json()["people"], "nobody was scored")
    return str(people[0]["person"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/customers/risk", "/models/risk", "card", "person"])
def test_the_page_is_accessible_in_every_size_and_light(
    path: str,
    scheme: str,
    size: tuple[int, int],
    page: Page,
    context: BrowserContext,
    served: Served,
    top: str,
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    if path == "card":
        page.goto(f"{served.url}/models/risk")
        page.click("tbody a >> nth=-1")
        page.wait_for_url("**/models/risk/customer/*")
    elif path == "person":
        page.goto(f"{served.url}/customers/risk")
        page.click("tbody th a >> nth=0")
        page.wait_for_url(f"**/customers/person?id={top}")
        expect(page.locator("#risk-title")).to_be_visible()
    else:
        page.goto(served.url + path, wait_until="networkidle")
    assert faults(page) == []
    picture(
        page, f"risk-{path.rpartition('/')[2]}-{'list' if 'customers' in path else 'one'}-{scheme}-{size[0]}"
    )
