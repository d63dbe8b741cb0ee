"""What is read in words: kept beside the signals, gone with them, and made again when it was lost."""

import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.ledger.words import MENTIONS, READINGS
from tests.ledger.making import NOW, order


def said(number: int, text: str | None, source: str = "chat") -> Signal:
    return Signal(
        id=f"say_{number}", audience=Audience.CUSTOMER, person="ada", kind=Kind.SAID, name="message",
        channel="chat", source=source, occurred_at=NOW, received_at=NOW, text=text,
    )  # fmt: skip


def read(*signals: str, tone: str = "negative") -> pa.Table:
    rows = [{"signal": one, "language": "en", "tone": tone, "tone_score": Decimal("-0.5")} for one in signals]
    return pa.Table.from_pylist(rows, READINGS)


def mentioned(*signals: str, theme: str = "thm_1") -> pa.Table:
    rows = [{"signal": one, "place": 0, "theme": theme, "confidence": Decimal("0.9")} for one in signals]
    return pa.Table.from_pylist(rows, MENTIONS)


def unread(ledger: Ledger) -> list[str]:
    return sorted(ledger.readings.unread(100)["signal"].to_pylist())


def readings(ledger: Ledger) -> list[tuple[str, str]]:
    asked = question("select signal, tone from readings order by signal")
    return [(row["signal"], row["tone"]) for row in ledger.ask(asked).to_pylist()]


def mentions(ledger: Ledger) -> list[tuple[str, str]]:
    asked = question("select signal, theme from mentions order by signal, theme")
    return [(row["signal"], row["theme"]) for row in ledger.ask(asked).to_pylist()]


@pytest.fixture
def spoken(ledger: Ledger) -> Ledger:
    """Two texts, an empty one, one without words and an order; nobody read anything yet."""
    ledger.readings.begin("v1")
    ledger.append([said(1, "The grinder broke"), said(2, "Lovely"), said(3, ""), said(4, None), order(1)])
    ledger.load(NOW)
    return ledger


def test_words_are_unread_until_they_are_read(spoken: Ledger) -> None:
    assert unread(spoken) == ["say_1", "say_2"]
    assert spoken.readings.progress() == (0, 2)
    spoken.readings.keep(read("say_1"), mentioned("say_1"))
    assert unread(spoken) == ["say_2"]
    assert spoken.readings.progress() == (1, 1)
    assert readings(spoken) == [("say_1", "negative")]
    assert mentions(spoken) == [("say_1", "thm_1")]


def test_the_same_words_delivered_twice_are_read_once(spoken: Ledger) -> None:
    spoken.readings.keep(read("say_1", "say_2"), mentioned())
    spoken.append([said(1, "The grinder broke")])
    spoken.load(NOW)
    assert unread(spoken) == []


def test_reading_again_replaces_what_was_read(spoken: Ledger) -> None:
    spoken.readings.keep(read("say_1"), mentioned("say_1"))
    spoken.readings.keep(read("say_1", tone="unsure"), mentioned("say_1", theme="thm_2"))
    assert readings(spoken) == [("say_1", "unsure")]
    assert mentions(spoken) == [("say_1", "thm_2")]


def test_another_reader_reads_everything_again(spoken: Ledger) -> None:
    spoken.readings.keep(read("say_1"), mentioned("say_1"))
    assert not spoken.readings.begin("v1")
    assert spoken.readings.begin("v2")
    assert unread(spoken) == ["say_1", "say_2"]
    assert readings(spoken) == [("say_1", "negative")], "until it is read again"
    assert spoken.readings.progress() == (1, 1)
    spoken.readings.keep(read("say_1", tone="positive"), mentioned())
    assert (readings(spoken), mentions(spoken)) == ([("say_1", "positive")], [])


def test_themes_found_anew_replace_all_mentions_of_what_was_read(spoken: Ledger) -> None:
    spoken.readings.keep(read("say_1"), mentioned("say_1"))
    spoken.readings.mention("customer", mentioned("say_1", "say_2", theme="thm_9"))
    assert mentions(spoken) == [("say_1", "thm_9")], "say_2 was not read yet"
    spoken.readings.mention("employee", mentioned())
    assert mentions(spoken) == [("say_1", "thm_9")], "themes of others stay"


def test_what_is_taken_back_is_read_no_more_and_not_brought_back(spoken: Ledger) -> None:
    spoken.append([said(5, "Too dear", source="imp_1")])
    spoken.load(NOW)
    spoken.readings.keep(read("say_1"), mentioned("say_1"))
    spoken.withdraw("chat")
    assert (readings(spoken), mentions(spoken), unread(spoken)) == ([], [], ["say_5"])
    spoken.readings.keep(read("say_1"), mentioned("say_1"))
    assert (readings(spoken), mentions(spoken)) == ([], [])


def test_words_that_come_in_bulk_are_unread(spoken: Ledger) -> None:
    with spoken.staging("imp_2") as door:
        door.connection.execute(f"""create temp table brought as select 'b_1' as id, 'customer' as audience,
            'ada' as person, 'said' as kind, 'review' as name, 'import' as channel, 'imp_2' as source,
            timestamp '{NOW:%Y-%m-%d}' as occurred_at, timestamp '{NOW:%Y-%m-%d}' as received_at,
            'Five stars' as text, null::decimal(9, 4) as score, null::decimal(18, 4) as value,
            null::varchar as currency, '{{}}' as properties""")
        door.admit("brought")
    assert unread(spoken) == ["b_1", "say_1", "say_2"]


def test_a_projection_that_was_lost_has_everything_unread(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.readings.begin("v1")
    ledger.append([said(1, "The grinder broke")])
    ledger.load(NOW)
    ledger.seal(NOW)
    ledger.readings.keep(read("say_1"), mentioned("say_1"))
    ledger.close()
    (tmp_path / "ledger" / "projection.duckdb").unlink()
    shutil.rmtree(tmp_path / "ledger" / "tmp")
    again = Ledger.open(tmp_path)
    assert again.readings.begin("v1"), "nobody read anything in this file"
    assert (unread(again), readings(again)) == (["say_1"], [])
    again.close()


def test_signals_are_looked_up_by_when_they_were_said_as_long_as_they_are_there(spoken: Ledger) -> None:
    spoken.readings.keep(read("say_1"), mentioned())
    ids, when = ["say_1", "say_2", "say_9", "ord_1"], [said(one, "").occurred_at for one in (1, 2, 9)]
    held = spoken.readings.held
    assert held("customer", ids[:3], when) == {"say_1", "say_2"}
    assert held("customer", ids[:3], when, "negative") == {"say_1"}
    assert held("employee", ids, when) == held("customer", [], []) == frozenset()
    told = {
        row["id"]: (row["text"], row["tone"])
        for row in spoken.readings.said("customer", ids[:3], when).to_pylist()
    }
    assert told == {"say_1": ("The grinder broke", "negative"), "say_2": ("Lovely", None)}
    assert spoken.readings.strange(["say_1", "say_2", "say_9"]) == ["say_2", "say_9"]
