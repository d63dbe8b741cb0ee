"""What a customer is likely to need next, on their page: suggestions, and needs of people like them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.anticipate.need import running
from emptychair.channels.outside import Outside, networks
from emptychair.desk import need_cards, need_evidence, themes
from emptychair.desk.desk import Desk
from emptychair.desk.need_cards import Statement
from emptychair.desk.need_evidence import Ground
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.anticipate.need.companies import NOW, bought, fill, in_pairs
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE

HALF = "thm_half"
XSS = "<script>alert(1)</script>"


def said(n: str, person: str, days_ago: float, text: str, audience: Audience = Audience.CUSTOMER) -> Signal:
    at = NOW - timedelta(days=days_ago)
    return Signal(
        id=n, audience=audience, person=person, kind=Kind.SAID, name="message", channel="email",
        source="src_1", occurred_at=at, received_at=at, text=text,
    )  # fmt: skip


def told(n: str, person: str, **traits: str) -> Signal:
    at = NOW - timedelta(days=150)
    name = "account" if "account" in traits else "traits"
    return Signal(
        id=n, audience=Audience.CUSTOMER, person=person, kind=Kind.TOLD, name=name, channel="web",
        source="src_1", occurred_at=at, received_at=at, properties=json.dumps(traits),
    )  # fmt: skip


WORDS = [
    *(said(f"half_{number}", f"p{number:04}", 20 + number, "Hello. I want half caf.") for number in range(8)),
    said("half_of_cleo", "cleo", 9, "Half caf, please."),
    said("half_of_an_employee", "emp_1", 9, "We should sell half caf.", Audience.EMPLOYEE),
    *(said(f"rare_{number}", f"p{number:04}", 30, "Tea would be nice.") for number in range(4)),
]
PEOPLE = [
    *(told(f"plan_{person}", person, plan="gold") for person in ("ada", "cleo", "new", "p0000", "p0001")),
    *(told(f"in_{person}", person, account="acme") for person in ("ada", "p0003")),
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path_factory.mktemp("next"))
    own = [bought("ada", "thing 06", 5), bought("cleo", "thing 06", 5), bought("ada", XSS, 50)]
    fill(ledger, [*in_pairs(300, 3), *own, *(bought(f"p{n:04}", XSS, 90) for n in range(9))])
    ledger.append([*WORDS, *PEOPLE])
    ledger.load(NOW)
    ledger.who.settle()
    read = [{"signal": one.id, "language": "en", "tone": None, "tone_score": None} for one in WORDS]
    found = [
        {
            "signal": one.id,
            "place": int("Hello" in (one.text or "")),
            "theme": theme,
            "confidence": Decimal(1),
        }
        for one in WORDS
        for theme, word in ((HALF, "alf caf"), ("thm_tea", "Tea"))
        if word in (one.text or "")
    ]
    ledger.readings.keep(pa.Table.from_pylist(read, READINGS), pa.Table.from_pylist(found, MENTIONS))
    yield ledger
    ledger.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def app(ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock) -> FastAPI:
    return site(
        ledger=ledger, desk=desk, home=tmp_path, base_url=BASE, clock=clock, version="0.1.0",
        reception=Reception(desk, clock), outside=Outside(clock=clock, allowed=networks("127.0.0.0/8")),
        local_token=TOKEN,
    )  # fmt: skip


@pytest.fixture
def learnt(ledger: Ledger, desk: Desk) -> Desk:
    """The desk after a day's learning, with a need that stands on the theme of half caf, and a rare one."""
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [theme(HALF, "Half caf"), theme("thm_tea", "Tea")])
        for title, key in (("Half the caffeine", HALF), ("Something else than coffee", "thm_tea")):
            empty = Statement(when="", want="", so_that="")
            card = need_cards.create(tx, title, empty, is_proposed=False, by="usr_1", now=NOW)
            ground = Ground(need_id=card.id, kind="theme", key=key, added_by="usr_1", added_at=NOW)
            need_evidence.add(tx, ground)
    assert running.is_due(desk, NOW)
    assert running.run(ledger, desk, NOW) == 3
    assert not running.is_due(desk, NOW + timedelta(hours=23))
    assert running.run(ledger, desk, NOW) == 0
    return desk


def theme(theme_id: str, name: str) -> Theme:
    return Theme(
        id=theme_id, audience=Audience.CUSTOMER, name=name, area="coffee", phrases=(), quoted="", texts=5,
        standing=Standing.FOUND, found_at=NOW, changed_at=NOW,
    )  # fmt: skip


def next_of(client: Client, who: str) -> dict:
    return client(Who.TOKEN).get("/customers/person/next", params={"id": who}).raise_for_status().json()


def plain(answer: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.raise_for_status().text).split())


def test_the_page_of_a_customer_asks_for_what_is_likely_next(client: Client, learnt: Desk) -> None:
    page = client(Who.AGENT).get("/customers/person", params={"id": "ada"}).text
    assert 'hx-get="/customers/person/next?id=ada"' in page
    part = client(Who.AGENT).get(
        "/customers/person/next", params={"id": "ada"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in part.text
    words = plain(part)
    assert "Buys for the first time 1 thing 07" in words
    assert re.search(r"\d+ of the \d+ people who had “thing 06” had this too \(of all \d+%\)", words)
    assert "That is better than the simplest rule." in words
    assert re.search(r"one of the first three came true for \d+% of \d+ people \(\d+% – \d+%\)", words)
    assert XSS not in part.text


def test_needs_of_people_like_them_come_with_who_said_it_and_never_with_words_of_employees(
    client: Client, learnt: Desk
) -> None:
    (need,) = next_of(client, "ada")["voiced_by_people_alike"]
    assert need["title"] == "Half the caffeine"
    assert 5 <= need["people"] <= 9
    assert need["of"] >= need["people"]
    assert {one["sentence"] for one in need["said"]} <= {"I want half caf.", "Half caf, please."}
    assert all(one["person"] != "emp_1" for one in need["said"])
    page = client(Who.AGENT).get("/customers/person/next", params={"id": "ada"})
    assert f'href="/voice/needs/{need["id"]}"' in page.text
    assert "nothing tells that it comes of it" in page.text
    assert "sell half caf" not in page.text
    way = re.search(r'href="(/customers/person\?id=[^"]+#s-[0-9a-f]+)"', page.text)
    assert way is not None
    led = client(Who.AGENT).get(way[1].replace("&amp;", "&").partition("#")[0])
    assert way[1].rpartition("#")[2] in led.text


def test_a_need_that_somebody_voiced_and_one_of_fewer_than_five_are_not_told(
    client: Client, learnt: Desk
) -> None:
    assert next_of(client, "cleo")["voiced_by_people_alike"] == []
    titles = [one["title"] for one in next_of(client, "ada")["voiced_by_people_alike"]]
    assert "Something else than coffee" not in titles


def test_somebody_without_a_history_gets_what_is_popular(client: Client, learnt: Desk) -> None:
    found = {one["goal"]: one["first"] for one in next_of(client, "new")["likely"]}
    assert {one["why"] for one in found["new_product"]} <= {"popular", "within"}
    assert len(found["new_product"]) == 3


def test_an_account_has_what_is_likely_for_its_people(client: Client, learnt: Desk) -> None:
    page = client(Who.AGENT).get("/accounts/account", params={"id": "acme"}).text
    assert 'hx-get="/accounts/account/next?id=acme"' in page
    found = client(Who.TOKEN).get("/accounts/account/next", params={"id": "acme"}).raise_for_status().json()
    products = {one["goal"]: one["first"] for one in found["likely"]}["new_product"]
    assert len(products) == 3
    assert max(one["members"] for one in products) <= 2
    assert client(Who.TOKEN).get("/accounts/account/next", params={"id": "none"}).status_code == 404


def test_who_is_likely_to_need_a_thing_is_a_list(client: Client, learnt: Desk) -> None:
    asked = {"goal": "new_product", "item": "thing 07"}
    rows = list(
        csv.DictReader(io.StringIO(client(Who.AGENT).get("/customers/likely.csv", params=asked).text[1:]))
    )
    people = [row["person"] for row in rows]
    assert {"ada", "cleo"} <= set(people[:40])
    assert {row["because"] for row in rows if row["person"] == "ada"} == {"thing 06"}
    found = client(Who.TOKEN).get("/customers/likely", params=asked).raise_for_status().json()
    assert [one["person"] for one in found["people"]] == people
    owners = {row["person"] for row in rows if row["why"] == "own"}
    assert owners == set()
    page = plain(client(Who.AGENT).get("/customers/likely", params=asked))
    assert "Something of their own speaks for “thing 07” with" in page
    strange = client(Who.AGENT).get("/customers/likely", params={"goal": "x", "item": "<b>none</b>"})
    assert "Nothing is called “&lt;b&gt;none&lt;/b&gt;”." in strange.raise_for_status().text


def test_a_viewer_sees_none_of_it(client: Client, learnt: Desk) -> None:
    for path in ("/customers/person/next?id=ada", "/accounts/account/next?id=acme", "/customers/likely"):
        for form in ("", ".json", ".csv"):
            at = path.replace("?", form + "?") if "?" in path else path + form
            assert client(Who.VIEWER).get(at).status_code == 403


def test_what_is_kept_names_nobody(learnt: Desk) -> None:
    with learnt.read() as tx:
        kept = [row[0] for row in tx.exec_driver_sql("select model from next_needs")]
    text = "".join(kept)
    assert "thing 07" in text
    for person in ("ada", "cleo", "p0001", "half_1"):
        assert f'"{person}"' not in text


def test_before_anything_was_learnt_the_page_says_so(client: Client, desk: Desk) -> None:
    page = plain(client(Who.AGENT).get("/customers/person/next", params={"id": "ada"}))
    assert "Nothing is learnt yet" in page
    assert next_of(client, "ada")["likely"] == []
    assert client(Who.AGENT).get("/customers/person/next", params={"id": "nobody"}).status_code == 404
    page = plain(client(Who.AGENT).get("/customers/likely"))
    assert "Nothing is learnt of this yet" in page
    table = client(Who.AGENT).get("/customers/person/next.csv", params={"id": "ada"}).text
    assert table.lstrip("\ufeff").startswith("what,item,name,why")


def test_a_model_of_another_version_is_left_alone(client: Client, learnt: Desk) -> None:
    with learnt.begin() as tx:
        tx.exec_driver_sql("""update next_needs set model = '{"version": 0}'""")
    assert next_of(client, "ada")["likely"] == []
