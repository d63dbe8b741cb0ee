"""Words read with a model of the company's own: all of them again, one index, and nothing waits for it."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emptychair.channels.outside import Outside, networks
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.embedding import MODELS, reached
from emptychair.understand.language.endpoint_model import EndpointModel
from emptychair.understand.language.own import Endpoint, Folder
from emptychair.understand.reading.tending import ReadingFailed, ReadingRoom
from emptychair.understand.search.finding import By, Search
from emptychair.understand.search.words import Among
from tests.understand.ask.pretending import Model, model
from tests.understand.language.test_own import NOW, vectors_of

CUSTOMERS = Among(audience="customer")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path)
    opened.append(
        [
            Signal(
                id=f"s{n}", audience=Audience.CUSTOMER, person=f"p{n}", kind=Kind.SAID, name="message",
                channel="chat", source="src_1", occurred_at=NOW, received_at=NOW, text=text,
            )
            for n, text in enumerate(["My refund of ann@example.com is late.", "The coffee is wonderful."])
        ]
    )  # fmt: skip
    opened.load(NOW)
    yield opened
    opened.close()


@pytest.fixture
def pretended() -> Iterator[Model]:
    with model() as told:
        told.reply = vectors_of
        yield told


def test_a_folder_reads_and_a_change_of_model_reads_everything_again(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "their-model"
    shutil.copytree(MODELS / "fast", folder)
    own = Folder(path=folder)
    language = tmp_path / "language"
    fast = ReadingRoom(ledger=ledger, folder=language, model="fast", clock=lambda: NOW)
    assert fast.read_waiting() == 2
    fast.close()
    room = ReadingRoom(ledger=ledger, folder=language, model=own, clock=lambda: NOW)
    assert room.read_waiting() == 2
    assert room.read_waiting() == 0
    room.close()
    assert [path.name for path in language.glob("search-*")] == [f"search-1-{own.name}"], (
        "one index, of one model"
    )
    found = Search(language, ledger, own).find("a late refund", CUSTOMERS, by=By.MEANING)
    assert found.hits[0].id == "s0"
    assert Search(language, ledger).find("refund", CUSTOMERS).total == 0, (
        "who does not know the model has no index"
    )


def test_an_endpoint_reads_redacted_texts_and_words_are_found_without_it(
    ledger: Ledger, tmp_path: Path, pretended: Model
) -> None:
    own = Endpoint(address=pretended.url, model="tiny", width=256, key="sesame", allowed="127.0.0.0/8")
    room = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model=own, clock=lambda: NOW)
    assert room.read_waiting() == 2
    room.close()
    sent = json.dumps(pretended.asked)
    assert "My refund of [email] is late." in sent
    assert "example.com" not in sent
    assert {one["authorization"] for one in pretended.headers} == {"Bearer sesame"}
    outside = Outside(clock=lambda: NOW, allowed=networks("127.0.0.0/8"))
    reached(own, EndpointModel(own, outside, tries=1))
    search = Search(tmp_path / "language", ledger, own)
    assert search.find("a late refund", CUSTOMERS, by=By.MEANING).hits[0].id == "s0"
    pretended.reply = lambda asked: (503, b"")
    assert [hit.id for hit in search.find("refund", CUSTOMERS).hits] == ["s0"], "by its words"
    assert search.find("a late refund", CUSTOMERS, by=By.MEANING).total == 0
    outside.close()


def test_an_endpoint_that_is_down_is_asked_later_and_later_and_nothing_is_lost(
    ledger: Ledger, tmp_path: Path, pretended: Model
) -> None:
    own = Endpoint(address=pretended.url, model="tiny", width=256, allowed="127.0.0.0/8")
    pretended.reply = lambda asked: (401, b"")
    now = NOW
    room = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model=own, clock=lambda: now)
    with pytest.raises(ReadingFailed, match="answered 401"):
        room.read_waiting()
    asked = len(pretended.asked)
    assert room.read_waiting() == 0
    assert len(pretended.asked) == asked, "it rests"
    now += timedelta(seconds=11)
    with pytest.raises(ReadingFailed):
        room.read_waiting()
    now += timedelta(seconds=11)
    assert room.read_waiting() == 0, "twice as long"
    pretended.reply = vectors_of
    now += timedelta(seconds=11)
    assert room.read_waiting() == 2
    assert ledger.readings.progress() == (2, 0)
    room.close()
