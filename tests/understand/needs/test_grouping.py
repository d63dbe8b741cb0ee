"""Groups of alike sentences: what grows under no theme is found, once, and nobody makes it alone."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from emptychair.desk import need_alarms, need_groups, themes
from emptychair.desk.desk import Desk
from emptychair.desk.need_alarms import KeptAlarm, Standing
from emptychair.desk.need_evidence import Ground
from emptychair.domain.signal import Audience, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.needs import looking
from emptychair.understand.needs.evidence import evidence
from tests.understand.needs.company import BEGINS, END, moment, said, theme
from tests.understand.needs.unthemed import NEED, heard, need, usual, words

NOW = END + timedelta(hours=5)
Filled = Callable[[Sequence[Signal]], tuple[Ledger, Desk, SeenVectors]]


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    ledger, desk = Ledger.open(tmp_path), Desk.open(tmp_path / "desk.sqlite3")

    def fill(signals: Sequence[Signal]) -> tuple[Ledger, Desk, SeenVectors]:
        return ledger, desk, heard(ledger, tmp_path, list(signals))

    yield fill
    ledger.close()
    desk.close()


def look(at: tuple[Ledger, Desk, SeenVectors], now: object = NOW) -> None:
    ledger, desk, seen = at
    looking.look(ledger, desk, now, None, seen=seen)  # type: ignore[arg-type]


def alarms(desk: Desk) -> list[KeptAlarm]:
    with desk.read() as tx:
        return need_alarms.every(tx)


def put_under_theme(ledger: Ledger, desk: Desk, signals: Sequence[Signal]) -> None:
    """A finding of themes makes one of these."""
    readings = [{"signal": one.id, "language": "en", "tone": None, "tone_score": None} for one in signals]
    mentions = [
        {"signal": one.id, "place": 0, "theme": "thm_oat", "confidence": Decimal(1)} for one in signals
    ]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [theme("thm_oat")])


def test_what_grows_under_no_theme_is_one_alarm_with_its_words(filled: Filled) -> None:
    company = filled([*usual(), *need()])
    look(company)
    ledger, desk, _ = company
    (alarm,) = alarms(desk)
    assert alarm.kind == "group"
    assert "oat milk" in alarm.name.lower()
    assert alarm.raised_at < moment(BEGINS + 45, 0)
    assert alarm.figures["observed"] >= 5
    found = evidence(ledger, desk, [_ground(alarm)], NOW)
    assert found.quotes
    assert all("oat milk" in one.sentence for one in found.quotes)
    assert len(found.people) == len({one.person for one in found.quotes})


def test_a_quiet_company_has_no_groups_that_grow(filled: Filled) -> None:
    for seed in (5, 6):
        company = filled([replace(one, id=f"{seed}{one.id}") for one in usual(seed)])
        look(company)
        assert alarms(company[1]) == []


@pytest.mark.parametrize("who", [lambda n: "spammer", lambda n: f"spammer_{n % 3}"])
def test_one_author_or_three_are_no_group(filled: Filled, who: Callable[[int], str]) -> None:
    company = filled([*usual(), *need(who)])
    look(company)
    assert alarms(company[1]) == []


def test_the_next_day_the_alarm_goes_on_under_the_same_id(filled: Filled) -> None:
    company = filled([*usual(), *need()])
    look(company)
    (before,) = alarms(company[1])
    with company[1].begin() as tx:
        need_alarms.stand(tx, before.id, Standing.DISMISSED, by="ben", now=NOW, reason="no oats")
    later = END + timedelta(days=1)
    dice = random.Random(9)
    filled(
        [said(f"more_{n}", f"more_{n}", END + timedelta(hours=8 + n), words(NEED, dice)) for n in range(4)]
    )
    company[0].load(later)
    look(company, later + timedelta(hours=5))
    (after,) = alarms(company[1])
    assert (after.id, after.key, after.standing) == (before.id, before.key, Standing.DISMISSED)
    assert after.last_at > before.last_at


def test_when_it_becomes_a_theme_the_alarm_rings_no_second_time(filled: Filled) -> None:
    company = filled([*usual(), *need()])
    look(company)
    ledger, desk, _ = company
    (before,) = alarms(desk)
    put_under_theme(ledger, desk, need())
    look(company, NOW + timedelta(hours=1))
    (after,) = alarms(desk)
    assert (after.id, after.kind, after.key, after.name) == (before.id, "theme", "thm_oat", "oat")
    assert after.raised_at == before.raised_at
    assert evidence(ledger, desk, [_ground(after)], NOW).quotes


def test_what_a_theme_tells_of_is_no_group(filled: Filled) -> None:
    company = filled([*usual(), *need()])
    put_under_theme(company[0], company[1], need())
    look(company)
    assert {one.kind for one in alarms(company[1])} == {"theme"}


def test_words_that_are_erased_are_evidence_no_more_and_in_no_group(filled: Filled) -> None:
    company = filled([*usual(), *need()])
    look(company)
    ledger, desk, _ = company
    (alarm,) = alarms(desk)
    with desk.begin() as tx:
        held = [one.signal for one in need_groups.of(tx, [alarm.key])]
        assert need_groups.forget(tx, held[:3]) == 3
    found = evidence(ledger, desk, [_ground(alarm)], NOW)
    assert not set(held[:3]) & {one.id for one in found.quotes}
    assert found.quotes


def _ground(alarm: KeptAlarm) -> Ground:
    return Ground(need_id="", kind=alarm.kind, key=alarm.key, added_by="ben", added_at=NOW)
