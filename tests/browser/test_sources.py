"""Sources in a real browser: the kinds, a form, and the mapping that is said on what came."""

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser
SECRET = "a shared secret, long enough"
REVIEW = {
    "type": "review",
    "rating": 4,
    "comment": "The grinder is loud.",
    "customer": {"email": "ada@example.com"},
}


@pytest.fixture(scope="module")
def hook(served: Served, browser: Browser, owner: str) -> str:
    """The page of a webhook to which two messages have come."""
    context = browser.new_context(storage_state=owner)
    page = context.new_page()
    page.goto(f"{served.url}/sources/kinds/webhook")
    page.fill("#f-name", "Shop")
    page.select_option("#f-scheme", "secret")
    page.fill("#f-secret", SECRET)
    page.click("button:has-text('Listen')")
    page.wait_for_url("**/sources/src_*")
    address = page.input_value("#hook input")
    for message in (REVIEW, {"type": "ping"}):
        assert httpx.post(address, json=message, headers={"X-Webhook-Secret": SECRET}).status_code == 200
    path = "/sources/" + address.rpartition("/")[2]
    context.close()
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/sources", "/sources/kinds", "/sources/kinds/feed", "/sources/kinds/mailbox", "", "/mapping"]
)
def test_pages_are_accessible_in_every_size_and_light(
    path: str,
    theme: str,
    size: tuple[int, int],
    hook: str,
    page: Page,
    context: BrowserContext,
    served: Served,
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    page.goto(served.url + (path if path.startswith("/sources") else hook + path))
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing hangs over the side"
    picture(page, f"sources-{path.strip('/').replace('/', '-') or 'one'}-{theme}-{size[0]}")


def typed(page: Page, name: str, value: str) -> None:
    """Type into a field and leave it, and wait for what is asked of the server meanwhile.

    It is asked 400 ms after the last letter; a question that another replaces is broken off, and the
    console says so.
    """
    page.fill(f"[name='{name}']", value)
    page.wait_for_timeout(500)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator(f"[name='{name}']").blur()
    page.wait_for_timeout(100)
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_signals_appear_while_the_mapping_is_written(hook: str, page: Page, served: Served) -> None:
    page.goto(f"{served.url}{hook}/mapping")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("The grinder is loud.")
    typed(page, "case.0.text", "= nothing")
    expect(preview).to_contain_text("nothing")
    expect(preview).not_to_contain_text("The grinder is loud.")
    typed(page, "case.0.person", "a..b")
    expect(preview).to_contain_text("is no path")
    typed(page, "case.0.person", "customer.email")
    typed(page, "case.0.when", "type")
    typed(page, "case.0.is", "review")
    typed(page, "case.0.text", "comment")
    expect(preview).to_contain_text("not wanted")
    page.click("button:has-text('Keep it')")
    page.wait_for_url("**?done=mapped")
    expect(page.locator("main")).to_contain_text("1 kind of item is known.")


def test_a_trial_says_what_is_wrong_beside_the_form(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/sources/kinds/feed")
    page.fill("#f-name", "Blog")
    page.fill("#f-address", "http://169.254.169.254/feed")
    page.click("button:has-text('Test connection')")
    expect(page.locator("#trial")).to_contain_text("EMPTYCHAIR_ALLOWED_NETWORKS")
    assert page.input_value("#f-address") == "http://169.254.169.254/feed", "what was typed stays"
