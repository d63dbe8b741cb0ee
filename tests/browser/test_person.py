"""A customer in a real browser: read in any light and on a phone, opened, filtered, and live."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def person(program: httpx.Client) -> str:
    """The busiest customer who spoke and was promised something."""
    for card in program.get("/customers?sort=signals").json()["people"]:
        found = program.get("/customers/person", params={"id": card["person"]}).json()
        if found["promises"] and found["hurts"] and len(found["feels"]["readings"]) > 1:
            return str(card["person"])
    raise AssertionError("nobody was promised anything")


@pytest.fixture(scope="module")
def key(program: httpx.Client) -> str:
    made = program.post("/sources", json={"name": "Chat"}).raise_for_status().json()
    return str(made["keys"][0]["key"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_in_every_size_and_light(
    scheme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served, person: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    page.goto(f"{served.url}/customers/person?id={person}")
    alike = page.locator("section[aria-labelledby=alike-title]")
    expect(alike.locator("text=/most like them|is known whether/")).to_be_visible(timeout=30_000)
    for opener in page.locator(".ln1 details.more > summary, details.visit > summary").all()[:3]:
        opener.click()
    page.evaluate("scrollTo(0, 0)")  # what lies under the bar at the top is no fault
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing hangs over the side"
    picture(page, f"customer-{scheme}-{size[0]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_likely_next_is_accessible_in_every_size_and_light(
    scheme: str,
    size: tuple[int, int],
    page: Page,
    context: BrowserContext,
    served: Served,
    person: str,
    program: httpx.Client,
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    learnt = {"id": person}
    awaited(lambda: program.get("/customers/person/next", params=learnt).json()["is_learnt"], "not learnt")
    for path in (f"/customers/person/next?id={person}", "/customers/likely?goal=theme"):
        page.goto(served.url + path)
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    page.goto(f"{served.url}/customers/person?id={person}")
    block = page.locator("section[aria-labelledby=next-title]")
    expect(block.locator("text=/came true for|Too few people|Nothing/").first).to_be_visible(timeout=30_000)


def test_a_hurt_leads_to_its_moment_and_kinds_are_kept(page: Page, served: Served, person: str) -> None:
    page.goto(f"{served.url}/customers/person?id={person}")
    page.locator(".hurts a").first.click()
    page.wait_for_url("**before=**")
    target = page.url.partition("#")[2]
    expect(page.locator(f"#{target}")).to_be_visible()
    page.locator("#timeline a:has-text('Newest')").click()
    page.wait_for_url(lambda url: "before=" not in url)
    page.select_option("#f-kind", "paid")
    page.wait_for_url("**kind=paid**")
    expect(page.locator("#timeline .ln1 .k-said")).to_have_count(0)
    expect(page.locator("#timeline .k-paid").first).to_be_visible()


def test_what_comes_is_shown_while_the_page_is_open(
    page: Page, served: Served, person: str, key: str
) -> None:
    with page.expect_response(lambda answer: "/customers/person/stream" in answer.url):
        page.goto(f"{served.url}/customers/person?id={person}", wait_until="domcontentloaded")
    page.wait_for_timeout(1_000)
    said = {"kind": "said", "person": person, "channel": "chat", "text": "Is anybody there <b>now</b>?"}
    sent = httpx.post(f"{served.url}/v1/signals", json=[said], headers={"Authorization": f"Bearer {key}"})
    sent.raise_for_status()
    fresh = page.locator("#timeline .ln1.fresh")
    expect(fresh).to_have_count(1, timeout=180_000)
    expect(fresh).to_contain_text("Is anybody there <b>now</b>?")
    expect(page.locator("[data-live-said]")).to_have_text("1 new")
