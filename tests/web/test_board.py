"""The board: asked for, voted, merged, moved, told; by visitors, colleagues, and on behalf of customers."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from emptychair.desk import board_deeds, board_votes, contacts, outbox, settings
from emptychair.desk.board_settings import BOARD, BOARD_CHECKED, BoardAccess
from emptychair.desk.desk import Desk
from emptychair.desk.outbox import Message
from emptychair.domain.contact import Purpose
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.listen.board import people, recording
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock
from tests.web.visiting import BASE, visitor


@pytest.fixture
def empty_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """One of its own for every test, with customers in it."""
    ledger = Ledger.open(tmp_path / "own")
    yield ledger
    ledger.close()


@pytest.fixture
def public(desk: Desk, clock: Clock) -> None:
    with desk.begin() as tx:
        settings.change(tx, BOARD, BoardAccess.PUBLIC, by="cli", now=clock())


def signal(clock: Clock, id: str, person: str | None, kind: Kind, **more: object) -> Signal:  # noqa: A002
    at = clock() - timedelta(days=int(str(more.pop("days", 10))))
    usual: dict[str, object] = {"name": kind.value, "channel": "email", "source": "test"}
    return Signal(
        id=id,
        person=person,
        kind=kind,
        audience=Audience.CUSTOMER,
        occurred_at=at,
        received_at=at,
        **(usual | more),  # type: ignore[arg-type]
    )


@pytest.fixture
def customers(empty_ledger: Ledger, clock: Clock) -> None:
    """ada and ben are known by their address and spend; cyd only wrote."""
    told = '{"email": "%s", "timezone": "Europe/Berlin"}'
    empty_ledger.append(
        [
            signal(clock, "t1", "ada", Kind.TOLD, properties=told % "Ada@Example.org"),
            signal(clock, "t2", "ben", Kind.TOLD, properties=told % "ben@example.org"),
            signal(clock, "t3", "ben2", Kind.TOLD, properties=told % "shared@example.org"),
            signal(clock, "t4", "ben3", Kind.TOLD, properties=told % "shared@example.org"),
            signal(clock, "p1", "ada", Kind.PAID, value=Decimal("100.50"), currency="EUR"),
            signal(clock, "p2", "ada", Kind.PAID, value=Decimal("-20"), currency="EUR"),
            signal(clock, "p3", "ada", Kind.PAID, value=Decimal("7"), currency="USD"),
            signal(clock, "p5", "ben", Kind.PAID, value=Decimal("3"), currency="USD"),
            signal(clock, "p4", "ada", Kind.PAID, value=Decimal("999"), currency="EUR", days=400),
            signal(clock, "s1", "ben", Kind.SAID, text="I wish there was a <b>dark</b> mode"),
            signal(clock, "s2", "cyd", Kind.SAID, text="The Dark evenings need a dark theme", days=9),
            signal(clock, "s3", None, Kind.SAID, text="dark, please", days=8),
        ]
    )
    empty_ledger.load(clock())


def browser(app: FastAPI) -> httpx.Client:
    """Somebody's browser, without an account."""
    return visitor(app)


def letters(desk: Desk) -> list[Message]:
    with desk.read() as tx:
        return list(reversed(outbox.page(tx, limit=100)))


def link_of(desk: Desk, besides: Sequence[str] = ()) -> str:
    (letter,) = [one for one in letters(desk) if one.id not in besides]
    found = re.search(r"/board/way/[A-Za-z0-9_-]+", letter.text)
    assert found is not None
    return found[0]


def come_in(client: httpx.Client, desk: Desk, address: str, post: str = "") -> httpx.Response:
    """By the link in the mail to this address."""
    before = letters(desk)
    assert client.post("/board/way", data={"address": address, "post": post}).status_code == 200
    link = link_of(desk, [one.id for one in before])
    assert client.get(link).status_code == 200
    answer = client.post(link)
    for name, value in answer.cookies.items():
        client.cookies.set(name, value)
    return answer


def asked(client: Client, title: str, words: str = "") -> str:
    """The id of a request that a colleague wrote down."""
    answer = client(Who.TOKEN).post("/requests", json={"title": title, "words": words})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def votes(client: Client, post: str) -> int:
    return int(client(Who.TOKEN).get(f"/requests/{post}").json()["votes"])


def test_a_board_that_is_off_is_seen_by_nobody(client: Client, stranger: httpx.Client) -> None:
    post = asked(client, "Dark mode")
    for path in ("/board", "/board/roadmap", "/board/new", "/board/way", f"/board/{post}", "/board/way/x"):
        assert stranger.get(path).status_code == 404
        assert client(Who.OWNER).get(path).status_code == 404
    assert stranger.post(f"/board/{post}/votes").status_code == 404


def test_a_board_for_those_who_are_signed_in(
    client: Client, stranger: httpx.Client, desk: Desk, clock: Clock
) -> None:
    post = asked(client, "Dark mode")
    with desk.begin() as tx:
        settings.change(tx, BOARD, BoardAccess.SIGNED_IN, by="cli", now=clock())
    assert stranger.get("/board").headers["location"].startswith("/sign-in")
    ben = client(Who.VIEWER)
    assert "Dark mode" in ben.get("/board").text
    assert ben.post(f"/board/{post}/votes").status_code == 303
    assert votes(client, post) == 1


@pytest.mark.usefixtures("public")
def test_a_visitor_votes_once_with_a_confirmed_address(client: Client, app: FastAPI, desk: Desk) -> None:
    post, ada = asked(client, "Dark mode"), browser(app)
    assert ada.post(f"/board/{post}/votes").headers["location"] == f"/board/way?post={post}"
    assert "Dark mode" in ada.get(f"/board/way?post={post}").text
    answer = come_in(ada, desk, "ada@example.org", post)
    assert answer.headers["location"] == f"/board/{post}?done=voted"
    assert "__Host-voter" in answer.headers["set-cookie"]
    assert votes(client, post) == 1
    assert ada.post(link_of(desk)).status_code == 410, "a link works once"
    for _ in range(2):
        assert ada.post(f"/board/{post}/votes").status_code == 303
    assert votes(client, post) == 1
    assert 'aria-pressed="true"' in ada.get("/board").text
    elsewhere = browser(app)
    come_in(elsewhere, desk, "ADA@Example.org", post)
    assert votes(client, post) == 1, "the same address is one voter on every device"
    ada.post(f"/board/{post}/votes/withdrawal")
    assert votes(client, post) == 0
    assert "Max-Age=0" in ada.post("/board/leaving").headers["set-cookie"]


@pytest.mark.usefixtures("public")
def test_looking_at_the_link_uses_nothing_up(client: Client, app: FastAPI, desk: Desk) -> None:
    post, ada = asked(client, "Dark mode"), browser(app)
    ada.post("/board/way", data={"address": "ada@example.org", "post": post})
    for _ in range(3):
        assert ada.get(link_of(desk)).status_code == 200
    assert votes(client, post) == 0
    assert ada.post(link_of(desk)).status_code == 303
    assert votes(client, post) == 1
    assert link_of(desk) not in client(Who.LEAD).get(f"/outbox/{letters(desk)[-1].id}").text


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize("cookie", ["", "vtr_0.1-x", "vtr_0.٣-x", "-", "\u2028"])
def test_a_cookie_that_was_not_given_is_nobody(client: Client, app: FastAPI, cookie: str) -> None:
    post, eve = asked(client, "Dark mode"), browser(app)
    eve.headers.update({b"Cookie": f"__Host-voter={cookie}".encode()})
    assert eve.post(f"/board/{post}/votes").headers["location"].startswith("/board/way")
    assert votes(client, post) == 0


@pytest.mark.usefixtures("public")
def test_a_cookie_is_over_after_a_while(client: Client, app: FastAPI, desk: Desk, clock: Clock) -> None:
    post, ada = asked(client, "Dark mode"), browser(app)
    come_in(ada, desk, "ada@example.org")
    clock.move(timedelta(days=91))
    assert ada.post(f"/board/{post}/votes").headers["location"].startswith("/board/way")


@pytest.mark.usefixtures("public")
def test_nobody_is_flooded_with_links(app: FastAPI, desk: Desk) -> None:
    eve = browser(app)
    answers = [eve.post("/board/way", data={"address": "ada@example.org"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "3600"
    assert len(letters(desk)) == 3
    assert eve.post("/board/way", data={"address": "a\r\nb@example.org"}).status_code == 422


@pytest.mark.usefixtures("public")
def test_posts_of_visitors_are_looked_at_first(client: Client, app: FastAPI, desk: Desk) -> None:
    ada, eve = browser(app), browser(app)
    sent = {"title": "<script>alert(1)</script>", "words": "Please\n\n{{ 7 }}"}
    assert ada.post("/board/posts", data=sent).status_code == 422, "who is that?"
    come_in(ada, desk, "ada@example.org")
    assert ada.post("/board/posts", data=sent).headers["location"] == "/board?done=pending"
    assert "<script>alert" not in eve.get("/board").text
    (post,) = client(Who.TOKEN).get("/requests?standing=pending").json()["requests"]
    assert (post["votes"], eve.get(f"/board/{post['id']}").status_code) == (1, 404)
    lea = client(Who.LEAD)
    assert "1 request of a visitor is to be looked at" in lea.get("/requests").text
    assert lea.post(f"/requests/{post['id']}/approval").status_code == 303
    page = eve.get(f"/board/{post['id']}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7 }}" in page
    assert lea.post(f"/requests/{post['id']}/hiding").status_code == 303
    assert eve.get(f"/board/{post['id']}").status_code == 404
    assert ada.post("/board/posts", data={"title": "x" * 141}).status_code == 422
    codes = [ada.post("/board/posts", data={"title": f"Wish {n}"}).status_code for n in range(6)]
    assert codes == [303] * 4 + [429] * 2, "five an hour"


@pytest.mark.usefixtures("public")
def test_posts_can_be_seen_at_once(client: Client, app: FastAPI, desk: Desk, clock: Clock) -> None:
    with desk.begin() as tx:
        settings.change(tx, BOARD_CHECKED, False, by="cli", now=clock())
    ada = browser(app)
    come_in(ada, desk, "ada@example.org")
    where = ada.post("/board/posts", data={"title": "Dark mode"}).headers["location"]
    assert "Dark mode" in browser(app).get(where).text


@pytest.mark.usefixtures("public")
def test_pages_of_the_board(client: Client, app: FastAPI) -> None:
    eve = browser(app)
    assert "Nobody has asked for anything yet" in eve.get("/board").text
    ids = [asked(client, f"Wish {n}", "words") for n in range(30)]
    first, second = (eve.get(f"/board?sort=newest&page={n}").text for n in (1, 2))
    assert sum(f'/board/{one}"' in first for one in ids) == 25
    assert sum(f'/board/{one}"' in second for one in ids) == 5
    assert "Nothing like that yet" in eve.get("/board?search=nothing").text
    lea = client(Who.LEAD)
    lea.post(f"/requests/{ids[3]}/status", data={"status": "planned", "note": "In spring"})
    assert "Wish 3" in eve.get("/board/roadmap").text
    assert [one["title"] for one in eve.get("/board.json?status=planned").json()["posts"]] == ["Wish 3"]
    assert "In spring" in eve.get(f"/board/{ids[3]}").text
    assert "Wish 3" in eve.get("/board.csv").text
    assert "usr_" not in eve.get(f"/board/{ids[3]}.json").text, "who did it is nobody's business"
    assert lea.post(f"/requests/{ids[3]}/status", data={"status": "soon"}).status_code == 422


@pytest.mark.usefixtures("customers")
def test_a_colleague_votes_on_behalf_of_who_wrote_a_message(client: Client, desk: Desk) -> None:
    bob, post = client(Who.AGENT), asked(client, "Dark mode")
    page = bob.get(f"/requests/messages?search=DARK&post={post}").text
    assert "&lt;b&gt;dark&lt;/b&gt; mode" in page
    assert page.count("Vote for them") == 2, "nobody wrote the third"
    answer = bob.post(f"/requests/{post}/behalf", data={"signal": "s1", "back": "dark"})
    assert answer.headers["location"] == f"/requests/messages?post={post}&search=dark&done=voted"
    bob.post(f"/requests/{post}/behalf", data={"signal": "s1"})
    bob.post(f"/requests/{post}/behalf", data={"signal": "s2"})
    assert votes(client, post) == 2
    told = client(Who.TOKEN).get(f"/requests/{post}").json()
    assert [one["id"] for one in told["quotes"]] == ["s2", "s1"]
    for wrong in ("s3", "s9", "", "p1"):
        assert bob.post(f"/requests/{post}/behalf", data={"signal": wrong}).status_code == 422
    ben = client(Who.VIEWER)
    assert "dark theme" not in ben.get(f"/requests/{post}").text, "a viewer counts and does not read"
    assert "quotes" not in ben.get(f"/requests/{post}.json").json()
    assert ben.get("/requests/messages").status_code == 403
    bob.post(f"/requests/{post}/behalf/removal", data={"signal": "s2"})
    assert votes(client, post) == 1
    assert bob.post(f"/requests/{post}/behalf/removal", data={"signal": "s2"}).status_code == 404


@pytest.mark.usefixtures("public", "customers")
def test_those_who_ask_are_worth_what_the_ledger_knows_and_no_more(
    client: Client, app: FastAPI, desk: Desk, empty_ledger: Ledger, clock: Clock
) -> None:
    post = asked(client, "Dark mode")
    for address in ("ada@example.org", "new@example.org", "shared@example.org"):
        come_in(browser(app), desk, address, post)
    client(Who.AGENT).post(f"/requests/{post}/behalf", data={"signal": "s1"})
    told = client(Who.TOKEN).get(f"/requests/{post}").json()
    assert told["worth"] == {
        "people": 4,
        "known": 2,
        "missing": 2,
        "payers": 2,
        "spent_in_365_days": [
            {"currency": "EUR", "amount": "80.5000"},
            {"currency": "USD", "amount": "10.0000"},
        ],
    }
    page = client(Who.LEAD).get(f"/requests/{post}").text
    assert "2 missing from the amounts" in page
    assert "2 people who ask paid that" in page
    # ben votes himself too, and is one person with who was voted for on his behalf.
    come_in(browser(app), desk, "BEN@example.org", post)
    assert votes(client, post) == 4
    empty_ledger.append(
        [signal(clock, "t9", "neu", Kind.TOLD, properties='{"email": "new@example.org"}', days=0)]
    )
    empty_ledger.load(clock())
    assert people.link_all(desk, empty_ledger) == 1
    assert client(Who.TOKEN).get(f"/requests/{post}").json()["worth"]["known"] == 3


@pytest.mark.usefixtures("public")
def test_merged_requests_count_once_lead_to_one_and_come_apart_again(
    client: Client, app: FastAPI, desk: Desk
) -> None:
    lea, dark, night = client(Who.LEAD), asked(client, "Dark mode"), asked(client, "Night theme")
    ada, ben = browser(app), browser(app)
    come_in(ada, desk, "ada@example.org", dark)
    come_in(ben, desk, "ben@example.org", night)
    ada.post(f"/board/{night}/votes")
    assert lea.post(f"/requests/{night}/merging", data={"into": dark}).status_code == 303
    assert (votes(client, dark), votes(client, night)) == (2, 2), "one speaks for both"
    assert ada.get(f"/board/{night}").headers["location"] == f"/board/{dark}"
    assert "Night theme" not in ada.get("/board").text
    assert lea.post(f"/requests/{dark}/merging", data={"into": night}).status_code == 422
    assert lea.post(f"/requests/{night}/status", data={"status": "shipped"}).status_code == 409
    assert lea.post(f"/requests/{night}/merging/undoing").status_code == 303
    assert (votes(client, dark), votes(client, night)) == (1, 2)
    assert "Undo" not in lea.get(f"/requests/{dark}").text


@pytest.mark.usefixtures("public", "customers")
def test_those_who_asked_are_told_once_for_ever_whatever_is_merged(
    client: Client, app: FastAPI, desk: Desk
) -> None:
    lea, dark, night = client(Who.LEAD), asked(client, "Dark mode"), asked(client, "Night theme")
    come_in(browser(app), desk, "ada@example.org", dark)
    come_in(browser(app), desk, "fred@example.org", night)
    client(Who.AGENT).post(f"/requests/{dark}/behalf", data={"signal": "s1"})
    client(Who.AGENT).post(f"/requests/{dark}/behalf", data={"signal": "s2"})
    assert lea.get(f"/requests/{dark}/telling").status_code == 409, "it is not there yet"
    lea.post(f"/requests/{dark}/status", data={"status": "shipped"})
    before = {one.id for one in letters(desk)}
    preview = lea.post(f"/requests/{dark}/telling", data={"words": "{{ title }} is there & {{ company }}"})
    assert "2 people who asked for “Dark mode” would be told" in preview.text
    assert "1 have no address" in preview.text, "cyd never told one"
    assert "Dark mode is there &amp;" in preview.text
    assert len(letters(desk)) == len(before)
    bad = lea.post(f"/requests/{dark}/telling", data={"words": "{{ nobody }}", "send": "1"})
    assert bad.status_code == 422
    for _ in range(2):
        lea.post(f"/requests/{dark}/telling", data={"words": "{{ title }} is there", "send": "1"})
    sent = [one for one in letters(desk) if one.id not in before]
    assert {one.address.lower() for one in sent} == {"ada@example.org", "ben@example.org"}
    assert {one.person: one.zone for one in sent} == {"ada": "Europe/Berlin", "ben": "Europe/Berlin"}
    assert all("Dark mode is there" in one.text and one.purpose is Purpose.UPDATES for one in sent)
    assert all(f"{BASE}/board/{dark}" in one.text for one in sent)
    # A duplicate brings one who was not told yet; who was is not told again, nor after its undo.
    lea.post(f"/requests/{night}/merging", data={"into": dark})
    lea.post(f"/requests/{dark}/telling", data={"send": "1"})
    already = before | {one.id for one in sent}
    assert [one.address for one in letters(desk) if one.id not in already] == ["fred@example.org"]
    lea.post(f"/requests/{night}/merging/undoing")
    lea.post(f"/requests/{night}/status", data={"status": "shipped"})
    lea.post(f"/requests/{night}/telling", data={"send": "1"})
    lea.post(f"/requests/{dark}/status", data={"status": "open"})
    lea.post(f"/requests/{dark}/status", data={"status": "shipped"})
    lea.post(f"/requests/{dark}/telling", data={"send": "1"})
    assert len(letters(desk)) == len(already) + 1


@pytest.mark.usefixtures("public")
def test_who_said_no_is_not_written_to_though_they_asked(
    client: Client, app: FastAPI, desk: Desk, clock: Clock
) -> None:
    lea, dark = client(Who.LEAD), asked(client, "Dark mode")
    come_in(browser(app), desk, "ada@example.org", dark)
    lea.post(f"/requests/{dark}/status", data={"status": "shipped"})
    lea.post(f"/requests/{dark}/telling", data={"send": "1"})
    (message,) = [one for one in letters(desk) if one.purpose is not None]
    assert message.unsubscribe is not None
    browser(app).post(message.unsubscribe.removeprefix(BASE))
    from emptychair.channels.email.admitting import alone, contact_of

    with desk.read() as tx:
        refusal = contacts.why_not(tx, contact_of(message, alone), clock())
    assert refusal is not None
    assert refusal.reason.value == "unsubscribed"


@pytest.mark.usefixtures("public", "customers")
def test_what_people_do_on_the_board_is_in_their_story_once(
    client: Client, app: FastAPI, desk: Desk, empty_ledger: Ledger, clock: Clock
) -> None:
    ada = browser(app)
    come_in(ada, desk, "ada@example.org")
    ada.post("/board/posts", data={"title": "Dark mode"})
    with desk.read() as tx:
        waiting = board_deeds.waiting(tx, 10)
    assert recording.record(desk, empty_ledger, clock) == 2
    assert not recording.is_any(desk)
    # Killed between the two stores: it is written again, and is there once.
    empty_ledger.append([signal(clock, f"board:{waiting[0].id}", "ada", Kind.DID, name="request_posted")])
    empty_ledger.load(clock())
    story = empty_ledger.ask(
        question(
            "select name, count(*) as n from signals where person = 'ada' and source in ('board', 'test') "
            "and kind = 'did' group by name order by name"
        )
    ).to_pylist()
    assert story == [{"name": "request_posted", "n": 1}, {"name": "request_voted", "n": 1}]


def test_a_request_is_written_down_edited_and_found(client: Client, desk: Desk) -> None:
    bob, lea = client(Who.AGENT), client(Who.LEAD)
    assert "No request is like that" in bob.get("/requests").text
    where = bob.post("/requests", data={"title": " Dark   mode ", "words": "at night"}).headers["location"]
    post = where.partition("?")[0]
    assert lea.post(post, data={"title": "Dark theme"}).status_code == 303
    told = client(Who.TOKEN).get(post).json()
    assert (told["title"], told["words"]) == ("Dark theme", "at night")
    assert bob.post(post, data={"title": "x"}).status_code == 403
    assert bob.post("/requests", data={"title": " "}).status_code == 422
    assert lea.get("/requests/pst_0").status_code == 404
    assert lea.post("/requests/board", data={"board": "public", "board_checked": "no"}).status_code == 303
    assert client(Who.TOKEN).get("/requests").json()["settings"] == {"board": "public", "board_checked": "no"}
    assert lea.post("/requests/board", data={"board": "maybe"}).status_code == 422
    with desk.read() as tx:
        assert board_votes.count(tx, [told["id"]]) == {}
