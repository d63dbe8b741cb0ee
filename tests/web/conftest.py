"""A site with people: ada owns it, lea leads, ann analyses, bob is an agent, ben views, cyd is a stranger."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk import passwords, sessions, sources, users, write_keys
from emptychair.desk.desk import Desk
from emptychair.desk.passwords import Strength
from emptychair.desk.users import Role
from emptychair.desk.write_keys import WriteKey
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.web.access import Who
from emptychair.web.site import site
from emptychair.web.visitor import COOKIE
from tests.web.visiting import BASE, visitor

TOKEN = "a-token-of-this-machine-that-nobody-guesses"
PASSWORD = "four words make one"
QUICK = Strength(passes=1, memory_kib=64)
NAMES = {
    Who.OWNER: "ada",
    Who.LEAD: "lea",
    Who.ANALYST: "ann",
    Who.AGENT: "bob",
    Who.VIEWER: "ben",
}


@dataclass
class Clock:
    """A clock that stands still until it is told to move."""

    now: datetime = field(default=datetime(2026, 11, 22, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


Client = Callable[[Who], httpx.Client]
# The ledger of a site, and the file of which its desk begins as a copy.
Given = tuple[Ledger, Path]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path_factory.mktemp("empty"))
    yield ledger
    ledger.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty desk, so that not every test has to run the migrations."""
    path = tmp_path_factory.mktemp("migrated") / "desk.sqlite3"
    Desk.open(path).close()
    return path


@pytest.fixture
def given() -> Given | None:
    """What there is before a test: nothing, where a folder of tests has no company of its own."""
    return None


@pytest.fixture
def desk(given: Given | None, migrated: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copy(given[1] if given else migrated, tmp_path / "desk.sqlite3")
    desk = Desk.open(tmp_path / "desk.sqlite3")
    yield desk
    desk.close()


@pytest.fixture
def limited() -> Iterator[Limited]:
    limited = Limited()
    yield limited
    limited.close()


@pytest.fixture
def app(
    given: Given | None, empty_ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock, limited: Limited
) -> FastAPI:
    outside = Outside(clock=clock, allowed=networks("127.0.0.0/8"))
    return site(
        ledger=given[0] if given else empty_ledger,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        outside=outside,
        means=Means(outside=outside, limited=limited, desk=desk, home=tmp_path, clock=clock),
        local_token=TOKEN,
        max_upload_bytes=1_000_000,
    )


@pytest.fixture(scope="session")
def quick_password() -> passwords.Hashed:
    return passwords.hashed(PASSWORD, email="nobody@example.com", strength=QUICK)


@pytest.fixture
def people(desk: Desk, clock: Clock, quick_password: passwords.Hashed) -> dict[Who, str]:
    """The session token of one person of each role."""
    tokens = {}
    with desk.begin() as tx:
        for who, name in NAMES.items():
            person = users.create(
                tx,
                email=f"{name}@example.com",
                name=name.title(),
                role=Role(who.value),
                password=quick_password,
                now=clock(),
            )
            tokens[who], _ = sessions.start(tx, person, now=clock(), address="203.0.113.7", agent="a browser")
    return tokens


@pytest.fixture
def write_key(desk: Desk, clock: Clock) -> WriteKey:
    """The key of a source that is called Web."""
    with desk.begin() as tx:
        source = sources.create(tx, kind=sources.COLLECTOR, name="Web", by="cli", now=clock())
        return write_keys.issue(tx, source.id, by="cli", now=clock())


@pytest.fixture
def stranger(app: FastAPI) -> httpx.Client:
    return visitor(app)


@pytest.fixture
def client(app: FastAPI, people: dict[Who, str], write_key: WriteKey) -> Client:
    """A browser, or a program, of somebody."""

    def of(who: Who) -> httpx.Client:
        if who in (Who.TOKEN, Who.WRITE_KEY):
            bearer = TOKEN if who is Who.TOKEN else write_key.key
            return visitor(app, Accept="application/json", Authorization=f"Bearer {bearer}")
        browser = visitor(app)
        if who in people:
            browser.cookies.set(COOKIE, people[who])
        return browser

    return of
