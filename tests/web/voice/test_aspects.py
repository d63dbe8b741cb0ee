"""What is good and what is bad over HTTP: aspects, their sides, the words, and who may see whose."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS
from emptychair.listen.intake.reception import Reception
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE
from tests.web.voice.conftest import AT, theme

GOOD = [
    "I love the grinder, it is great!",
    "The grinder is wonderful.",
    "My grinder is excellent, thank you so much.",
    "The grinder is the best, I am so happy with it.",
    "What a beautiful grinder!",
]
BAD = [
    "The delivery was terrible.",
    "My delivery was awful and I am very angry.",
    "I hate the delivery, it is the worst.",
    "The delivery was horrible, never again.",
    "The deliveries are terrible, I hate it.",
]
RIGID = [bad.replace("delivery", "rota").replace("deliveries", "rotas") for bad in BAD]
OTHERS = ["We left early.", "They went home for the summer.", "Nothing to add", "A entrega foi muito lenta"]


def said(
    one: str, person: str | None, text: str, days: int = 3, audience: Audience = Audience.CUSTOMER
) -> Signal:
    at = AT - timedelta(days=days)
    return Signal(
        id=one, audience=audience, person=person, kind=Kind.SAID, name="message", channel="chat",
        source="src_1", occurred_at=at, received_at=at, text=text,
    )  # fmt: skip


def story() -> list[Signal]:
    """15 praise the grinder, one of them twice; 10 blame the delivery, and nobody known; one does both."""
    praise = [said(f"g{n}", f"p{n}", GOOD[n % 5]) for n in range(15)]
    blame = [said(f"d{n}", f"q{n}", BAD[n % 5]) for n in range(10)]
    return [
        *praise,
        *blame,
        said("again", "p0", GOOD[1]),
        said("both1", "both", "The delivery was terrible, horrible and awful."),
        said("both2", "both", "The delivery is excellent now, wonderful, I love it."),
        said("nobody", None, BAD[0]),
        said(
            "markup", "p1", "The <script>grinder</script> of <b>mine</b> & the grinder & my grinder is great!"
        ),
        said("old", "p99", GOOD[0], days=200),
        *(said(f"o{n}", f"o{n}", text) for n, text in enumerate(OTHERS)),
        *(said(f"r{n}", None, RIGID[n], audience=Audience.EMPLOYEE) for n in range(5)),
        *(
            said(f"c{n}", None, f"The canteen is good, number {n}.", audience=Audience.EMPLOYEE)
            for n in range(4)
        ),
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("aspects")


@pytest.fixture(scope="module")
def ledger(home: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(home)
    ledger.append(story())
    ledger.load(AT)
    room = ReadingRoom(ledger=ledger, folder=home / "language", model="fast", clock=lambda: AT)
    room.read_waiting()
    room.close()
    mentions = [
        {"signal": one.id, "place": 0, "theme": "thm_grinder", "confidence": Decimal("0.8")}
        for one in story()
        if "grinder" in str(one.text) and one.audience is Audience.CUSTOMER
    ]
    ledger.readings.mention("customer", pa.Table.from_pylist(mentions, MENTIONS))
    yield ledger
    ledger.close()


@pytest.fixture
def app(ledger: Ledger, desk: Desk, home: Path, clock: Clock) -> FastAPI:
    clock.now = AT
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [theme("thm_grinder", "grinder")])
    return site(
        ledger=ledger,
        desk=desk,
        home=home,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        local_token=TOKEN,
    )


def told(client: Client, path: str = "/voice/aspects.json", who: Who = Who.AGENT) -> dict:
    found: dict = client(who).get(path).json()
    return found


def aspects(client: Client, path: str = "/voice/aspects.json", who: Who = Who.AGENT) -> dict[str, dict]:
    return {one["key"]: one for one in told(client, path, who)["aspects"]}


def test_a_person_counts_once_and_who_does_both_is_mixed(client: Client) -> None:
    found = aspects(client)
    assert set(found) == {"grinder", "delivery"}
    grinder, delivery = found["grinder"], found["delivery"]
    assert (grinder["people"], grinder["nameless"]) == (15, 0)
    assert (grinder["good"], grinder["bad"], grinder["mixed"], grinder["unclear"]) == (15, 0, 0, 0)
    assert (delivery["people"], delivery["nameless"]) == (11, 1)
    assert (delivery["good"], delivery["bad"], delivery["mixed"], delivery["unclear"]) == (0, 11, 1, 0)


def test_shares_come_with_their_interval(client: Client) -> None:
    share = aspects(client)["delivery"]["shares"]["bad"]
    assert share["value"] == pytest.approx(11 / 12)
    assert share["n"] == 12
    assert share["low"] == pytest.approx(0.646, abs=0.001)
    assert share["high"] == pytest.approx(0.996, abs=0.001)


def test_a_theme_has_its_own_and_the_page_of_it_shows_them(client: Client) -> None:
    assert set(aspects(client, "/voice/aspects.json?theme=thm_grinder")) == {"grinder"}
    page = client(Who.AGENT).get("/voice/themes/thm_grinder").text
    assert "What is good and what is bad" in page
    assert "/voice/aspects?audience=customer&amp;days=90&amp;theme=thm_grinder&amp;aspect=grinder" in page
    assert [one["key"] for one in told(client, "/voice/themes/thm_grinder.json")["aspects"]] == ["grinder"]


def test_the_words_about_one_are_one_click_away(client: Client) -> None:
    page = client(Who.AGENT).get("/voice/aspects?aspect=grinder").text
    assert "The <mark>grinder</mark> is wonderful." in page
    assert "said 4 times" in page
    assert "<script>grinder" not in page
    assert "&lt;b&gt;mine" in page
    assert "p99" not in page, "200 days ago is not in the period"
    words = told(client, "/voice/aspects.json?aspect=delivery&side=mixed")["quotes"]
    assert {one["person"] for one in words} == {"both"}
    assert {one["side"] for one in words} == {"good", "bad"}


def test_the_table_and_the_words_as_csv(client: Client) -> None:
    def table(path: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(client(Who.LEAD).get(path).content.decode("utf-8-sig"))))

    assert [(row["key"], row["people"]) for row in table("/voice/aspects.csv")] == [
        ("grinder", "15"),
        ("delivery", "11"),
    ]
    words = table("/voice/aspects.csv?aspect=delivery")
    assert {row["side"] for row in words} == {"good", "bad"}
    assert sum(int(row["copies"]) for row in words) == 13


def test_the_page_begins_with_the_best_and_the_worst(client: Client) -> None:
    page = client(Who.AGENT).get("/voice/aspects").text
    assert "Most praised: <strong>grinder</strong> (15 of 15 who praise or blame it)." in page
    assert "Most blamed: <strong>delivery</strong> (11 of 12 who praise or blame it)." in page


@pytest.mark.parametrize(
    "query", ["aspect=nothing", "theme=thm_nothing", "aspect=delivery&theme=thm_grinder", "segment=seg_no"]
)
def test_what_there_is_not_is_not_found(client: Client, query: str) -> None:
    assert client(Who.AGENT).get(f"/voice/aspects.json?{query}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [(Who.VIEWER, 403), (Who.AGENT, 403), (Who.ANALYST, 403), (Who.LEAD, 200), (Who.OWNER, 200)],
)
def test_what_employees_say_is_for_leads(client: Client, who: Who, status: int) -> None:
    for twin in ("", ".json", ".csv"):
        for more in ("", "&aspect=rota"):
            assert client(who).get(f"/voice/aspects{twin}?audience=employee{more}").status_code in {
                status,
                404,
            }
            assert (client(who).get(f"/voice/aspects{twin}?audience=employee").status_code) == status


def test_fewer_than_five_texts_of_employees_are_told_nowhere(client: Client) -> None:
    found = aspects(client, "/voice/aspects.json?audience=employee", Who.OWNER)
    assert set(found) == {"rota"}, "four speak of the canteen"
    path = "/voice/aspects.json?audience=employee&aspect=rota"
    words = told(client, path, Who.OWNER)["quotes"]
    assert len(words) == 5
    assert {(one["id"], one["person"], one["occurred_at"]) for one in words} == {(None, None, None)}
    assert told(client, f"{path}&side=unclear", Who.OWNER)["quotes"] == []
    assert "told nowhere" in client(Who.OWNER).get(f"{path.replace('.json', '')}&side=good").text


def test_before_anything_is_read_there_is_nothing_to_tell(
    client: Client, app: FastAPI, tmp_path: Path
) -> None:
    app.state.parts.praising._search = type("Unread", (), {"embedder": None})()
    assert told(client)["aspects"] is None
    assert "Nothing has been read yet" in client(Who.AGENT).get("/voice/aspects").text
    assert "What is good" not in client(Who.AGENT).get("/voice/themes/thm_grinder").text
