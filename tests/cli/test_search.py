"""`emptychair search` finds what the server has read, beside it and without it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.reading.tending import ReadingRoom
from tests.cli.conftest import Run

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_words_are_found_and_command_no_terminal(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    ledger = Ledger.open(home)
    text = "The refund is late \x1b[31mand [bold]nobody[/] answers."
    ledger.append(
        [
            Signal(
                id="s1", audience=Audience.CUSTOMER, person="ada", kind=Kind.SAID, name="message",
                channel="chat", source="chat", occurred_at=NOW, received_at=NOW, text=text,
            )
        ]
    )  # fmt: skip
    ledger.load(NOW)
    room = ReadingRoom(ledger=ledger, folder=home / "language", model="fast", clock=lambda: NOW)
    room.read_waiting()
    room.close()
    ledger.close()
    found = json.loads(run("search", "refunds", "--json").stdout)
    assert [(one["id"], one["text"]) for one in found["quotes"]] == [("s1", text)]
    shown = run("search", "refunds")
    assert shown.returncode == 0
    assert "The refund is late  [31mand [bold]nobody[/] answers." in shown.stdout
    assert "1 of 1 texts can be searched" in shown.stdout
    assert run("search", "zeppelin").stdout.startswith("0 different texts fit")
