"""Surveys in a real browser: built, previewed, opened, and answered on a phone with and without scripts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import faults, picture

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def built(browser: Browser, owner: Path, served: Served) -> str:
    """A survey with one page of every kind of question, built by hand, by the address of its builder."""
    context = browser.new_context(storage_state=owner, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{served.url}/surveys")
    page.get_by_role("button", name="Begin: Relationship NPS").click()
    page.wait_for_url("**/edit")
    address = page.url
    for kind in ("csat", "ces", "single", "multiple", "ranking", "matrix", "scale"):
        page.select_option("#f-kind", kind)
        page.get_by_role("button", name="Add a question").click()
        page.wait_for_load_state()
        for box in page.locator("form#question .choice input.in").all():
            box.fill(f"Something {box.get_attribute('name')}")
        if not page.input_value("#f-text"):
            page.fill("#f-text", f"What about {kind}?")
        page.get_by_role("button", name="Save", exact=True).last.click()
        page.wait_for_load_state()
    context.close()
    return address


@pytest.fixture
def survey(page: Page, served: Served, built: str) -> str:
    """A copy of it that is open."""
    copying = built.replace("/edit", "/copying.json")
    copied = page.request.post(copying, headers={"Origin": served.url}).json()
    address = f"{served.url}/surveys/{copied['id']}/edit"
    page.goto(address)
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url("**?done=opened")
    return address


def address_of(page: Page, survey: str) -> str:
    page.goto(survey.replace("/edit", "/sharing"))
    return page.input_value("#f-link")


def test_the_builder_shows_what_is_typed_at_once_and_undoes_it(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/surveys")
    page.get_by_role("button", name="Begin: Relationship NPS").click()
    page.wait_for_url("**/edit")
    page.fill("#f-text", "How likely, really?")
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text("How likely, really?")
    expect(page.locator("#f-help")).to_be_focused()
    page.locator("#preview label", has_text=re.compile("^9$")).click()
    page.locator("#preview button.go").click()
    expect(page.locator("#preview")).to_contain_text("What is the main reason")
    page.get_by_role("button", name="Undo: question 1 changed").click()
    expect(page.locator("#preview")).to_contain_text("How likely are you to recommend us")
    page.get_by_role("button", name="Move question 1 down").press("Enter")
    expect(page.locator(".outline li").nth(1)).to_contain_text("main reason")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_surveys_are_accessible(
    theme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served, survey: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    for name, path in {
        "builder": "/edit",
        "builder-choices": "/edit?question=q3",
        "builder-survey": "/edit?question=survey",
        "sharing": "/sharing",
        "results": "",
        "samples": "/draws",
        "words": "/quotes",
        "answers": "/responses",
        "preview": "/preview",
    }.items():
        page.goto(survey.replace("/edit", path))
        for opener in page.locator("details.more > summary").all():
            opener.click()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")  # from under the tabs of a phone
        assert faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
        picture(page, f"survey-{name}-{theme}-{size[0]}")
    page.goto(f"{served.url}/surveys")
    assert faults(page) == []
    picture(page, f"surveys-{theme}-{size[0]}")


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_a_survey_is_answered_on_a_phone_and_every_page_is_accessible(
    scheme: str, browser: Browser, page: Page, served: Served, survey: str
) -> None:
    address = address_of(page, survey)
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    phone = context.new_page()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(address)
    for number in range(12):
        if phone.locator(".over").count():
            break
        assert faults(phone) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        picture(phone, f"asked-{number}-{scheme}-390")
        answer(phone)
        phone.locator(".foot .go").click()
        phone.wait_for_load_state()
    expect(phone.locator(".over")).to_contain_text("Thank you")
    assert faults(phone) == []
    assert [url for url in asked if not url.startswith(served.url)] == []
    context.close()


def answer(phone: Page) -> None:
    """Answer what stands on the page, by the labels that people press."""
    for question in phone.locator("[data-question]:visible").all():
        if question.locator("textarea").count():
            question.locator("textarea").fill("It keeps my tea warm.")
        elif question.locator("select").count():
            for place, box in enumerate(question.locator("select").all(), 1):
                box.select_option(str(place))
        elif question.locator(".cells").count():
            for row in question.locator(".cells").all():
                row.locator(".opt").first.click()
        elif question.locator(".opt").count():
            question.locator(".opt").first.click()
        else:
            question.locator(".steps11 label").last.click()


def test_a_survey_is_answered_without_scripts(browser: Browser, page: Page, survey: str) -> None:
    address = address_of(page, survey)
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    phone = context.new_page()
    phone.goto(address)
    for _ in range(12):
        if phone.locator(".over").count():
            break
        answer(phone)
        phone.locator(".foot .go").click()
    expect(phone.locator(".over")).to_contain_text("Thank you")
    context.close()


def test_an_employee_answers_by_a_single_use_link_and_the_pages_around_it_are_accessible(
    browser: Browser, page: Page, served: Served
) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{served.url}/surveys")
    page.get_by_role("button", name="Begin: eNPS pulse").click()
    page.wait_for_url("**/edit")
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url("**?done=opened")
    results = page.url.partition("?")[0]
    page.goto(f"{results}/sharing")
    page.fill("#f-count", "5")
    picture(page, "survey-employees-sharing-390")
    assert faults(page) == []
    page.get_by_role("button", name="Make links", exact=True).click()
    page.wait_for_url("**/ballots")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    picture(page, "survey-employees-links-390")
    link = page.locator("td.mono").first.inner_text()
    context = browser.new_context(viewport=PHONE)
    phone = context.new_page()
    phone.goto(link)
    for step in range(4):
        if phone.locator(".over").count():
            break
        if step == 1:
            phone.locator(".foot button[value=back]").click()
            expect(phone.locator(".steps11 input:checked")).to_have_value("10")
            phone.locator(".foot .go").click()
            expect(phone.locator("textarea")).to_be_visible()
        assert faults(phone) == []
        answer(phone)
        phone.locator(".foot .go").click()
        phone.wait_for_load_state()
    expect(phone.locator(".over")).to_contain_text("Thank you")
    phone.goto(link)
    expect(phone.locator(".over")).to_contain_text("Thank you")
    context.close()
    page.goto(results)
    expect(page.locator("main")).to_contain_text("Nothing is shown yet")
    assert faults(page) == []
    picture(page, "survey-employees-results-390")


def test_an_answer_is_kept_before_any_button_is_pressed(browser: Browser, page: Page, survey: str) -> None:
    address = address_of(page, survey)
    context = browser.new_context(viewport=PHONE)
    phone = context.new_page()
    phone.goto(address)
    with phone.expect_response("**/saving"):
        phone.locator(".steps11 label").nth(4).click()
    phone.reload()
    expect(phone.locator(".steps11 input").nth(4)).to_be_checked()
    context.close()


def test_a_score_chosen_in_a_mail_is_kept_when_a_person_moves_and_not_before(
    browser: Browser, page: Page, served: Served, survey: str
) -> None:
    page.goto(survey.replace("/edit", "/draws"))
    page.fill("#f-people", "somebody")
    page.fill("#f-size", "1")
    page.check("[name=deliver][value=links]")
    page.get_by_role("button", name="Draw and invite").click()
    page.wait_for_url("**/draws?done=drawn")
    href = page.get_by_role("link", name="Their links").get_attribute("href") or ""
    told = page.request.get(served.url + href.replace(".csv", ".json")).json()
    link = told["links"][0]["link"]
    link = served.url + link[link.index("/s/") :]
    context = browser.new_context(viewport=PHONE)
    scanner = context.new_page()
    asked: list[str] = []
    scanner.on("request", lambda request: asked.append(request.method))
    scanner.goto(f"{link}&score=9", wait_until="networkidle")
    expect(scanner.locator(".steps11 input").nth(9)).to_be_checked()
    assert "POST" not in asked
    with scanner.expect_response("**/saving") as kept:
        scanner.mouse.move(100, 200)
    assert kept.value.ok
    scanner.reload()
    expect(scanner.locator(".steps11 input").nth(9)).to_be_checked()
    context.close()


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 2_000_000


@pytest.mark.parametrize(
    ("has_scripts", "scheme"),
    [
        (True, "dark"),
        (False, "light"),
        pytest.param(True, "light", marks=pytest.mark.slow),
        pytest.param(False, "dark", marks=pytest.mark.slow),
    ],
)
def test_files_are_attached_on_a_phone_and_saved_by_who_may_see_them(
    scheme: str, has_scripts: bool, browser: Browser, page: Page, served: Served
) -> None:
    page.context.add_cookies([{"name": "theme", "value": scheme, "url": served.url}])
    page.goto(f"{served.url}/surveys")
    page.get_by_role("button", name="Begin: Relationship NPS").click()
    page.wait_for_url("**/edit")
    builder = page.url
    page.select_option("#f-kind", "file")
    page.get_by_role("button", name="Add a question").click()
    page.wait_for_load_state()
    page.fill("#f-text", "Would you show us where it went wrong?")
    page.fill("#f-most", "3")
    page.check("[name=is_with_previous]")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_load_state()
    expect(page.locator("#preview")).to_contain_text("Up to 3 files of at most 10 MB each")
    assert faults(page) == []
    picture(page, f"survey-builder-files-{scheme}-{has_scripts}")
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url("**?done=opened")
    context = browser.new_context(
        viewport=PHONE,
        color_scheme=scheme,
        java_script_enabled=has_scripts,  # type: ignore[arg-type]
    )
    phone = context.new_page()
    phone.goto(address_of(page, builder))
    phone.locator(".steps11 label").nth(3).click()
    boxes = phone.locator("input[type=file]")
    boxes.set_input_files(
        [
            {
                "name": "A screenshot of where it went wrong, with a long name.png",
                "mimeType": "image/png",
                "buffer": PNG,
            },
            {"name": "page.png", "mimeType": "image/png", "buffer": b"<html>"},
        ]
    )
    phone.locator(".foot .go").click()
    expect(phone.locator(".bad")).to_contain_text("“page.png” is none of the kinds of files")
    expect(phone.locator(".files")).to_contain_text("with a long name.png")
    expect(phone.locator(".steps11 input").nth(3)).to_be_checked()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if has_scripts:
        assert faults(phone) == []
        expect(boxes).to_be_focused()
    picture(phone, f"asked-files-{scheme}-{has_scripts}-390")
    phone.wait_for_timeout(2_000)  # a program would be faster, and left out
    boxes.set_input_files([{"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 "}])
    for _ in range(3):
        phone.locator(".foot .go").click()
        phone.wait_for_load_state()
    expect(phone.locator(".over")).to_contain_text("Thank you")
    context.close()
    page.goto(builder.replace("/edit", ""))
    expect(page.locator("main")).to_contain_text("2 files are attached")
    picture(page, f"survey-results-files-{scheme}-{has_scripts}")
    page.get_by_role("link", name="all of them").click()
    assert faults(page) == []
    picture(page, f"survey-files-{scheme}-{has_scripts}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="bill.pdf").click()
    assert saved.value.suggested_filename == "bill.pdf"
    assert saved.value.path().read_bytes() == b"%PDF-1.7 "


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_who_did_not_answer_is_found_by_a_field_and_leads_to_the_person(
    theme: str, size: tuple[int, int], page: Page, context: BrowserContext, served: Served, survey: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    page.goto(survey.replace("/edit", "/draws"))
    page.fill("#f-people", "somebody")
    page.select_option("#f-reminders", "2")
    page.get_by_role("button", name="Draw and invite").click()
    page.wait_for_url("**/draws?done=drawn")
    page.get_by_label("after days").fill("10")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/draws?done=reminders")
    expect(page.get_by_label("after days")).to_have_value("10")
    expect(page.locator("main")).to_contain_text("Completed after a reminder")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    picture(page, f"survey-reminders-{theme}-{size[0]}")
    page.fill("#f-since", "36000")
    page.fill("#f-size", "60")
    page.check("[name=deliver][value=links]")
    page.get_by_role("button", name="Draw and invite").click()
    page.wait_for_url("**/draws?done=drawn")
    href = page.get_by_role("link", name="Their links").get_attribute("href") or ""
    page.request.get(served.url + href.replace(".csv", ".json"))
    page.get_by_role("link", name="Who answered, by any field").first.click()
    expect(page.locator("h1")).to_have_text("Who answered, and who did not")
    page.wait_for_load_state()  # a choice is sent by the script, which comes after the heading
    page.select_option("#f-by", "country")
    page.wait_for_url("**by=country**")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    picture(page, f"survey-who-answered-{theme}-{size[0]}")
    page.get_by_role("link", name="Who did not: ").first.click()
    expect(page.locator("#f-by")).to_have_value("country")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    picture(page, f"survey-did-not-answer-{theme}-{size[0]}")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/customers/person?id=**")
