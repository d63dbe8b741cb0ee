"""A play in a real browser: begun with a warning, read in any light and on a phone, and called."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import faults, picture
from tests.browser.test_warnings import broken

__all__ = ["broken"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def started() -> list[str]:
    """The address of the play that the first test starts."""
    return []


def test_a_play_is_begun_with_a_warning_and_a_call_is_made(
    page: Page, served: Served, broken: str, started: list[str]
) -> None:
    page.goto(served.url + broken)
    page.get_by_role("link", name="Open a play for them").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A play for Failure: sign_in_failed")
    page.get_by_label("What whoever calls is to do and say").fill("Say sorry.\nOffer help.")
    page.get_by_label("It should change whether they").select_option("do something")
    page.get_by_label("What they should do").fill("signed in")
    page.get_by_label("What the call is").select_option("service")
    page.get_by_role("button", name="See what it could show").click()
    expect(page.get_by_label("What they should do")).to_have_value("signed in")
    expect(page.get_by_text("of them did “signed in”")).to_be_visible()
    page.get_by_role("button", name="Start the play").click()
    expect(page.get_by_text("The play is open.")).to_be_visible()
    started.append(page.url.partition("?")[0])
    page.get_by_role("button", name="Take it").first.click()
    expect(page.get_by_text("The call is in your hands.")).to_be_visible()
    page.get_by_label("Note").fill("was glad")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("It can be undone for ten minutes.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Made, or left out")).click()
    expect(page.get_by_text("was glad")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is in hand again.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/plays", "/plays/new", ""])
def test_the_page_is_accessible_in_every_size_and_light(
    path: str,
    scheme: str,
    size: tuple[int, int],
    page: Page,
    context: BrowserContext,
    served: Served,
    broken: str,
    started: list[str],
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    about = f"?about=warning&about_id={broken.rpartition('/')[2]}" if path == "/plays/new" else ""
    page.goto(served.url + path + about if path else started[0], wait_until="networkidle")
    assert faults(page) == []
    picture(page, f"plays-{path.strip('/').replace('/', '-') or 'one'}-{scheme}-{size[0]}")
