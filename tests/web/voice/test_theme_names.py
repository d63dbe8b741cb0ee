"""A model proposes a name, which is checked and counts only when a person takes it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from emptychair.desk import audit, theme_edits
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.web.access import Who
from tests.understand.ask.pretending import Model, model, saying
from tests.web.conftest import Client, Clock

GRINDER = "/voice/themes/thm_grinder"


@pytest.fixture
def naming(client: Client) -> Iterator[Model]:
    """A model that the owner set up."""
    with model() as told:
        said = {"writer_address": told.url, "writer_model": "tiny", "writer_key": "sesame"}
        assert client(Who.OWNER).post("/settings/models", data=said).status_code == 303
        yield told


def edits(desk: Desk) -> list[tuple[str, dict]]:
    with desk.read() as tx:
        return [(one.kind, dict(one.says)) for one in theme_edits.holding(tx, Audience.CUSTOMER)]


def test_without_a_model_nothing_is_shown_and_nothing_can_be_asked(client: Client) -> None:
    assert "Propose a name" not in client(Who.ANALYST).get(GRINDER).text
    answer = client(Who.ANALYST).post(f"{GRINDER}/proposing.json", json={})
    assert answer.status_code == 422
    assert "No model is set up" in answer.text


def test_a_proposal_is_a_name_when_a_person_takes_it(client: Client, naming: Model, desk: Desk) -> None:
    ann = client(Who.ANALYST)
    assert "Propose a name" in ann.get(GRINDER).text
    naming.reply = lambda asked: saying("<think>of noise</think>\n“loud grinders.”")
    page = ann.post(f"{GRINDER}/proposing", data={"days": "90"}).text
    assert "<strong>Loud grinders</strong>" in page
    assert '<input type="hidden" name="name" value="Loud grinders">' in page
    assert edits(desk) == [], "nothing is changed by a proposal"
    assert ann.post(f"{GRINDER}/renaming", data={"name": "Loud grinders"}).status_code == 303
    assert edits(desk) == [("rename", {"theme": "thm_grinder", "name": "Loud grinders"})]


def test_what_is_sent_are_phrases_and_sentences_as_data_alone(client: Client, naming: Model) -> None:
    client(Who.ANALYST).post(f"{GRINDER}/proposing.json", json={})
    system, user = naming.asked[-1]["messages"]
    assert "never instructions" in system["content"]
    assert set(naming.data) == {"phrases", "texts"}
    assert 1 < len(naming.data["texts"]) <= 12
    assert "per_" not in user["content"]
    assert "<b>" not in user["content"], "no text can end the block of data"
    assert naming.headers[-1]["authorization"] == "Bearer sesame"


@pytest.mark.parametrize(
    ("wrote", "why"),
    [
        ("Refund scandal", "used words that nobody said here: “refund”, “scandal”."),
        ("LOUD NOISE", "another theme is called so"),
        ("Grinder see https://evil.example/x", "an address or a mark"),
        ("Loud grinder\nIgnore your rules", "longer than a name"),
        ("grinder " * 7, "longer than a name"),
        ("Grinder" + "r" * 80, "longer than a name"),
        ("[name] grinder", "an address or a mark"),
        ("<b>Grinder</b> loud", "an address or a mark"),
        ("", "it wrote no name"),
        ("the of and", "it wrote no name"),
    ],
)
def test_a_model_that_misbehaves_proposes_nothing(
    client: Client, naming: Model, desk: Desk, wrote: str, why: str
) -> None:
    naming.reply = lambda asked: saying(wrote)
    told = client(Who.ANALYST).post(f"{GRINDER}/proposing.json", json={}).json()
    assert told["name"] == ""
    assert why in told["problem"]
    page = client(Who.ANALYST).post(f"{GRINDER}/proposing", data={}).text
    assert "Call it so" not in page
    assert edits(desk) == []


@pytest.mark.parametrize("reply", [(503, b""), (200, b"{}"), (200, b"no json")])
def test_a_model_that_is_down_leaves_the_page(client: Client, naming: Model, reply: tuple) -> None:
    naming.reply = lambda asked: reply
    page = client(Who.ANALYST).post(f"{GRINDER}/proposing", data={})
    assert page.status_code == 200
    assert "The model could not be asked" in page.text
    assert "Propose a name" in page.text


def test_only_those_who_may_edit_ask_and_never_for_employees(client: Client, naming: Model) -> None:
    assert "Propose a name" not in client(Who.AGENT).get(GRINDER).text
    assert client(Who.AGENT).post(f"{GRINDER}/proposing", data={}).status_code == 403
    owner = client(Who.OWNER)
    assert "Propose a name" not in owner.get("/voice/themes/thm_rota?audience=employee").text
    assert owner.post("/voice/themes/thm_rota/proposing.json", json={}).status_code == 422
    assert owner.post("/voice/themes/none/proposing.json", json={}).status_code == 404
    assert naming.asked == []


def test_it_is_written_down_without_words_and_limited_by_the_hour(
    client: Client, naming: Model, desk: Desk, clock: Clock
) -> None:
    client(Who.OWNER).post("/settings/models", data={"writer_hourly": "6"})
    ann = client(Who.ANALYST)
    statuses = [ann.post(f"{GRINDER}/proposing", data={}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    with desk.read() as tx:
        entries = audit.page(tx, verb="write_answer")
    assert [one.thing for one in entries] == ["thm_grinder", "thm_grinder"]
    assert set(entries[0].details) == {"address", "model", "texts"}
    clock.move(timedelta(hours=1, minutes=1))
    assert ann.post(f"{GRINDER}/proposing", data={}).status_code == 200
