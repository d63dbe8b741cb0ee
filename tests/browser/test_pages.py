"""What people see and do, in a real browser on a real server."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Served

pytestmark = pytest.mark.browser

PATHS = (
    "/scorecard", "/scorecard?audience=employee&by=channel", "/imports", "/settings", "/settings/mail",
    "/outbox", "/stopped-addresses", "/consents", "/requests", "/requests/messages", "/users", "/me",
    "/segments", "/segments/new", "/segments/new?audience=employee", "/journeys", "/journeys/new",
    "/journeys/found", "/journeys/paths?name=search", "/voice/drivers",
)  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


# Only what is wrong is told: a page has thousands of nodes that are right, each with its own description.
LOOK = """rules => axe
    .run({runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]})
    .then(told => told.violations.flatMap(
        one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`)))"""


def faults(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(LOOK, RULES)
    return found


def picture(page: Page, name: str) -> None:
    """A screenshot where somebody asked for them."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_pages_are_accessible_in_every_size_and_light(
    path: str, theme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    page.goto(served.url + path)
    for opener in page.locator("details.more > summary").all()[:2]:
        opener.click()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing hangs over the side"
    picture(page, f"{path.strip('/').partition('?')[0]}-{theme}-{size[0]}")


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/setup"])
def test_pages_for_strangers_are_accessible(path: str, browser: Browser, served: Served, owner: Path) -> None:
    page = browser.new_page()
    page.goto(served.url + path)
    assert faults(page) == []
    page.close()


def test_a_session_is_kept_on_the_machine_itself(page: Page, served: Served, browser: Browser) -> None:
    page.goto(served.url.replace("localhost", "127.0.0.1") + "/sign-in")
    page.fill("#f-email", "ada@example.com")
    page.fill("#f-password", "four words make one")
    page.click("button:has-text('Sign in')")
    page.wait_for_url("**/today")


def test_a_page_with_everything_is_at_most_100_kb(browser: Browser, owner: Path, served: Served) -> None:
    context = browser.new_context(storage_state=owner)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(served.url + "/scorecard", wait_until="networkidle")
    assert len(sizes) >= 5
    assert sum(sizes) <= 100_000
    context.close()


def test_nothing_leaves_the_host(page: Page, served: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PATHS:
        page.goto(served.url + path, wait_until="networkidle")
    assert [url for url in asked if not url.startswith(served.url)] == []


def test_the_theme_is_remembered(page: Page, served: Served) -> None:
    page.goto(served.url + "/scorecard")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-do=theme]")
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert before != after
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == after


def test_the_keyboard_moves_and_tells_how(page: Page, served: Served) -> None:
    page.goto(served.url + "/settings", wait_until="domcontentloaded")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("i")
    page.wait_for_timeout(500)
    assert not [url for url in asked if url.endswith("/imports")], "a letter alone moves nowhere"
    page.goto(served.url + "/scorecard")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/imports")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_every_chart_has_its_data_as_a_table_by_keyboard(page: Page, served: Served) -> None:
    page.goto(served.url + "/scorecard")
    page.locator("#survival details.data summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#survival table")).to_be_visible()
    assert faults(page) == []
    rows = page.locator("#survival tbody tr")
    first = rows.first.text_content()
    page.locator("#survival thead button").first.click()
    page.locator("#survival thead button").first.click()
    assert rows.first.text_content() != first, "a click on its head sorts it"


def test_the_filters_change_the_numbers_and_the_address(page: Page, served: Served) -> None:
    page.goto(served.url + "/scorecard")
    page.locator("input[name=audience][value=employee]").check()
    page.wait_for_url("**audience=employee**")
    expect(page.locator(".kpi h2").first).to_contain_text("Employee retention")
    page.select_option("select[name=by]", "channel")
    expect(page.locator("#segments-title")).to_contain_text("channel")
    page.go_back()
    page.wait_for_url("**audience=employee**")


def test_a_file_is_dropped_looked_at_taken_in_and_taken_back(
    page: Page, served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "answers.csv"
    rows = "".join(f"b{n},{n % 11},2026-09-{1 + n % 28},fine\n" for n in range(200)) + "b1,5,someday,no\n"
    file.write_text("person,score,date,comment\n" + rows)
    page.goto(served.url + "/imports")
    page.set_input_files("input[type=file]", file)
    page.wait_for_url("**/imports/imp_*")
    expect(page.locator("text=What it becomes")).to_be_visible()
    assert faults(page) == []
    picture(page, "import-plan")
    page.select_option("select[name='column.person']", "")
    expect(page.locator("text=No column names a person")).to_be_visible()
    page.select_option("select[name='column.person']", "person")
    expect(page.locator("text=No column names a person")).to_be_hidden()
    page.locator("button:has-text('Take it in')").first.click()
    expect(page.locator("text=Every row is accounted for")).to_be_visible(timeout=60_000)
    assert faults(page) == []
    picture(page, "import-done")
    page.click("text=Look at the parked rows")
    expect(page.locator("td", has_text="a date written")).to_be_visible()
    page.click("text=Back to the import")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('Take it back')")
    expect(page.locator("h2", has_text="Taken back")).to_be_visible(timeout=30_000)
