"""Research in a real browser: an interview is read in and highlighted without a mouse, and with one."""

import re

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, awaited
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser

TEXT = """Interviewer: What happened when you set it up?
Maya: It took two hours. The app asked me to descale before the first cup.
Interviewer: And then?
Maya: I called, and they stayed on the line until the coffee came."""


@pytest.fixture
def interview(page: Page, served: Served) -> str:
    """The address of an interview that was written down, consented to and pasted by hand."""
    page.goto(f"{served.url}/voice/research")
    if not page.locator("#f-consent_how").is_visible():
        page.click("summary:has-text('Write an interview down')")
    page.fill("#f-title", "First week")
    page.fill("#f-participant", "Maya")
    page.fill("#f-held_at", "2026-01-20T09:00")
    page.fill("#f-consent_how", "On the recording")
    page.locator("form[action='/voice/research/sessions'] button").click()
    expect(page.locator("h1")).to_have_text("First week")
    page.click("summary:has-text('Or paste it')")
    page.fill("#f-text", TEXT)
    page.locator("form:has(#f-text) button").click()
    expect(page.locator(".turn")).to_have_count(4)
    return page.url.partition("?")[0]


def test_words_are_highlighted_with_the_keyboard_alone(page: Page, interview: str) -> None:
    page.goto(interview)
    page.locator("#turn-1 summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#a-1")).to_be_focused()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    expect(page.locator("#b-1")).to_be_focused()
    page.keyboard.type("10")
    expect(page.locator("#turn-1 output")).to_have_text("“The app asked me to descale”")
    page.keyboard.press("Tab")
    page.keyboard.type("set-up")
    page.keyboard.press("Enter")
    expect(page.locator("#turn-1 .words mark")).to_have_text("The app asked me to descale")
    page.locator("#turn-1 .lit summary").focus()
    page.keyboard.press("Enter")
    page.locator("#turn-1 .lit button:has-text('Remove')").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#turn-1 .words mark")).to_have_count(0)
    page.locator("button:has-text('Undo')").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#turn-1 .words mark")).to_have_text("The app asked me to descale")


def test_words_are_chosen_with_the_mouse(page: Page, interview: str) -> None:
    page.goto(interview)
    page.locator("#turn-3 .words").dblclick(position={"x": 30, "y": 10})
    expect(page.locator("#turn-3 output")).to_have_text("“called,”")
    page.locator("#turn-3 button:has-text('Highlight it')").click()
    expect(page.locator("#turn-3 .words mark")).to_have_text("called,")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_in_every_size_and_light(
    scheme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served, interview: str
) -> None:
    page.goto(f"{served.url}/voice/research")
    page.click("summary:has-text('Write an insight down')")
    page.fill("#f-statement", f"The first hour decides, {scheme} {size[0]}")
    page.locator("form[action='/voice/research/insights'] button").click()
    insight = page.url
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    new = f"{served.url}/voice/research/studies/new"
    for name, address in (
        ("all", f"{served.url}/voice/research"), ("interview", interview), ("insight", f"{insight}?q=refund"),
        ("search", f"{served.url}/voice/research/search?q=descale"), ("new-study", new),
        ("studies", f"{served.url}/voice/research/studies"),
    ):  # fmt: skip
        page.goto(address, wait_until="networkidle")
        assert faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
        picture(page, f"research-{name}-{scheme}-{size[0]}")
    page.goto(new)
    page.fill("#f-title", "Talks about the first hour")
    page.fill("#f-size", "5")
    page.click("button:has-text('Draw them')")
    page.wait_for_url("**/studies/stu_*")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    picture(page, f"research-study-{scheme}-{size[0]}")


def test_who_is_asked_chooses_a_time_on_an_accessible_page(
    page: Page, served: Served, program: httpx.Client
) -> None:
    page.goto(f"{served.url}/voice/research/studies/new")
    page.fill("#f-title", "Talks about mornings")
    page.fill("#f-size", "2")
    page.click("button:has-text('Draw them')")
    page.wait_for_url("**/studies/stu_*")
    page.fill("#f-starts", "2030-01-15 14:00\n2030-01-16 09:30")
    page.click("button:has-text('Offer them')")
    page.locator("form[action$='/inviting'] button").click()
    expect(page.locator(".flash")).to_contain_text("Letters are on their way")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(link_of(program), wait_until="networkidle")
    assert faults(page) == []
    picture(page, "research-appointment-phone")
    page.click("button:has-text('Take this time')")
    expect(page.locator(".flash")).to_contain_text("A letter with the time is on its way")
    expect(page.locator("a:has-text('Into my calendar')")).to_be_visible()
    assert faults(page) == []


def link_of(program: httpx.Client) -> str:
    """The link in a letter that invites to an interview, when one was written."""

    def found() -> str:
        for message in program.get("/outbox?search=May+we+ask").json()["messages"]:
            letter = program.get(f"/outbox/{message['id']}").text
            link = re.search(r"https?://[^\s\"\\\\]+/interviews/[\w-]+", letter)
            if link is not None:
                return link[0]
        return ""

    return awaited(found, "nobody was written to")
