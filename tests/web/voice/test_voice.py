"""Voice over HTTP: themes, one of them, and who may not see them."""

import csv
import io
import re

import pytest

from emptychair.web.access import Who
from tests.web.conftest import Client


def test_the_page_begins_with_what_most_speak_of(client: Client) -> None:
    page = client(Who.AGENT).get("/voice").text
    assert (
        "<strong>grinder &lt;broke&gt;</strong> is what most people speak of: 80 of the 120 who spoke (67%)"
        in page
    )
    assert "<strong>40</strong> texts are under no theme" in page
    assert "adjusted Rand index of 0.71" in page
    assert "<broke>" not in page


def test_numbers_have_their_interval_and_what_is_missing(client: Client) -> None:
    found = client(Who.ANALYST).get("/voice.json").json()
    grinder, noise = found["themes"]
    assert (found["people"], found["texts"]) == (120, 120)
    assert found["missing"] == {"nameless": 0, "themeless": 40}
    assert (grinder["id"], grinder["people"], grinder["texts"]) == ("thm_grinder", 80, 80)
    assert grinder["share"]["value"] == pytest.approx(2 / 3)
    assert grinder["share"]["low"] == pytest.approx(0.578, abs=0.002)
    assert grinder["share"]["n"] == 120
    assert sum(grinder["tones"].values()) == 80
    assert grinder["unhappy"]["n"] == sum(
        grinder["tones"][one] for one in ("negative", "neutral", "positive")
    )
    assert sum(month["people"] for month in grinder["months"]) == 80, "each of them spoke once"
    assert noise["people"] == 20


def test_the_table_has_a_line_for_each_theme(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client(Who.LEAD).get("/voice.csv").content.decode("utf-8-sig"))))
    assert [(row["id"], row["people"]) for row in rows] == [("thm_grinder", "80"), ("thm_noise", "20")]


def test_a_shorter_period_has_fewer_people(client: Client) -> None:
    found = client(Who.LEAD).get("/voice.json?days=30").json()
    assert found["people"] < 120
    assert client(Who.LEAD).get("/voice.json?days=31").json()["people"] == 120, "only the periods there are"


def test_a_theme_has_its_words_the_same_ones_once(client: Client) -> None:
    found = client(Who.AGENT).get("/voice/themes/thm_grinder.json").json()
    assert len(found["quotes"]) == 41
    assert max(one["copies"] for one in found["quotes"]) == 40
    page = client(Who.AGENT).get("/voice/themes/thm_grinder").text
    assert "The grinder &lt;b&gt;broke&lt;/b&gt;" in page
    assert "said 40 times" in page
    assert 'rel="next"' in page
    assert "Grinder number" in client(Who.AGENT).get("/voice/themes/thm_grinder?page=2").text


def test_only_a_group_that_stands_out_is_marked(client: Client) -> None:
    page = client(Who.AGENT).get("/voice/themes/thm_grinder").text
    heads = re.findall(r'<th scope="row">(\w+: \w+)(.*?)</th>', page)
    assert {group for group, more in heads if "stands out" in more} == {"plan: barista", "plan: home"}
    assert {group for group, more in heads if not more} == {"country: de", "country: fr"}


def test_the_words_of_one_tone(client: Client) -> None:
    found = client(Who.AGENT).get("/voice/themes/thm_noise.json?tone=negative").json()
    assert {one["tone"] for one in found["quotes"]} == {"negative"}
    unsure = client(Who.AGENT).get("/voice/themes/thm_noise.json?tone=unsure").json()
    assert {one["tone"] for one in unsure["quotes"]} == {"unsure", None}


def test_a_theme_that_there_is_not_and_one_of_others(client: Client) -> None:
    assert client(Who.AGENT).get("/voice/themes/thm_nothing").status_code == 404
    assert client(Who.OWNER).get("/voice/themes/thm_rota").status_code == 404, "it is the employees'"


@pytest.mark.parametrize("path", ["/voice", "/voice/themes/thm_rota"])
@pytest.mark.parametrize(
    ("who", "status"),
    [(Who.VIEWER, 403), (Who.AGENT, 403), (Who.ANALYST, 403), (Who.LEAD, 200), (Who.OWNER, 200)],
)
def test_what_employees_say_is_for_leads(client: Client, who: Who, status: int, path: str) -> None:
    for twin in ("", ".json", ".csv"):
        assert client(who).get(f"{path}{twin}?audience=employee").status_code == status


def test_fewer_than_five_words_of_employees_are_told_nowhere(client: Client) -> None:
    found = client(Who.OWNER).get("/voice.json?audience=employee").json()
    assert [one["id"] for one in found["themes"]] == ["thm_rota"]
    assert client(Who.OWNER).get("/voice/themes/thm_pay.json?audience=employee").status_code == 404


def test_of_employees_words_under_a_tone_with_fewer_than_five_are_told_nowhere(client: Client) -> None:
    """Who knows that one of five was unhappy must not read who it was."""
    found = client(Who.OWNER).get("/voice/themes/thm_rota.json?audience=employee&tone=negative").json()
    assert found["quotes"] == []


def test_languages_that_the_model_does_not_know_are_told(client: Client) -> None:
    assert client(Who.AGENT).get("/voice.json").json()["unknown_languages"] == {"pt": 2}
    page = client(Who.AGENT).get("/voice").text
    assert "2 texts of this period are in languages that the model does not know (Portuguese 2)" in page
    employees = client(Who.OWNER).get("/voice.json?audience=employee").json()
    assert employees["unknown_languages"] == {}, "one text of an employee is told nowhere"
