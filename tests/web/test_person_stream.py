"""A customer live: what the collector takes in appears in the stream of a real server, for who may look."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue

import httpx
import pytest

from emptychair.desk import sessions, users
from emptychair.desk.desk import Desk
from emptychair.desk.passwords import hashed
from emptychair.desk.users import Role, User
from emptychair.web.visitor import COOKIE
from tests.clients.company import Company, served
from tests.web.conftest import PASSWORD, QUICK

ROUTE = "/customers/person/stream"
SOON = 60.0


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with served(tmp_path_factory.mktemp("live") / "home", EMPTYCHAIR_READING="fast") as company:
        yield company


@pytest.fixture(scope="module")
def key(company: Company) -> str:
    """The write key of a source, and a customer who is known by it."""
    _, key = company.source("Shop")
    tell(company, key, id="first", person="ada", kind="said", text="Hello")
    wait_for(company, "ada")
    return key


def wait_for(company: Company, person: str) -> None:
    """Return when the first signal of this person was loaded."""
    token, until = (company.home / "run" / "token").read_text(), time.monotonic() + SOON
    asked = {"url": f"{company.url}/customers/person.json?id={person}", "timeout": 60}
    while httpx.get(**asked, headers={"Authorization": f"Bearer {token}"}).status_code != 200:
        assert time.monotonic() < until, "the first signal was not loaded"
        time.sleep(0.2)


def tell(company: Company, key: str, **signal: object) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    httpx.post(f"{company.url}/v1/signals", json=[signal], headers=headers, timeout=60).raise_for_status()


def desk_of(company: Company) -> Desk:
    return Desk.open(company.home / "desk.sqlite3")


def signed_in(company: Company, role: Role) -> tuple[User, dict[str, str]]:
    """Somebody of this role, and the cookie of a session."""
    desk, now = desk_of(company), datetime.now(UTC)
    address = f"{role.value}{time.monotonic_ns()}@example.com"
    try:
        with desk.begin() as tx:
            secret = hashed(PASSWORD, email=address, strength=QUICK)
            user = users.create(tx, email=address, name=role.value, role=role, password=secret, now=now)
            token, _ = sessions.start(tx, user, now=now)
    finally:
        desk.close()
    return user, {"Cookie": f"{COOKIE}={token}", "Accept": "text/event-stream"}


class Listening:
    """A client that reads a stream on a thread of its own; `events` are (id, name, data)."""

    def __init__(self, company: Company, headers: dict[str, str], who: str = "ada") -> None:
        self.events: Queue[tuple[str, str, dict]] = Queue()
        self.opened, self.ended = threading.Event(), threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(company.url, headers, who), daemon=True)
        self._thread.start()
        assert self.opened.wait(SOON)

    def next(self, seconds: float = SOON) -> tuple[str, str, dict]:
        return self.events.get(timeout=seconds)

    def stop(self) -> None:
        self._stop.set()

    def _read(self, url: str, headers: dict[str, str], who: str) -> None:
        fields: dict[str, str] = {}
        with httpx.stream("GET", f"{url}{ROUTE}", params={"id": who}, headers=headers, timeout=60) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            for line in answer.iter_lines():
                self.opened.set()
                if self._stop.is_set():
                    return
                name, _, value = line.partition(": ")
                if line == "" and "data" in fields:
                    self.events.put((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
                    fields = {}
                elif name:
                    fields[name] = value
        self.ended.set()


def told_until_closed(listening: Listening) -> list[str]:
    """The words that were told before the stream was closed."""
    texts = []
    while (event := listening.next())[1] != "closed":
        texts.append(event[2]["text"])
    return texts


def test_what_is_taken_in_appears_once_and_of_this_person_alone(company: Company, key: str) -> None:
    _, cookie = signed_in(company, Role.AGENT)
    listening = Listening(company, cookie)
    tell(company, key, id="other", person="ben", kind="said", text="Not of ada")
    nasty = "line one\n\nevent: closed\ndata: {}\n\n\u2028 😡"
    tell(company, key, id="new\nid: 1", person="ada", kind="said", channel="chat", text=nasty)
    at, event, told = listening.next()
    assert (event, told["person"], told["text"], told["channel"]) == ("signal", "ada", nasty, "chat")
    assert told["id"].endswith("new\nid: 1")
    assert "first" not in told["id"]
    tell(company, key, id="next", person="ada", kind="did", name="page")
    assert listening.next()[2]["kind"] == "did"
    with pytest.raises(Empty):
        listening.next(2)
    listening.stop()
    again = Listening(company, {**cookie, "Last-Event-ID": at})
    assert again.next()[2]["kind"] == "did"
    with pytest.raises(Empty):
        again.next(2)
    again.stop()


def test_a_device_that_turns_out_to_be_theirs_is_watched_too(company: Company, key: str) -> None:
    _, cookie = signed_in(company, Role.ANALYST)
    tell(company, key, id="ident", person="ada", visitor="phone-1", kind="did", name="page")
    time.sleep(2.5)
    listening = Listening(company, cookie)
    tell(company, key, id="visit", visitor="phone-1", kind="did", name="screen")
    assert listening.next()[2]["name"] == "screen"
    listening.stop()


def test_a_role_without_access_is_refused_and_nobody_is_not_found(company: Company, key: str) -> None:
    _, viewer = signed_in(company, Role.VIEWER)
    assert httpx.get(f"{company.url}{ROUTE}?id=ada", headers=viewer, timeout=60).status_code == 403
    assert httpx.get(f"{company.url}{ROUTE}?id=ada", follow_redirects=False, timeout=60).status_code == 303
    _, agent = signed_in(company, Role.AGENT)
    assert httpx.get(f"{company.url}{ROUTE}?id=nobody", headers=agent, timeout=60).status_code == 404
    assert httpx.get(f"{company.url}{ROUTE}", headers=agent, timeout=60).status_code == 404


def test_a_session_that_is_revoked_hears_nothing_more(company: Company, key: str) -> None:
    user, cookie = signed_in(company, Role.LEAD)
    listening = Listening(company, cookie)
    desk = desk_of(company)
    with desk.begin() as tx:
        sessions.end_all(tx, user.id)
    desk.close()
    tell(company, key, id="secret", person="ada", kind="said", text="After the end")
    assert "After the end" not in told_until_closed(listening)
    assert listening.ended.wait(SOON)
    assert listening.events.empty()


def test_who_became_a_viewer_hears_nothing_more(company: Company, key: str) -> None:
    user, cookie = signed_in(company, Role.AGENT)
    listening = Listening(company, cookie)
    desk = desk_of(company)
    with desk.begin() as tx:
        users.change_role(tx, user.id, Role.VIEWER)
    desk.close()
    tell(company, key, id="hidden", person="ada", kind="said", text="After the role")
    assert "After the role" not in told_until_closed(listening)


def test_one_session_has_eight_at_most_and_gets_them_back(company: Company, key: str) -> None:
    _, cookie = signed_in(company, Role.OWNER)
    open_ones = [Listening(company, cookie) for _ in range(8)]
    ninth = httpx.get(f"{company.url}{ROUTE}?id=ada", headers=cookie, timeout=60)
    assert (ninth.status_code, ninth.headers["retry-after"]) == (429, "30")
    for each in open_ones:
        each.stop()
    tell(company, key, id="bye", person="ada", kind="did", name="page")
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        with httpx.stream("GET", f"{company.url}{ROUTE}?id=ada", headers=cookie, timeout=60) as answer:
            if answer.status_code == 200:
                return
        time.sleep(0.5)
    raise AssertionError("connections that ended are still counted")


def test_a_server_with_open_streams_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with served(tmp_path / "home", EMPTYCHAIR_READING="fast") as company:
        _, key = company.source("Shop")
        tell(company, key, id="one", person="ada", kind="did", name="page")
        wait_for(company, "ada")
        _, cookie = signed_in(company, Role.AGENT)
        listening = Listening(company, cookie)
        began = time.monotonic()
        company.process.terminate()
        company.process.wait(timeout=40)
        assert time.monotonic() - began < 30
        listening.stop()
