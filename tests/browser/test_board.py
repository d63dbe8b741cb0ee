"""The board and requests in a real browser: usable, accessible, in every size and light."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture
def board(page: Page, served: Served) -> Iterator[str]:
    """The address of a request that is on a board for everybody."""
    page.goto(served.url + "/requests")
    page.select_option("#f-board", "public")
    page.click("section:has(#f-board) button:has-text('Save')")
    page.fill("#f-title", "A kettle that keeps warm")
    page.fill("#f-words", "Tea is cold after ten minutes.\n\nPlease.")
    page.click("text=Write it down")
    page.wait_for_url("**/requests/pst_*")
    yield page.url.partition("?")[0]
    page.goto(served.url + "/requests")
    page.select_option("#f-board", "off")
    page.click("section:has(#f-board) button:has-text('Save')")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_board_is_accessible_in_every_size_and_light(
    board: str, theme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    post = board.rpartition("/")[2]
    page.goto(board)
    page.select_option("#f-status", "shipped")
    page.fill("#f-note", "In the spring catalogue")
    page.click("form[action$='/status'] button")
    paths = {
        "requests": "/requests",
        "request": f"/requests/{post}",
        "messages": f"/requests/messages?post={post}&search=kettle",
        "telling": f"/requests/{post}/telling",
        "board": "/board",
        "post": f"/board/{post}",
        "roadmap": "/board/roadmap",
        "new": "/board/new",
        "way": f"/board/way?post={post}",
    }
    for name, path in paths.items():
        page.goto(served.url + path)
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        picture(page, f"{name}-{theme}-{size[0]}")


def test_a_vote_is_one_click_and_a_message_is_one_too(board: str, page: Page, served: Served) -> None:
    post = board.rpartition("/")[2]
    page.goto(f"{served.url}/board/{post}")
    page.click(".vote")
    expect(page.locator(".vote span")).to_have_text("1")
    page.goto(f"{served.url}/requests/messages?post={post}")
    page.locator("button:has-text('Vote for them')").first.click()
    expect(page.locator(".flash")).to_contain_text("They have voted")
    page.goto(board)
    expect(page.locator("blockquote.said")).to_have_count(1)
    expect(page.locator(".lede")).to_contain_text("2 people ask for it")
