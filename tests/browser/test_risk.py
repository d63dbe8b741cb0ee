"""Risk in a real browser: foreseen by the server, read in any light and on a phone."""

import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser

FORESEEN = 600.0


@pytest.fixture(scope="module")
def top(served: Served) -> Iterator[str]:
    """The customer with whom most would be lost, when the server has scored everybody."""
    token = (served.home / "run" / "token").read_text()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=60) as client:
        until = time.monotonic() + FORESEEN
        while not (told := client.get("/customers/risk").json())["people"]:
            assert time.monotonic() < until, f"nobody was scored: {told['summary']['lack']}"
            time.sleep(2)
        yield told["people"][0]["person"]


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
