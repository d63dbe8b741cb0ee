"""The ledger through its own door."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.errors import LedgerInUseError, NotASignalError
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question

from .making import NOW, count, order, orders


def test_what_was_appended_is_seen_after_a_load(ledger: Ledger) -> None:
    ledger.append(orders(10))
    assert count(ledger) == 0
    assert ledger.state().journal_lag > 0
    loaded = ledger.load(NOW)
    assert (loaded.stored, loaded.duplicate) == (10, 0)
    assert count(ledger) == 10
    assert ledger.state().journal_lag == 0


def test_a_signal_comes_back_as_it_was_given(ledger: Ledger) -> None:
    given = replace(order(1), text="Grüße\n\u2028 'quoted' \0 \U0001f642", properties='{"a": [1, null]}')
    ledger.append([given])
    ledger.load(NOW)
    row = ledger.ask(question("select text, properties, value, score, occurred_at from signals")).to_pylist()[
        0
    ]
    assert row["text"] == given.text
    assert row["properties"] == given.properties
    assert row["value"] == given.value
    assert row["occurred_at"] == given.occurred_at.replace(tzinfo=None)
    assert row["score"] is None


def test_an_id_is_one_row_for_ever(tmp_path: Path) -> None:
    first = order(1)
    late = replace(first, received_at=first.received_at + timedelta(days=400))
    ledger = Ledger.open(tmp_path)
    ledger.append([first, first])
    ledger.append([first])
    assert ledger.load(NOW).duplicate == 2
    ledger.close()
    ledger = Ledger.open(tmp_path)
    ledger.append([late])
    assert ledger.load(NOW).duplicate == 1
    assert count(ledger) == 1
    ledger.close()


def test_what_was_appended_and_not_loaded_is_there_after_a_restart(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.append(orders(10))
    ledger.close()
    ledger = Ledger.open(tmp_path)
    assert count(ledger) == 10
    ledger.close()


@pytest.mark.parametrize(
    "wrong",
    [
        replace(order(1), value=order(1).value and order(1).value.scaleb(20)),
        replace(order(1), text="\ud800"),
        replace(order(1), occurred_at=datetime(2026, 1, 1)),  # noqa: DTZ001 - the point of the test
        replace(order(1), kind=cast("Kind", "bought")),
        replace(order(1), audience=cast("Audience", "robot")),
    ],
)
def test_a_value_that_no_column_holds_is_refused_before_anything_is_stored(
    ledger: Ledger, wrong: Signal
) -> None:
    with pytest.raises(NotASignalError):
        ledger.append([order(2), wrong])
    assert ledger.load(NOW).stored == 0


def test_closed_lists_are_texts_in_the_order_of_texts(ledger: Ledger) -> None:
    ledger.append([replace(order(at), kind=kind) for at, kind in enumerate(Kind)])
    ledger.load(NOW)
    found = ledger.ask(question("select audience, kind from signals order by kind"))
    assert found.column("kind").to_pylist() == sorted(Kind)
    assert {str(field.type) for field in found.schema} == {"string"}
    assert ledger.ask(question("select max(kind) as last, min(kind) as first from signals")).to_pylist() == [
        {"last": "told", "first": "did"}
    ]
    assert count(ledger, "where kind = 'bought'") == 0
    assert count(ledger, "where kind > 'paid'") == 3


def test_a_second_opening_is_refused_plainly(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LedgerInUseError, match="in use"):
        Ledger.open(tmp_path)


def test_a_promoted_key_is_a_column_for_old_and_new_rows_and_after_a_restart(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.append(orders(6))
    ledger.load(NOW)
    assert ledger.promote("plan") == "p_plan"
    assert ledger.promote("plan") == "p_plan"
    assert ledger.promote("Plan!") != "p_plan"
    ledger.append(orders(6, first=6))
    ledger.close()
    ledger = Ledger.open(tmp_path)
    asked = question("select p_plan, count(*) as n from signals group by p_plan order by p_plan")
    assert [row["n"] for row in ledger.ask(asked).to_pylist()] == [4, 4, 4]
    ledger.close()
