"""Words are read in a process beside, which may be killed, and come out as they went in."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emptychair.config import READING
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.understand.reading.tending import KEPT_FOR, MODELS, OFF, ReadingRoom

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TEXTS = {
    "a": "My card was declined at the till, and nobody could tell me why.",
    "b": "Mi tarjeta fue rechazada en la tienda y nadie supo explicarme el motivo.",
    "c": "🙂🙂",
    "d": "x" * 1_000_000,
    "e": "الطلب لم يصل حتى الآن ولم يجبني أحد",
    "f": "<script>alert(1)</script> It does not open on my phone since the update.",
}


def say(ledger: Ledger, texts: dict[str, str]) -> None:
    ledger.append(
        [
            Signal(
                id=name, audience=Audience.CUSTOMER, person="ada", kind=Kind.SAID, name="message",
                channel="chat", source="chat", occurred_at=NOW, received_at=NOW, text=text,
            )
            for name, text in texts.items()
        ]
    )  # fmt: skip
    ledger.load(NOW)


def languages(ledger: Ledger) -> dict[str, str | None]:
    asked = question("select signal, language from readings order by signal")
    return {row["signal"]: row["language"] for row in ledger.ask(asked).to_pylist()}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path)
    yield opened
    opened.close()


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def room(ledger: Ledger, tmp_path: Path) -> Iterator[ReadingRoom]:
    opened = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=Clock())
    yield opened
    opened.close()


def test_everything_that_has_words_is_read_once(ledger: Ledger, room: ReadingRoom) -> None:
    say(ledger, TEXTS)
    assert room.read_waiting() == len(TEXTS)
    assert room.read_waiting() == 0
    assert languages(ledger) == {"a": "en", "b": "es", "c": None, "d": None, "e": "ar", "f": "en"}


def test_a_process_that_was_killed_is_begun_again(ledger: Ledger, room: ReadingRoom) -> None:
    say(ledger, {"a": TEXTS["a"]})
    assert room.read_waiting() == 1
    assert room._process is not None
    assert room._process._process is not None
    room._process._process.kill()
    say(ledger, {"b": TEXTS["b"]})
    assert room.read_waiting() == 1
    assert languages(ledger) == {"a": "en", "b": "es"}


def test_what_takes_long_ends_within_seconds_when_all_is_to_end(ledger: Ledger, room: ReadingRoom) -> None:
    say(ledger, {"a": TEXTS["a"]})
    assert room.read_waiting() == 1
    say(ledger, {"b": TEXTS["b"]})
    assert room._process is not None
    process = room._process._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)  # it would never answer
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(room.read_waiting)
        while not room._process._one_at_a_time.locked():
            assert not reading.done()
        room.stop()
        assert reading.result() == 0
    assert process.wait() == -signal.SIGKILL
    assert room.read_waiting() == 0, "nothing is taken up any more"
    assert languages(ledger) == {"a": "en"}, "what was not read stays unread"


def test_the_process_ends_when_it_has_had_nothing_to_do(ledger: Ledger, room: ReadingRoom) -> None:
    say(ledger, {"a": TEXTS["a"]})
    room.read_waiting()
    room.read_waiting()
    assert room._process is not None
    room.clock.now = NOW + KEPT_FOR + timedelta(seconds=1)  # type: ignore[attr-defined]
    room.read_waiting()
    assert room._process is None


def test_after_a_change_of_the_model_everything_is_read_again(ledger: Ledger, room: ReadingRoom) -> None:
    say(ledger, {"a": TEXTS["a"]})
    room.read_waiting()
    room.model = "small"
    assert room.read_waiting() == 1
    room.model = OFF
    assert room.read_waiting() == 0


def test_a_room_that_is_closing_takes_nothing_up(ledger: Ledger, room: ReadingRoom) -> None:
    say(ledger, {"a": TEXTS["a"]})
    room.stopping.set()
    assert room.read_waiting() == 0
    assert ledger.readings.progress() == (0, 1)


def test_the_setting_has_the_models_that_there_are() -> None:
    assert READING == MODELS
