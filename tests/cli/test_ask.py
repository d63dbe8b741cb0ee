"""`emptychair ask` answers from what the server has read, without a server too."""

import json
from pathlib import Path

import pytest

from emptychair.desk import settings, writer_settings
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.understand.reading.tending import ReadingRoom
from tests.cli.conftest import Run
from tests.understand.ask.conftest import NOW, said, story
from tests.understand.ask.pretending import model, saying


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    ledger = Ledger.open(home)
    ledger.append([*story(), said("esc", "p31", "A refund \x1b[31mis slow, says [bold]nobody[/].")])
    ledger.load(NOW)
    room = ReadingRoom(ledger=ledger, folder=home / "language", model="fast", clock=lambda: NOW)
    room.read_waiting()
    room.close()
    ledger.close()
    return home


def test_a_question_is_answered_in_the_terminal(run: Run, home: Path) -> None:
    shown = run("ask", "Are refunds slow?")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "who take a side say so" in shown.stdout
    assert shown.stdout.index("For it") < shown.stdout.index("Against it")
    assert "customers said nothing at all in this period" in shown.stdout
    assert "\x1b[31m" not in shown.stdout
    found = json.loads(run("ask", "Are refunds slow?", "--json", "--from", "2026-01-01").stdout)
    assert found["sides"]["against"] == 4
    assert found["period"][0].startswith("2026-01-01")
    refused = run("ask", "refunds", "--from", "2026-02-01", "--to", "2026-01-01")
    assert (refused.returncode, refused.stderr) == (1, "Not done: the last day is before the first\n")
    assert run("ask", "??").stdout.strip() == "There is no word in this question."


def test_a_model_may_write_it_up(run: Run, home: Path) -> None:
    with model() as told:
        told.reply = lambda asked: saying('They say "refund was slow" [e1]. They say "never" [e1].')
        desk = Desk.open(home / "desk.sqlite3")
        with desk.begin() as tx:
            for setting, value in (
                (writer_settings.WRITER_ADDRESS, told.url),
                (writer_settings.WRITER_MODEL, "tiny"),
            ):
                settings.change(tx, setting, value, by="cli", now=NOW)
        desk.close()
        shown = run("ask", "Are refunds slow?", "--prose", EMPTYCHAIR_ALLOWED_NETWORKS="127.0.0.0/8")
    assert 'They say "refund was slow". [e1]' in shown.stdout
    assert "1 sentences that did not hold were taken out." in shown.stdout
