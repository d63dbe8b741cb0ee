"""Ask over HTTP: evidence, counts, who may see whose, and prose that is checked, limited and audited."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk import audit
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.understand.ask.conftest import NOW, said, story
from tests.understand.ask.pretending import Model, model, saying
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE

SLOW = {"q": "Are refunds slow?"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asked")


@pytest.fixture(scope="module")
def ledger(home: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(home)
    employees = [
        said(f"e{n}", None, f"The rota number {n} is unfair and late.", audience=Audience.EMPLOYEE)
        for n in range(6)
    ]
    markup = said("html", "p30", "The grinder <script>alert('x')</script> is <b>loud</b>.")
    ledger.append([*story(), *employees, markup])
    ledger.load(NOW)
    room = ReadingRoom(ledger=ledger, folder=home / "language", model="fast", clock=lambda: NOW)
    room.read_waiting()
    room.close()
    yield ledger
    ledger.close()


@pytest.fixture
def app(ledger: Ledger, desk: Desk, home: Path, clock: Clock) -> FastAPI:
    clock.now = NOW
    return site(
        ledger=ledger,
        desk=desk,
        home=home,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        outside=Outside(clock=clock, allowed=networks("127.0.0.0/8")),
        local_token=TOKEN,
    )


@pytest.fixture
def writing(client: Client) -> Iterator[Model]:
    """A model that the owner set up."""
    with model() as told:
        said = {"writer_address": told.url, "writer_model": "tiny", "writer_key": "sesame"}
        assert client(Who.OWNER).post("/settings/models", data=said).status_code == 303
        yield told


def test_the_page_says_first_who_says_so_then_their_words(client: Client) -> None:
    page = client(Who.AGENT).get("/voice/ask", params=SLOW).text
    assert "of the 28 people who spoke in this period speak of it" in page
    assert "of the 23 who take a side say so" in page
    assert page.index("For it") < page.index("Against it") < page.index("About it, on no clear side")
    assert "<mark>" in page
    assert 'href="/customers/person?id=p' in page
    assert "1 text of this period is in a language that the model does not know" in page
    assert "said nothing at all in this period" in page
    loud = client(Who.AGENT).get("/voice/ask?q=Is+the+grinder+loud").text
    assert "&lt;b&gt;loud&lt;/b&gt;" in loud.replace("<mark>", "").replace("</mark>", "")
    assert "<script>alert" not in loud


def test_json_and_csv_have_the_same_evidence(client: Client) -> None:
    found = client(Who.ANALYST).get("/voice/ask.json", params=SLOW).json()
    assert (found["answered"], found["form"], found["sides"]["against"]) == (True, "claim", 4)
    assert found["silence"]["silent"]["people"] == 11
    text = client(Who.ANALYST).get("/voice/ask.csv", params=SLOW).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == [one["id"] for one in found["evidence"]]
    assert rows[0]["side"] == "for"


def test_before_a_question_and_without_a_word_the_page_says_what_to_do(client: Client) -> None:
    assert "What do you want to know?" in client(Who.AGENT).get("/voice/ask").text
    assert "There is no word in this question" in client(Who.AGENT).get("/voice/ask?q=%3F%3F").text
    assert client(Who.AGENT).get("/voice/ask.json").json()["reason"] == "empty"
    page = client(Who.AGENT).get("/voice/ask?q=zeppelins+over+berlin").text
    assert "Nobody spoke of it" in page


@pytest.mark.parametrize(
    "q",
    [
        "x" * 30_000,
        "🙂🙂",
        "ردّ المبلغ بطيء",
        "<script>alert(1)</script>",
        "%",
        '"refund" OR 1=1',
    ],
)
def test_any_question_gets_a_page_on_which_it_is_text(client: Client, q: str) -> None:
    answer = client(Who.AGENT).get("/voice/ask", params={"q": q})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert client(Who.AGENT).get("/voice/ask.json", params={"q": q}).status_code == 200


def test_a_megabyte_is_refused_or_cut(client: Client, writing: Model) -> None:
    assert client(Who.AGENT).post("/voice/ask/prose", data={"q": "refund " * 150_000}).status_code == 413
    assert writing.asked == []


def test_what_cannot_be_is_named(client: Client) -> None:
    answer = client(Who.TOKEN).get("/voice/ask.json?q=x&from=2026-02-31&audience=everybody")
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"from", "audience"}
    assert client(Who.TOKEN).get("/voice/ask.json?q=x&from=2026-02-03&to=2026-02-01").status_code == 422


def test_days_and_a_channel_limit_whose_words_count(client: Client) -> None:
    late = (
        client(Who.LEAD)
        .get("/voice/ask.json", params={**SLOW, "from": "2026-06-01", "to": "2026-06-30"})
        .json()
    )
    assert late["about"]["people"] < 10
    assert (
        client(Who.LEAD).get("/voice/ask.json", params={**SLOW, "from": "2030-01-01"}).json()["reason"]
        == "early"
    )
    assert "Nothing was said yet" in client(Who.LEAD).get("/voice/ask?q=refund&from=2030-01-01").text
    assert (
        client(Who.LEAD).get("/voice/ask.json", params={**SLOW, "to": "1990-01-01"}).json()["about"]["texts"]
        == 0
    )
    none = client(Who.LEAD).get("/voice/ask.json", params={**SLOW, "channel": "mail"}).json()
    assert none["about"]["texts"] == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [(Who.VIEWER, 403), (Who.AGENT, 403), (Who.ANALYST, 403), (Who.LEAD, 200), (Who.OWNER, 200)],
)
def test_what_employees_say_is_for_leads(client: Client, who: Who, status: int) -> None:
    for twin in ("", ".json", ".csv"):
        answer = client(who).get(f"/voice/ask{twin}?q=Is+the+rota+late&audience=employee")
        assert answer.status_code == status
        assert ("rota number" in answer.text) is (status == 200)


def test_without_a_model_nothing_can_be_written(client: Client) -> None:
    assert "Have it written up" not in client(Who.AGENT).get("/voice/ask", params=SLOW).text
    answer = client(Who.TOKEN).post("/voice/ask/prose.json", json=SLOW)
    assert answer.status_code == 422
    assert "No model is set up" in answer.json()["detail"]


def test_a_model_writes_and_what_does_not_hold_is_taken_out(client: Client, writing: Model) -> None:
    assert "Have it written up" in client(Who.AGENT).get("/voice/ask", params=SLOW).text
    writing.reply = lambda asked: saying('Some wait: "refund was slow" [e1]. It is "a catastrophe" [e1].')
    page = client(Who.AGENT).post("/voice/ask/prose", data=SLOW).text
    assert "Some wait: &#34;refund was slow&#34;." in page
    assert '<a href="#e1">[e1]</a>' in page
    assert "catastrophe" not in page
    assert "1 sentence was taken out: with a quote that nobody said (1)." in page
    data = client(Who.TOKEN).post("/voice/ask/prose.json", json=SLOW).json()["prose"]
    assert data["removed"] == {"quote": 1}
    assert "sesame" not in page


def test_a_model_that_is_down_leaves_the_evidence(client: Client, writing: Model) -> None:
    writing.reply = lambda asked: (503, b"")
    page = client(Who.AGENT).post("/voice/ask/prose", data=SLOW)
    assert page.status_code == 200
    assert "The model could not be asked" in page.text
    assert "The refund was slow" in page.text


def test_prose_is_written_down_without_the_question_and_limited_by_the_hour(
    client: Client, writing: Model, desk: Desk, clock: Clock
) -> None:
    client(Who.OWNER).post("/settings/models", data={"writer_hourly": "6"})
    bob, lea = client(Who.AGENT), client(Who.LEAD)
    assert [bob.post("/voice/ask/prose", data=SLOW).status_code for _ in range(3)] == [200, 200, 429]
    assert lea.post("/voice/ask/prose", data=SLOW).status_code == 200, "each has a third of the hour"
    with desk.read() as tx:
        entries = audit.page(tx, verb="write_answer")
    assert len(entries) == 3
    assert set(entries[0].details) == {"address", "model", "texts"}
    assert "refund" not in str(entries)
    clock.move(timedelta(hours=1, minutes=1))
    assert bob.post("/voice/ask/prose", data=SLOW).status_code == 200
    assert len(writing.asked) == 4


def test_what_employees_say_is_never_sent(client: Client, writing: Model) -> None:
    answer = client(Who.OWNER).post(
        "/voice/ask/prose", data={"q": "Is the rota late", "audience": "employee"}
    )
    assert answer.status_code == 422
    assert writing.asked == []


def test_models_are_set_up_by_owners_and_their_key_is_shown_to_nobody(client: Client, writing: Model) -> None:
    lead = client(Who.LEAD).get("/settings/models")
    assert lead.status_code == 200
    assert "disabled" in lead.text
    assert client(Who.LEAD).post("/settings/models", data={"writer_model": "other"}).status_code == 403
    data = client(Who.OWNER).get("/settings/models.json")
    assert data.json()["settings"]["writer_model"] == "tiny"
    assert data.json()["key_since"] is not None
    assert "sesame" not in data.text + client(Who.OWNER).get("/settings/models").text
    assert data.json()["reading"] == "static-256.1"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x/v1",
        "models.example.com",
        "https://user:word@models.example.com/v1",
        "https://",
        "http://[::1",
    ],
)
def test_an_address_that_is_none_is_refused_and_changes_nothing(client: Client, address: str) -> None:
    owner = client(Who.OWNER)
    answer = owner.post("/settings/models", data={"writer_address": address, "writer_model": "m"})
    assert answer.status_code == 422
    assert owner.get("/settings/models.json").json()["settings"]["writer_model"] == ""


def test_an_address_inside_the_house_is_refused(client: Client) -> None:
    answer = client(Who.OWNER).post("/settings/models", data={"writer_address": "http://10.0.0.7/v1"})
    assert answer.status_code == 422
    assert "EMPTYCHAIR_ALLOWED_NETWORKS" in answer.text
