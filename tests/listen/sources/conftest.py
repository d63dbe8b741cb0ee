"""Sources on a ledger and a desk of their own, fetched from small servers on this machine."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emptychair.channels.outside import Outside, networks
from emptychair.desk import fetching, source_secrets, sources
from emptychair.desk.desk import Desk
from emptychair.desk.fetching import Fetching
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.ledger.schema import SIGNALS
from emptychair.listen.intake.reception import Reception
from emptychair.listen.intake.tally import Tally, tallies
from emptychair.listen.sources import running
from emptychair.listen.sources.asked import told
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.running import Fetchers
from emptychair.listen.sources.system import Hosts, Means
from emptychair.listen.sources.systems import SYSTEMS
from emptychair.listen.sources.trying import Trial, tried

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class House:
    """An installation without pages: `now` moves when it is told to, and chance is always the middle."""

    ledger: Ledger
    desk: Desk
    reception: Reception
    home: Path
    limited: Limited
    now: datetime = NOON
    tls: ssl.SSLContext | None = None
    allowed: str = "127.0.0.0/8, ::1"
    hosts: Hosts = field(default_factory=Hosts)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    @property
    def means(self) -> Means:
        """What sources may use; this machine counts as outside."""
        outside = Outside(clock=self.clock, allowed=networks(self.allowed), tls=self.tls)
        return Means(
            outside=outside,
            limited=self.limited,
            desk=self.desk,
            home=self.home,
            clock=self.clock,
            hosts=self.hosts,
        )

    @property
    def fetchers(self) -> Fetchers:
        """What runs them."""
        return Fetchers(ledger=self.ledger, means=self.means, chance=lambda: 0.5, tokens=self.tokens)

    def source(self, kind: str, audience: Audience = Audience.CUSTOMER, **fields: str) -> str:
        """A source of this kind, made as its form makes it."""
        given = told(SYSTEMS[kind], fields)
        with self.desk.begin() as tx:
            terms = {"settings": dict(given.settings)}
            one = sources.create(
                tx, kind=kind, name=kind, audience=audience, terms=terms, by="cli", now=self.now
            )
            for name, value in given.secrets.items():
                source_secrets.keep(tx, one.id, name, value, by="cli", now=self.now)
            fetching.begin(tx, one.id, self.now)
        return one.id

    def trial(self, kind: str, **fields: str) -> Trial:
        """What Test connection shows."""
        system = SYSTEMS[kind]
        return tried(self.means, system, told(system, fields), {}, Audience.CUSTOMER)

    def run(self, source: str, after: timedelta = timedelta(0)) -> Fetching:
        """Let time go by, fetch what is due, and load what came; how it stands."""
        self.now += after
        self.fetch()
        return self.how(source)

    def fetch(self) -> None:
        """Fetch everything that is due, and let questions see it."""
        running.run_due(self.fetchers)
        self.reception.keys.forget()
        self.ledger.load(self.now)

    def how(self, source: str) -> Fetching:
        """How the source stands."""
        with self.desk.read() as tx:
            found = fetching.find(tx, source)
        assert found is not None
        return found

    def signals(self, source: str | None = None) -> list[dict[str, Any]]:
        """The signals of a source, oldest first."""
        asked = question(f"select {', '.join(SIGNALS.names)} from signals order by occurred_at, id")
        rows: list[dict[str, Any]] = self.ledger.ask(asked).to_pylist()
        return [row for row in rows if source is None or row["source"] == source]

    def books(self, source: str) -> Tally:
        """What became of everything that it brought."""
        found = tallies(self.ledger.books(NOON.date() - timedelta(days=400))).get(source, Tally())
        assert found.balances
        return found

    def at(self, **hosts: str) -> None:
        """The systems live on these addresses."""
        self.hosts = replace(self.hosts, **hosts)


@pytest.fixture(scope="session")
def limited() -> Iterator[Limited]:
    limited = Limited()
    yield limited
    limited.close()


@contextmanager
def at_home(home: Path, limited: Limited) -> Iterator[House]:
    """An installation in this folder."""
    desk = Desk.open(home / "desk.sqlite3")
    reception = Reception(desk, lambda: NOON)
    files = home / "imports"
    files.mkdir(exist_ok=True)
    ledger = Ledger.open(home, translate=reception.translate, park=reception.park, readable=[files])
    house = House(ledger=ledger, desk=desk, reception=reception, home=home, limited=limited)
    try:
        yield house
    finally:
        ledger.close()
        desk.close()


@pytest.fixture
def house(tmp_path: Path, limited: Limited) -> Iterator[House]:
    with at_home(tmp_path, limited) as house:
        yield house
