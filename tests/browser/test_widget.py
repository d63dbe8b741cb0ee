"""The widget in pages of a product that allow nothing but it, in a real browser."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser
SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Shop</title>{head}</head><body><main>
<h1>Kettles</h1><button id="first">Ours</button></main></body></html>"""


class Shop(BaseHTTPRequestHandler):
    """A page of a product under a policy that allows its own files, and one foreign script."""

    line = ""
    policy = ""

    def do_GET(self) -> None:
        body = SHOP.format(head=self.line).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def asked(page: Page, served: Served) -> Iterator[None]:
    """A survey that is shown inside the product; other tests' surveys are closed again."""
    page.goto(f"{served.url}/sources")
    page.fill("#f-name", "Shop")
    page.get_by_role("button", name="Listen").click()
    page.wait_for_url("**/sources/src_**")
    page.goto(f"{served.url}/surveys")
    page.get_by_role("button", name="Begin: After support").click()
    page.wait_for_url("**/edit")
    survey = page.url
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url("**?done=opened")
    page.goto(survey.replace("/edit", "/sharing"))
    page.check("[name=is_on]")
    page.fill("#f-delay", "0")
    page.locator("form", has=page.locator("[name=is_on]")).get_by_role("button", name="Save").click()
    page.wait_for_url("**/sharing?done=saved#widget")
    Shop.line = page.input_value("#f-line-1")
    Shop.policy = (
        f"default-src 'self'; script-src {served.url}; connect-src {served.url}; style-src 'self'; "
        "require-trusted-types-for 'script'"
    )
    yield
    page.goto(survey.replace("/edit", ""))
    page.get_by_role("button", name="Close", exact=True).click(no_wait_after=False)


@pytest.fixture
def visit(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


def opened(visit: BrowserContext, shop: str, problems: list[str]) -> Page:
    page = visit.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type in {"error", "warning"} else None)
    page.goto(shop)
    return page


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", (1280, 800)), ("dark", (1280, 800)), ("light", (390, 844))]
)
def test_it_asks_under_a_strict_policy_and_what_is_answered_arrives(
    scheme: str, size: tuple[int, int], asked: None, browser: Browser, shop: str, page: Page, served: Served
) -> None:
    problems: list[str] = []
    visit = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        viewport={"width": size[0], "height": size[1]},
    )
    there = opened(visit, shop, problems)
    box = there.get_by_role("dialog", name="About the help you got")
    expect(box).to_be_visible()
    assert box.evaluate("box => getComputedStyle(box).position") == "fixed", "its styles are in force"
    assert faults(there) == []
    picture(there, f"widget-{scheme}-{size[0]}")
    box.get_by_label(re.compile("^6$")).check(force=True)
    expect(box.get_by_text("Is your issue solved?")).to_be_visible()
    box.get_by_text("Partly").click()
    box.get_by_role("button", name="Next").click()
    expect(box.get_by_label("What made it easy or hard?")).to_be_focused()
    assert faults(there) == []
    box.get_by_label("What made it easy or hard?").fill("Two calls, <b>one</b> answer")
    box.get_by_role("button", name="Send").click()
    expect(there.get_by_role("heading", name="Thank you")).to_be_focused()
    assert problems == []
    visit.close()


def test_escape_sends_it_away_and_focus_goes_back(asked: None, visit: BrowserContext, shop: str) -> None:
    problems: list[str] = []
    there = opened(visit, shop, problems)
    box = there.get_by_role("dialog")
    expect(box).to_be_visible()
    there.locator("#first").focus()
    assert there.evaluate("document.activeElement.id") == "first", "it has not taken the focus"
    box.get_by_role("button", name="Close").focus()
    with there.expect_response("**/widget/dismissal"):
        there.keyboard.press("Escape")
    expect(box).to_have_count(0)
    there.reload()
    there.wait_for_timeout(1_500)
    expect(there.get_by_role("dialog")).to_have_count(0)
    assert problems == []


def test_what_is_lacking_is_said_in_it(asked: None, visit: BrowserContext, shop: str) -> None:
    there = opened(visit, shop, [])
    box = there.get_by_role("dialog")
    box.get_by_role("button", name="Next").click()
    expect(box.get_by_text("Please answer this question.")).to_be_visible()
    assert faults(there) == []


def test_a_product_without_storage_or_with_a_broken_server_is_not_disturbed(
    asked: None, visit: BrowserContext, shop: str, served: Served
) -> None:
    problems: list[str] = []
    visit.route(f"{served.url}/widget/offer", lambda route: route.fulfill(status=500, body="no"))
    there = visit.new_page()
    there.on("pageerror", lambda error: problems.append(str(error)))
    there.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    there.goto(shop)
    there.wait_for_timeout(800)
    expect(there.get_by_role("dialog")).to_have_count(0)
    assert problems == []


def test_it_reads_the_ids_of_the_libraries_that_are_there_and_hears_their_events(
    asked: None, visit: BrowserContext, shop: str
) -> None:
    there = visit.new_page()
    there.add_init_script(
        """window.heard = {}; window.analytics = { on: (name, call) => { window.heard[name] = call; },
        user: () => ({ id: () => "ada", anonymousId: () => "anon-of-segment" }) };"""
    )
    with there.expect_request("**/widget/offer") as offer:
        there.goto(shop)
    sent = offer.value.post_data or ""
    assert "user_id=ada" in sent
    assert "anonymous_id=anon-of-segment" in sent
    assert there.evaluate("typeof window.heard.track") == "function"
    assert json.loads(there.evaluate("JSON.stringify(Object.keys(window.emptyChair).sort())")) == [
        "event",
        "identify",
        "page",
        "push",
    ]
