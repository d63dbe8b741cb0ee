"""A company that was told about slow refunds, in a ledger that was read with the fast vectors."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.ask.asking import Ask
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.understand.search.finding import Search

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SLOW = "The refund was slow, it took {} days."
QUICK = "My refund was quick, thank you ({})."


def said(
    name: str,
    person: str | None,
    text: str | None,
    *,
    kind: Kind = Kind.SAID,
    days: int = 5,
    audience: Audience = Audience.CUSTOMER,
    properties: str = "{}",
) -> Signal:
    at = NOW - timedelta(days=days)
    return Signal(
        id=name, audience=audience, person=person, kind=kind, name="message", channel="chat",
        source="src_1", occurred_at=at, received_at=at, text=text, properties=properties,
    )  # fmt: skip


def story() -> list[Signal]:
    """18 of 40 people say that refunds are slow, 4 quick, one both; one asks, two speak of others."""
    joined = [
        said(
            f"j{n}",
            f"p{n}",
            None,
            kind=Kind.JOINED,
            days=200 - n,
            properties=json.dumps({"plan": "pro" if n < 15 else "home"}),
        )
        for n in range(40)
    ]
    told = [
        *(said(f"slow{n}", f"p{n}", SLOW.format(n + 10), days=10 + 3 * n) for n in range(18)),
        *(said(f"quick{n}", f"p{n}", QUICK.format(n), days=20) for n in range(18, 22)),
        said("both1", "p22", "The refund was slow."),
        said("both2", "p22", "This time my refund was quick, thank you."),
        said("asks", "p23", "Is the refund slow?"),
        said("coffee", "p24", "The coffee tastes of chocolate and I love it."),
        said("parcel", "p25", "The parcel was blue."),
        said("again", "p0", "The refund was slow, again."),
        said("nobody", None, "A slow refund, as always."),
        said("reply", "p26", "We are sorry that the refund was slow.", kind=Kind.MET),
        said("es", "p27", "El reembolso tardó demasiado y nadie me contestó, es una vergüenza."),
        said("leaves", "p39", None, kind=Kind.LEFT, days=30),
        said("before", "p28", "I have a question about my order.", days=500),
    ]  # fmt: skip
    moves = [replace(said(f"d{n}", f"p{n}", None, kind=Kind.DID), name="login") for n in range(0, 40, 2)]
    return [*joined, *told, *moves]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ask")


@pytest.fixture(scope="session")
def ledger(home: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(home)
    ledger.append(story())
    ledger.load(NOW)
    room = ReadingRoom(ledger=ledger, folder=home / "language", model="fast", clock=lambda: NOW)
    room.read_waiting()
    room.close()
    yield ledger
    ledger.close()


@pytest.fixture(scope="session")
def ask(ledger: Ledger, home: Path) -> Ask:
    return Ask(home / "language", ledger, Search(home / "language", ledger))
