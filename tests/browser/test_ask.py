"""Ask in a real browser: a question is typed, and its evidence read in any light and on a phone."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def read(program: httpx.Client) -> None:
    """All words of the demo company are read."""

    def is_read() -> bool:
        found = program.get("/voice/ask?q=refund").json()
        return bool(found["answered"]) and not found["unread"]

    awaited(is_read, "the words were not read")


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/voice/ask", "/voice/ask?q=Are+refunds+too+slow%3F", "/settings/models"])
def test_the_page_is_accessible_in_every_size_and_light(
    path: str, scheme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    page.goto(served.url + path, wait_until="networkidle")
    assert faults(page) == []
    picture(page, f"ask-{'answer' if '?' in path else path.split('/')[-1]}-{scheme}-{size[0]}")


@pytest.mark.usefixtures("read")
def test_a_question_is_typed_and_its_evidence_leads_to_the_person(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/voice")
    page.click("nav[aria-label='Voice'] >> text=Ask")
    page.fill("#f-q", "Are refunds too slow?")
    page.press("#f-q", "Enter")
    expect(page.locator("h1")).to_have_text("Are refunds too slow?")
    expect(page.locator(".heard mark").first).to_be_visible()
    page.locator(".heard a").first.click()
    page.wait_for_url("**/customers/person?id=*")
