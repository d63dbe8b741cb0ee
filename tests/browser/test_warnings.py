"""Early warnings in a real browser: looked for by the server, read in any light and on a phone, acted on."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def broken(program: httpx.Client) -> str:
    """The address of the warning of the release that broke signing in, when the server has looked."""

    def looked() -> list[dict[str, Any]]:
        found = program.get("/warnings").json()
        warnings: list[dict[str, Any]] = found["warnings"] if found["look"] else []
        return warnings

    found = awaited(looked, "nobody looked for trouble")
    mine = [one for one in found if one["key"] == "sign_in_failed"]
    assert [one["cell"] for one in mine] == [
        {"app_version": "4.2.0", "plan": "barista", "platform": "android"}
    ]
    return f"/warnings/{mine[0]['id']}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/today", "/warnings", ""])
def test_the_page_is_accessible_in_every_size_and_light(
    path: str,
    scheme: str,
    size: tuple[int, int],
    page: Page,
    context: BrowserContext,
    served: Served,
    broken: str,
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    page.goto(served.url + (path or broken), wait_until="networkidle")
    assert faults(page) == []
    picture(page, f"warnings-{path.strip('/') or 'one'}-{scheme}-{size[0]}")


def test_its_people_become_a_segment_and_it_is_dismissed(page: Page, served: Served, broken: str) -> None:
    page.goto(f"{served.url}/warnings")
    page.click("summary:has-text('Over, or dismissed')")
    page.click("a:has-text('Failure: sign_in_failed')")
    expect(page.locator("h1")).to_have_text("Failure: sign_in_failed")
    told = page.locator("#people-title").inner_text()
    page.fill("#f-name", "Locked out by 4.2.0")
    page.click("button:has-text('Save as a segment')")
    expect(page.locator("h1")).to_have_text("Locked out by 4.2.0")
    people = re.sub(r"\D", "", told)
    assert people in re.sub(r"[^\d ]", "", page.locator("main").inner_text().replace("\n", " ")).split()
    page.goto(served.url + broken)
    page.fill("#f-reason", "It was mended in 4.2.1")
    page.click("button:has-text('Dismiss it')")
    expect(page.locator("body")).to_contain_text("It was mended in 4.2.1")
