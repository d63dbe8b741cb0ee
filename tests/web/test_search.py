"""Search over HTTP: people, quotes with what tells marked, who may see whose, and input of any kind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emptychair.channels.outside import Outside, networks
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def said(number: int, person: str | None, text: str, audience: Audience = Audience.CUSTOMER) -> Signal:
    at = AT + timedelta(hours=number)
    return Signal(
        id=f"sig_{number}", audience=audience, person=person, kind=Kind.SAID, name="message", channel="chat",
        source="src_1", occurred_at=at, received_at=at, text=text,
    )  # fmt: skip


STORY = [
    replace(said(0, "ada", ""), kind=Kind.TOLD, name="identify", text=None,
            properties='{"name": "Ada Lovelace", "email": "ada@example.com"}'),
    said(1, "ada", "<b>Where</b> is my refund? It is late."),
    said(2, "ben", "The refund came late, & nobody said why."),
    said(3, "ben", "The refund came late, & nobody said why."),
    said(4, None, "أين المبلغ المسترد 🙂 refund"),
    said(5, "eve", "Each refund is done by hand here, it hurts.", Audience.EMPLOYEE),
    *(said(number, f"p{number}", f"Parcel {number} was broken.") for number in range(10, 55)),
]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("search")


@pytest.fixture(scope="module")
def ledger(home: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(home)
    ledger.append(STORY)
    ledger.load(AT)
    room = ReadingRoom(ledger=ledger, folder=home / "language", model="fast", clock=lambda: AT)
    room.read_waiting()
    room.close()
    yield ledger
    ledger.close()


@pytest.fixture
def app(ledger: Ledger, desk: Desk, home: Path, clock: Clock) -> FastAPI:
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


def found(client: Client, who: Who = Who.TOKEN, **asked: str) -> dict:
    return client(who).get("/search.json", params=asked).raise_for_status().json()


def ids(answer: dict) -> list[str]:
    return [one["id"] for one in answer["quotes"]]


def test_quotes_are_found_copies_once_with_the_words_marked_and_a_link_to_the_person(client: Client) -> None:
    answer = found(client, q="late refunds")
    assert sorted(ids(answer)[:2]) == ["sig_1", "sig_3"]
    assert [one["copies"] for one in answer["quotes"] if one["id"] == "sig_3"] == [2]
    assert answer["with_words"] == 3
    page = client(Who.AGENT).get("/search", params={"q": "late refunds"}).text
    assert "&lt;b&gt;Where&lt;/b&gt; is my <mark>refund</mark>?" in page
    assert 'href="/customers/person?id=ben"' in page
    assert "said 2 times" in page
    assert 'value="late refunds"' in page, "the box keeps what was asked"


def test_people_come_first_by_id_name_and_address(client: Client) -> None:
    for asked in ("ada", "lovelace", "ada@example.com"):
        people = found(client, q=asked)["people"]
        assert [(one["person"], one["name"]) for one in people] == [("ada", "Ada Lovelace")]
    page = client(Who.AGENT).get("/search", params={"q": "Lovelace"}).text
    assert page.index("Ada Lovelace") < page.index("What they said")
    assert found(client, q="eve")["people"] == []


def test_employees_are_heard_by_leads_and_owners_alone(client: Client) -> None:
    for who in (Who.AGENT, Who.ANALYST):
        assert "sig_5" not in ids(found(client, who, q="refund"))
        assert client(who).get("/search?q=refund&audience=employee").status_code == 403
        assert client(who).get("/search?like=sig_5").status_code == 404
        assert "Whose words" not in client(who).get("/search?q=refund").text
    for who in (Who.LEAD, Who.OWNER):
        assert ids(found(client, who, q="refund", audience="employee")) == ["sig_5"]
        page = client(who).get("/search?q=refund&audience=employee").text
        assert "/customers/person?id=eve" not in page
    assert client(Who.VIEWER).get("/search?q=refund").status_code == 403


def test_the_box_is_on_every_page_of_those_who_may_search(client: Client) -> None:
    assert 'id="find"' in client(Who.AGENT).get("/scorecard").text
    assert 'id="find"' not in client(Who.VIEWER).get("/scorecard").text


def test_limits_and_pages(client: Client) -> None:
    assert ids(found(client, q="refund", to="2026-11-01", source="src_2")) == []
    assert len(ids(found(client, q="parcel broken", **{"from": "2026-11-02", "to": "2026-11-02"}))) == 24
    assert ids(found(client, q="refund", tone="negative")) == ["sig_3"]
    assert "sig_3" not in ids(found(client, q="refund", tone="positive"))
    agent = client(Who.AGENT)
    first, last = (agent.get("/search", params={"q": "parcel broken", "page": at}).text for at in (1, 3))
    assert "Page 1 of 3" in first
    assert first.count("<blockquote") == 20
    assert last.count("<blockquote") == 5
    assert "There is no page 9" in agent.get("/search?q=parcel+broken&page=9").text
    for wrong in (
        "kind=x",
        "tone=x",
        "audience=x",
        "by=x",
        "from=yesterday",
        "from=0001-01-01",
        "from=2026-02-02&to=2026-02-01",
    ):
        assert agent.get(f"/search?q=parcel&{wrong}").status_code == 422


def test_more_like_a_quote(client: Client) -> None:
    answer = found(client, like="sig_1", by="")
    assert "sig_1" not in ids(answer)
    assert ids(answer)[0] == "sig_3"
    page = client(Who.AGENT).get("/search?like=sig_1").text
    assert "More like this" in page
    assert "&lt;b&gt;Where&lt;/b&gt; is my refund?" in page
    assert client(Who.AGENT).get("/search?like=sig_0").status_code == 404


def test_without_a_result_the_page_says_what_was_searched_and_offers_meanings(client: Client) -> None:
    agent = client(Who.AGENT)
    page = agent.get("/search?q=%22zeppelin+ride%22").text
    assert "Nobody said it in these words" in page
    assert "Nothing fits in the 50 texts" in page
    assert "by=meaning" in page
    assert "What do you want to hear about?" in agent.get("/search").text
    meant = found(client, q="reimbursement delayed", by="meaning")
    assert {one["by"] for one in meant["quotes"]} == {"meaning"}
    assert "sig_1" in ids(meant)[:2]


def test_the_page_tells_how_much_is_not_read_yet(client: Client, ledger: Ledger) -> None:
    ledger.append([said(90, "zoe", "One more.")])
    ledger.load(AT)
    assert "Still reading: 50 of 51 texts" in client(Who.AGENT).get("/search?q=refund").text
    ledger.withdraw("src_1", ["sig_90"])
    assert "Still reading" not in client(Who.AGENT).get("/search?q=refund").text


def test_the_twins_have_the_same_quotes(client: Client) -> None:
    csv = client(Who.AGENT).get("/search.csv?q=refund").text.lstrip("\ufeff").splitlines()
    assert csv[0].startswith("id,person,kind,name")
    assert [line.split(",")[0] for line in csv[1:]] == ids(found(client, q="refund"))


@pytest.mark.parametrize(
    "asked",
    [
        '"', '""', '"""', "body:refund", "signal:sig_5", "audience:employee", "refund AND NOT late", "*",
        "re*", "/ref.*/", "refund~2", "refund^9", "[a TO z]", "{", "(((((", "\\", "' or 1=1 --", "-refund",
        "\u202erefund\u202c", "أين المبلغ", "🙂", "🙂" * 500, "\x01\x7f", "%00", "a" * 2_000, "退款" * 300,
        '"refund" ' * 60, "ﷺ" * 400,
    ],
)  # fmt: skip
def test_a_query_is_data(asked: str, client: Client) -> None:
    answer = found(client, q=asked)
    assert "sig_5" not in ids(answer)
    assert client(Who.AGENT).get("/search", params={"q": asked}).status_code == 200


def test_a_very_long_query_is_cut(client: Client) -> None:
    assert "sig_1" in ids(found(client, q="refund late " + "x" * 60_000))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    q=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=600),
    by=st.sampled_from(["both", "words", "meaning"]),
)
def test_no_text_is_too_much(q: str, by: str, client: Client) -> None:
    found(client, q=q, by=by)


def test_what_was_withdrawn_is_gone_at_once(client: Client, ledger: Ledger) -> None:
    assert "sig_10" in ids(found(client, q="parcel 10", by="words"))
    ledger.withdraw("src_1", ["sig_10"])
    for by in ("both", "words", "meaning"):
        assert "sig_10" not in ids(found(client, q="parcel 10 was broken", by=by))
    assert client(Who.AGENT).get("/search?like=sig_10").status_code == 404
