"""Engines follow the lake as it changes, say plainly what is missing, and give the product its numbers."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from emptychair.domain.identity import Decisions, Merge
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.cards import cards
from emptychair.ledger.engines.choice import engine as engine_for
from emptychair.ledger.engines.engine import Engine, EngineError
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.ledger.schema import SIGNALS
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.measure.scorecard import scorecard
from tests.engines.adversarial import signals, write_lake
from tests.engines.test_conformance import sorted_rows

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOW_MANY = question("select count(*) as n, sum(value) as v, max(occurred_at) as t from signals")
COUNTED = question("select count(*) as n from signals")
CARDS = question("select count(*) as n, sum(signals) as s from person_cards")


def only(table: pa.Table) -> list[object]:
    (row,) = table.to_pylist()
    return list(row.values())


class Kept:
    """An engine that a ledger may close without ending it for the other tests."""

    def __init__(self, engine: Engine) -> None:
        self.prepare, self.ask = engine.prepare, engine.ask

    def close(self) -> None:
        pass


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose ledger took in the adversarial signals through the bulk door, and one by append."""
    ledger = Ledger.open(tmp_path / "home", memory_limit="512MB")
    with ledger.staging("imp_0") as staging:
        staging.register("rows", signals())
        staging.admit("rows")
    ledger.promote("plan")
    ledger.append([LATE])
    ledger.load(NOW)
    ledger.close()
    return tmp_path / "home"


LATE = Signal(
    id="sig_late",
    audience=Audience.CUSTOMER,
    person="per_late",
    kind=Kind.DID,
    name="login",
    channel="app",
    source="collector",
    occurred_at=datetime(2025, 2, 1, tzinfo=UTC),
    received_at=datetime(2025, 2, 1, tzinfo=UTC),
)


def test_an_empty_lake_has_nothing_in_it(bare_engine: Engine, tmp_path: Path) -> None:
    bare_engine.prepare(tmp_path, {"plan": "p_plan"})
    assert only(bare_engine.ask(HOW_MANY)) == [0, 0, None]
    assert only(bare_engine.ask(CARDS)) == [0, 0]
    assert bare_engine.ask(question("select p_plan from signals")).num_rows == 0


def test_an_engine_follows_the_lake(bare_engine: Engine, tmp_path: Path) -> None:
    rows = signals()
    write_lake(tmp_path, rows.slice(0, 100))
    bare_engine.prepare(tmp_path, {})
    assert only(bare_engine.ask(COUNTED)) == [100]
    extra = tmp_path / "month=2031-01"
    extra.mkdir()
    connection = duckdb.connect()
    connection.register("rows", rows.slice(100, 50))
    connection.execute(f"copy rows to '{extra}/0000000002.parquet' (format parquet)")
    connection.close()
    bare_engine.prepare(tmp_path, {})
    assert only(bare_engine.ask(COUNTED)) == [150]
    named = sum(person is not None for person in rows.slice(0, 150)["person"].to_pylist())
    assert only(bare_engine.ask(CARDS))[1] == named
    (extra / "0000000002.parquet").unlink()
    bare_engine.prepare(tmp_path, {})
    assert only(bare_engine.ask(COUNTED)) == [100]


def test_a_key_promoted_later_becomes_a_column(bare_engine: Engine, tmp_path: Path) -> None:
    write_lake(tmp_path, signals().slice(0, 100))
    bare_engine.prepare(tmp_path, {})
    with pytest.raises(duckdb.BinderException, match="p_plan"):
        bare_engine.ask(question("select p_plan from signals"))
    bare_engine.prepare(tmp_path, {"plan": "p_plan"})
    gold = question("select count(*) as n from signals where p_plan = 'gold'")
    assert only(bare_engine.ask(gold)) == [4]


def test_the_cards_of_the_ledger_are_the_portable_ones(home: Path) -> None:
    ledger = Ledger.open(home, memory_limit="512MB")
    kept = ledger.ask(
        question("""
            select audience, person, first_at, last_at, signals, did, said, rated, paid, met, spend,
                first_month, active_0, active_1 from person_cards
        """)
    )
    assert sorted_rows(kept) == sorted_rows(ledger.ask(cards()))
    ledger.close()


def test_the_scorecard_is_the_same_on_every_engine(bare_engine: Engine, home: Path) -> None:
    ledger = Ledger.open(home, memory_limit="512MB")
    expected = scorecard(ledger, now=NOW, audience=Audience.CUSTOMER, by="plan", with_pictures=True)
    ledger.close()
    ledger = Ledger.open(home, memory_limit="512MB", engine=Kept(bare_engine))
    found = scorecard(ledger, now=NOW, audience=Audience.CUSTOMER, by="plan", with_pictures=True)
    ledger.close()
    assert found.metrics == expected.metrics
    assert found.opening == expected.opening
    assert repr(found.standings) == repr(expected.standings)


def test_an_engine_sees_what_was_appended_before_it_was_opened(bare_engine: Engine, home: Path) -> None:
    ledger = Ledger.open(home, memory_limit="512MB", engine=Kept(bare_engine))
    late = question("select count(*) as n from signals where id = 'sig_late'")
    assert only(ledger.ask(late)) == [1]
    ledger.append([replace(LATE, id="sig_later")])
    ledger.seal(NOW)
    assert only(ledger.ask(question("select count(*) as n from signals where person = 'per_late'"))) == [2]
    ledger.close()


def test_an_engine_knows_who_is_who_and_follows_a_merge(bare_engine: Engine, home: Path) -> None:
    ledger = Ledger.open(home, memory_limit="512MB", engine=Kept(bare_engine))
    told = replace(
        LATE, kind=Kind.TOLD, name="identify", properties='{"anonymous_id": "v1", "account": "acme"}'
    )
    ledger.append(
        [
            replace(LATE, id="v_1", person="anon:v1"),
            replace(LATE, id="v_2", person="anon:v2"),
            replace(told, id="v_3"),
            replace(told, id="v_4", name="group"),
        ]
    )
    ledger.seal(NOW)
    ledger.who.settle()
    seen = question("select id, person from signals where starts_with_text(id, 'v_') order by id")
    theirs = question("select person, signals from person_cards where starts_with_text(person, 'per_late')")
    member = question("select account, person, first_at from memberships")
    assert [row["person"] for row in ledger.ask(seen).to_pylist()] == [
        "per_late",
        None,
        "per_late",
        "per_late",
    ]
    assert only(ledger.ask(theirs)) == ["per_late", 4]
    assert only(ledger.ask(member)) == ["acme", "per_late", LATE.occurred_at.replace(tzinfo=None)]
    ledger.who.decide(Decisions(merges=(Merge("customer", "per_late", "per_late_2"),)))
    assert [row["person"] for row in ledger.ask(seen).to_pylist()][:2] == ["per_late_2", None]
    assert only(ledger.ask(theirs)) == ["per_late_2", 4]
    assert only(ledger.ask(member))[1] == "per_late_2"
    ledger.who.decide(Decisions())
    assert only(ledger.ask(theirs)) == ["per_late", 4]
    ledger.close()


def test_an_engine_knows_what_was_read_in_words(bare_engine: Engine, home: Path) -> None:
    ledger = Ledger.open(home, memory_limit="512MB", engine=Kept(bare_engine))
    ledger.append([replace(LATE, id="said_1", kind=Kind.SAID, text="It broke")])
    ledger.seal(NOW)
    tone = {"signal": "said_1", "language": None, "tone": "negative", "tone_score": Decimal("-0.25")}
    theme = {"signal": "said_1", "place": 3, "theme": "thm_1", "confidence": Decimal("0.5")}
    ledger.readings.keep(pa.Table.from_pylist([tone], READINGS), pa.Table.from_pylist([theme], MENTIONS))
    asked = question(
        """select language, tone, tone_score, place, theme, confidence, text from readings
        join mentions on mentions.signal = readings.signal join signals on signals.id = readings.signal"""
    )
    told = [None, "negative", Decimal("-0.2500"), 3, "thm_1", Decimal("0.5000"), "It broke"]
    assert only(ledger.ask(asked)) == told
    ledger.withdraw(LATE.source)
    assert ledger.ask(asked).num_rows == 0
    ledger.close()


def test_a_text_with_a_nul_character_does_not_stop_an_engine(bare_engine: Engine, tmp_path: Path) -> None:
    row = {**signals().slice(0, 1).to_pylist()[0], "text": "a\0b"}
    write_lake(tmp_path, pa.Table.from_pylist([row], SIGNALS))
    bare_engine.prepare(tmp_path, {})
    asked: Question = question("select text_length(text) as n from signals")
    assert only(bare_engine.ask(asked)) == [3]


@pytest.mark.parametrize("setting", ["mysql://localhost/chair", "spork", ""])
def test_an_engine_that_is_not_known_is_refused_with_those_that_are(setting: str) -> None:
    with pytest.raises(EngineError, match="postgresql://USER@HOST/DATABASE"):
        engine_for(setting)


def test_a_database_that_does_not_answer_is_named() -> None:
    with pytest.raises(EngineError, match="PostgreSQL does not answer"):
        engine_for("postgresql://chair@127.0.0.1:1/chair")


@pytest.mark.parametrize(("setting", "package"), [("spark", "pyspark.sql"), ("clickhouse", "chdb.session")])
def test_a_package_that_is_not_installed_is_named(
    setting: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EngineError, match=rf"pip install 'emptychair\[{setting}\]'"):
        engine_for(setting)
