"""Voice in a real browser: themes are found, read in any light and on a phone, and renamed."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def theme(program: httpx.Client) -> str:
    """The id of the theme of which most people speak, when themes are found."""

    def found() -> str:
        themes = program.get("/voice?days=365").json()["themes"]
        return str(themes[0]["id"]) if len(themes) >= 5 else ""

    return awaited(found, "no themes were found")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/voice?days=365", "/voice/themes/{}?days=365", "/voice/aspects?days=365"])
def test_the_page_is_accessible_in_every_size_and_light(
    path: str,
    scheme: str,
    size: tuple[int, int],
    page: Page,
    context: BrowserContext,
    served: Served,
    theme: str,
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    page.goto(served.url + path.format(theme), wait_until="networkidle")
    assert faults(page) == []
    name = "theme" if "{}" in path else "aspects" if "aspects" in path else "all"
    picture(page, f"voice-{name}-{scheme}-{size[0]}")


def test_a_theme_is_opened_renamed_and_its_name_taken_back(page: Page, served: Served, theme: str) -> None:
    page.goto(f"{served.url}/voice/themes/{theme}?days=365")
    expect(page.locator(".quote mark").first).to_be_visible()
    page.fill("#f-name", "What it costs")
    page.click("button:has-text('Rename')")
    expect(page.locator("h1")).to_have_text("What it costs")
    page.wait_for_load_state()  # keys are the script's, which comes after the heading
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/voice")
    expect(page.locator("body")).to_contain_text("is called What it costs")
    page.locator("button:has-text('Undo')").first.click()
    expect(page.locator("body")).to_contain_text("Taken back")


def test_an_aspect_is_opened_and_its_words_are_of_the_side_that_is_chosen(
    page: Page, served: Served, theme: str
) -> None:
    page.goto(f"{served.url}/voice/aspects?days=365")
    page.locator("tbody th a").first.click()
    expect(page.locator(".quote mark").first).to_be_visible()
    page.wait_for_load_state()
    page.select_option("#f-side", "good")
    page.wait_for_url("**side=good")
    expect(page.locator(".heard .chip.warn")).to_have_count(0)
