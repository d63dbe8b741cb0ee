"""The page of a customer: the sentence, the mood, what hurt, promises, and the history in words."""

import re

import httpx
import pytest

from emptychair.domain.signal import Kind
from emptychair.ledger.ledger import Ledger
from emptychair.web.access import Who
from tests.web.conftest import Client
from tests.web.people import RTL, TODAY, XSS, app, ledger, signal

__all__ = ["app", "ledger"]


def data(client: httpx.Client, who: str, **more: str) -> dict:
    return client.get("/customers/person", params={"id": who, **more}).raise_for_status().json()


def page(client: Client, who: str, **more: str) -> str:
    return client(Who.AGENT).get("/customers/person", params={"id": who, **more}).raise_for_status().text


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_opens_with_who_they_are_how_they_feel_what_hurt_and_what_is_open(client: Client) -> None:
    told = plain(page(client, "ada"))
    assert "With you for 13 months (barista), since Oct 18, 2025." in told
    assert "Last heard of 2 days ago." in told
    assert "They sound unhappy by their last 3 readings, since Oct 13, 2026." in told
    assert "What hurt last: is satisfied: 1 of 5 , Nov 17, 2026." in told
    assert "1 promise is overdue : a call back, due Oct 25, 2026." in told
    assert "€14.50" in told
    assert "Zoe Jones" in told
    assert 'data-live="/customers/person/stream?id=ada"' in page(client, "ada")
    assert "data-live=" not in page(client, "ada", before="2026-11-01T00:00:00_")


def test_the_history_is_told_in_words_by_day_conversation_and_visit(client: Client) -> None:
    html, told = page(client, "ada"), plain(page(client, "ada"))
    assert "2 pages, searched “half caf” (no result)" in told
    assert "got €5.50 back" in told
    assert "paid €20.00" in told
    assert "would recommend you: 9 of 10" in told
    assert "wrote by email" in told
    assert "was promised something" in told
    assert "could not sign in" in told
    assert "case-7" in told
    assert "<mark>My parcel is late.</mark> Nobody answers." in html
    assert '<a class="chip plain th" href="/voice/themes/thm_late?days=365">Late parcels</a>' in html
    assert "thm_gone" not in html


def test_what_hurt_is_ranked_and_leads_into_the_history(client: Client) -> None:
    found = data(client(Who.TOKEN), "ada")
    assert [one["signal"] for one in found["hurts"]] == ["a13", "a12", "a7", "a5", "a11"]
    html = page(client, "ada")
    pattern = r'<a href="([^"]+)"><span class="depth d.".{20}</span><span><span dir="auto">a refund'
    (link,) = re.findall(pattern, html)
    place, _, anchor = link.replace("&amp;", "&").partition("#")
    led = client(Who.AGENT).get(place).text
    first = re.search(r'<li class="ln1[^"]*" id="([^"]+)" data-signal="([^"]+)"', led)
    assert first is not None
    assert first.groups() == (anchor, "a12")


def test_the_mood_says_when_there_is_too_little(client: Client) -> None:
    assert "They gave no score yet" in page(client, "only")
    assert "One reading is too little for a picture." in page(client, "rtl")
    assert 'class="plot"' in page(client, "ada")
    feels = data(client(Who.TOKEN), "ada")["feels"]
    assert [(one["signal"], one["value"]) for one in feels["readings"]] == [
        ("a4", 0.6),
        ("a5", -0.9),
        ("a13", -1.0),
    ]


def test_kinds_and_channels_are_kept_and_pages_follow(client: Client, ledger: Ledger) -> None:
    token = client(Who.TOKEN)
    assert [one["id"] for one in data(token, "ada", kind="paid")["history"]] == ["a12", "a3"]
    assert [one["id"] for one in data(token, "ada", channel="email")["history"]] == ["a7", "a6", "a5"]
    assert [one["id"] for one in data(token, "ada", kind="met", channel="email")["history"]] == ["a7", "a6"]
    assert data(token, "ada", kind="said", channel="app")["history"] == []
    assert "Nothing of this kind." in page(client, "ada", kind="said", channel="app")
    ledger.append([signal(f"p{n:03}", "many", 1, Kind.DID, "page", path=f"/{n}") for n in range(450)])
    ledger.load(TODAY)
    seen, before = [], ""
    while before is not None:
        answer = data(token, "many", before=before)
        seen += [one["id"] for one in answer["history"]]
        before = answer["older"]
    assert seen == [f"p{n:03}" for n in range(450)]
    assert 'rel="next"' in page(client, "many")


def test_a_csv_has_the_page_with_tones_and_themes(client: Client) -> None:
    lines = client(Who.AGENT).get("/customers/person.csv?id=ada").text.splitlines()
    assert lines[0].endswith("properties,tone,themes")
    (said,) = [line for line in lines if line.startswith("a5,")]
    assert said.endswith("negative,Late parcels; thm_gone")


def test_words_and_names_of_others_are_never_code(client: Client) -> None:
    html = page(client, "xss")
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 6
    assert XSS not in html


def test_words_in_other_directions_keep_theirs(client: Client) -> None:
    html = page(client, "rtl")
    assert f'<blockquote class="quote" dir="auto">{RTL}</blockquote>' in html
    assert '<h1 class="wrap" dir="auto">נועה לוי</h1>' in html


def test_a_person_of_one_signal_and_one_who_left_have_their_page(client: Client) -> None:
    assert "Known since Nov 21, 2026." in plain(page(client, "only"))
    told = plain(page(client, "ben"))
    assert "Left on Oct 3, 2026, after 2 months" in told


def test_a_person_of_two_hundred_thousand_signals_is_told_whole(client: Client, ledger: Ledger) -> None:
    ledger.append(
        [signal("h_said", "heavy", 900, Kind.SAID, "message", text="The first word", channel="chat")]
    )
    with ledger.staging("imp_1") as staging:
        staging.connection.execute("""create table many as select 'h' || i as id, 'customer' as audience,
            'heavy' as person, 'did' as kind, 'page' as name, 'web' as channel, 'imp_1' as source,
            timestamp '2026-01-01' + to_seconds(i * 60) as occurred_at, occurred_at as received_at,
            null::varchar as text, null::decimal(9, 4) as score, null::decimal(18, 4) as value,
            null::varchar as currency, '{"path": "/"}' as properties from range(200000) as rows(i)""")
        staging.admit("many")
    found = data(client(Who.TOKEN), "heavy")
    assert (found["signals"], found["did"], found["said"], len(found["history"])) == (
        200_001,
        200_000,
        1,
        100,
    )
    assert found["first_at"].startswith("2024-06-05")
    assert "200,001" in page(client, "heavy")
    assert "The first word" in page(client, "heavy", kind="said")


@pytest.mark.parametrize("who", [Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER])
def test_employees_have_no_such_page(who: Who, client: Client) -> None:
    for form in ("", ".json", ".csv"):
        assert client(who).get(f"/customers/person{form}?id=emp_1").status_code == 404
    assert "Tired." not in client(who).get("/customers/person?id=ada").text


def test_addresses_that_mean_nothing_are_no_fault(client: Client) -> None:
    for query in (
        "before=yesterday",
        "before=9999-99-99_x",
        "kind=none",
        "channel=" + "x" * 3000,
        "before=_",
    ):
        assert client(Who.AGENT).get(f"/customers/person?id=ada&{query}").status_code == 200


def test_an_account_has_its_people_the_silent_ones_and_one_history(client: Client) -> None:
    found = client(Who.TOKEN).get("/accounts/account?id=acme").json()
    assert [(one["person"], one["name"], one["is_silent"]) for one in found["people"]] == [
        ("ada", "Ada Abel", False),
        ("ben", "", False),
    ]
    assert found["paid"] == [{"currency": "EUR", "total": "14.5000"}]
    assert [one["id"] for one in found["history"]][-4:] == ["b1", "a3", "a1", "a2"]
    assert found["themes"] == [{"theme": "thm_late", "name": "Late parcels", "texts": 2}]
    html = client(Who.AGENT).get("/accounts/account?id=acme").text
    told = plain(html)
    assert "2 customers were told to belong to this account. They sound unhappy" in told
    assert "Ada Abel wrote by email" in told
    assert "ben left" in told
    assert [
        one["id"] for one in client(Who.TOKEN).get("/accounts/account?id=acme&kind=left").json()["history"]
    ] == ["b2"]


def test_who_was_not_heard_of_while_others_were_is_silent(client: Client, ledger: Ledger) -> None:
    ledger.append([
        signal("z1", "zed", 70, Kind.TOLD, "account", account="acme"),
        signal("z2", XSS, 1, Kind.TOLD, "account", account=XSS),
    ])  # fmt: skip
    ledger.load(TODAY)
    told = plain(client(Who.AGENT).get("/accounts/account?id=acme").text)
    assert "1 is silent , not heard of for 60 days while others were." in told
    html = client(Who.AGENT).get("/accounts/account", params={"id": XSS}).text
    assert "<script>alert" not in html
    rows = client(Who.AGENT).get("/accounts/account.csv?id=acme").text.splitlines()
    assert rows[0].lstrip("\ufeff") == "person,name,first_at,last_at,signals,last_signal_at,is_silent"


def test_people_alike_are_told_with_reasons_and_without_a_share_of_too_few(client: Client) -> None:
    found = client(Who.TOKEN).get("/customers/person/alike?id=ada").json()
    assert found["staying"] is None
    (ben,) = [one for one in found["people"] if one["person"] == "ben"]
    assert (ben["plan"], ben["is_open"], ben["themes"]) == ("barista", False, ["Late parcels"])
    assert {"plan", "words"} <= set(ben["alike_in"])
    assert "emp_1" not in [one["person"] for one in found["people"]]
    page = client(Who.AGENT).get("/customers/person/alike?id=ada")
    part = client(Who.AGENT).get("/customers/person/alike?id=ada", headers={"HX-Request": "true"})
    assert "<html" in page.text
    assert "<html" not in part.text
    assert "the same plan (barista)" in plain(part.text)
    assert "<script>alert" not in part.text
    assert client(Who.AGENT).get("/customers/person/alike?id=nobody").status_code == 404
    assert client(Who.VIEWER).get("/customers/person/alike?id=ada").status_code == 403
    assert client(Who.AGENT).get("/customers/person/alike.csv?id=ada").text.count("\n") > 3
