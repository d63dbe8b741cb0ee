"""A ledger whose words are read as they come, with the fast vectors."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.understand.search.finding import Search

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TEXTS = {
    "late": "My refund took three weeks. Nobody answered my mails.",
    "later": "I am still waiting for my money back, this is a joke.",
    "copy1": "Great service!",
    "copy2": "Great service!",
    "copy3": "Great service!",
    "declined": "The card was declined at the till.",
    "es": "Los reembolsos tardan demasiado, nunca más.",
    "zh": "退款很慢，客服没有回复。",
    "ar": "الطلب لم يصل حتى الآن ولم يجبني أحد",
    "emoji": "😡😡 never again",
    "accent": "Le café était fermé, c'est dommage.",
}


def said(name: str, text: str, audience: Audience = Audience.CUSTOMER, hours: int = 0) -> Signal:
    return Signal(
        id=name, audience=audience, person=f"p_{name}", kind=Kind.SAID, name="message", channel="chat",
        source="src_1", occurred_at=NOW + timedelta(hours=hours), received_at=NOW, text=text,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def room(ledger: Ledger, tmp_path: Path) -> Iterator[ReadingRoom]:
    opened = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def search(ledger: Ledger, tmp_path: Path) -> Search:
    return Search(tmp_path / "language", ledger)


Tell = Callable[..., None]


@pytest.fixture
def tell(ledger: Ledger, room: ReadingRoom) -> Tell:
    """Bring signals and let them be read."""

    def told(*signals: Signal) -> None:
        ledger.append(signals)
        ledger.load(NOW)
        room.read_waiting()

    return told


@pytest.fixture
def spoken(read_home: Path, tmp_path: Path) -> None:
    """A home of one's own in which it was spoken and read."""
    shutil.copytree(read_home, tmp_path, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def heard(read_home: Path) -> Iterator[Search]:
    """A search of what was spoken, for those who only read."""
    ledger = Ledger.open(read_home)
    yield Search(read_home / "language", ledger)
    ledger.close()


@pytest.fixture(scope="module")
def read_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which all was spoken and read, closed."""
    home = tmp_path_factory.mktemp("read")
    ledger = Ledger.open(home)
    ledger.append([said(name, text, hours=place) for place, (name, text) in enumerate(TEXTS.items())])
    ledger.load(NOW)
    room = ReadingRoom(ledger=ledger, folder=home / "language", model="fast", clock=lambda: NOW)
    room.read_waiting()
    room.close()
    ledger.close()
    return home
