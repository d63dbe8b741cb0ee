"""The daily look: what breaks is found and named once, quiet is quiet, nobody raises a warning alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emptychair.anticipate.warnings import looking
from emptychair.anticipate.warnings.touched import scope
from emptychair.desk import early_warnings, warning_looks
from emptychair.desk.desk import Desk
from emptychair.desk.early_warnings import KeptWarning, Standing
from emptychair.domain.signal import Signal
from emptychair.ledger.ledger import Ledger
from tests.anticipate.warnings import company
from tests.anticipate.warnings.company import BEGINS, END, START

NOW = END + timedelta(hours=7)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path)
    yield ledger
    ledger.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk.open(tmp_path / "desk.sqlite3")
    yield desk
    desk.close()


def warnings(desk: Desk) -> list[KeptWarning]:
    with desk.read() as tx:
        return early_warnings.every(tx)


def day(number: int) -> object:
    return (START + timedelta(days=number)).date()


def test_a_broken_release_is_found_on_its_day_and_named_by_its_smallest_place(
    ledger: Ledger, desk: Desk
) -> None:
    company.fill(ledger, [*company.usual(), *company.broken_release(), *company.of_employees()])
    looked = looking.look(ledger, desk, NOW)
    assert looked.reason == ""
    (found,) = warnings(desk)
    assert (found.kind, found.key) == ("failure", "sign_in_failed")
    assert dict(found.cell) == {"app_version": company.BROKEN, "plan": "team", "platform": "android"}
    assert (found.since_at.date(), found.raised_at.date()) == (day(BEGINS), day(BEGINS))
    assert found.ended_at is None
    assert found.also, "the same shows in wider places, and is one warning"
    assert found.figures["low"] > 2
    told = scope(ledger, found)
    people = {one.person for one in told.people}
    assert people <= {f"per_{one}" for one in company.hit()}
    assert len(people) == told.total == found.people > 30
    assert told.payers > 0
    assert [one.currency for one in told.spent] == ["EUR"]


def test_of_nothing_wrong_there_is_no_warning(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, company.usual())
    looked = looking.look(ledger, desk, NOW)
    assert looked.reason == ""
    assert looked.cells > 10
    assert warnings(desk) == []


@pytest.mark.parametrize(
    ("planted", "kind", "key"),
    [
        (company.unpaid, "payment", "payment_failed"),
        (company.in_vain, "search", ""),
        (company.rage, "rage", "checkout_tapped"),
        (company.overdue, "promise", ""),
    ],
)
def test_every_kind_of_trouble_is_found(
    ledger: Ledger, desk: Desk, planted: Callable[[], list[Signal]], kind: str, key: str
) -> None:
    company.fill(ledger, [*company.usual(), *planted()])
    looking.look(ledger, desk, NOW)
    (found,) = warnings(desk)
    assert (found.kind, found.key) == (kind, key)
    assert scope(ledger, found).total == found.people >= 30


def test_usage_that_falls_in_a_part_is_told_of_that_part(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, company.usual(stays_away=company.is_of_team_and_gone))
    looking.look(ledger, desk, NOW)
    (found,) = warnings(desk)
    assert (found.kind, dict(found.cell)) == ("usage", {"plan": "team"})
    assert found.figures["high"] < 1
    told = scope(ledger, found)
    assert told.total == found.people
    assert {int(one.person.removeprefix("per_")) % 2 for one in told.people} == {1}


def test_a_holiday_is_nobodys_own(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, company.usual(stays_away=company.is_holiday))
    looking.look(ledger, desk, NOW)
    assert [list(one.cell) for one in warnings(desk)] == [[]]


def test_one_person_raises_no_warning_alone(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, [*company.usual(), *company.flood()])
    looking.look(ledger, desk, NOW)
    assert warnings(desk) == []


def test_what_employees_meet_is_no_warning(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, [*company.usual(), *company.of_employees()])
    looking.look(ledger, desk, NOW)
    assert warnings(desk) == []


def test_a_warning_is_followed_and_over_when_it_was_quiet_for_a_week(ledger: Ledger, desk: Desk) -> None:
    early = [one for one in company.usual() if one.occurred_at < company.moment(BEGINS + 1)]
    begun = [one for one in company.broken_release() if one.occurred_at < company.moment(BEGINS + 1)]
    company.fill(ledger, [*early, *begun])
    looking.look(ledger, desk, START + timedelta(days=BEGINS + 1, hours=7))
    (first,) = warnings(desk)
    with desk.begin() as tx:
        early_warnings.stand(tx, first.id, Standing.DISMISSED, by="usr_1", now=END, reason="we know")
    late = [one for one in [*company.usual(), *company.broken_release()]
            if one.occurred_at >= company.moment(BEGINS + 1)]  # fmt: skip
    later = [company.did(f"later_{n}_{one}", one, company.DAYS + n, "app_opened")
             for n in range(12) for one in range(0, 300, 3)]  # fmt: skip
    company.fill(ledger, [*late, *later])
    looking.look(ledger, desk, END + timedelta(hours=7))
    (second,) = [one for one in warnings(desk) if one.kind == "failure"]
    assert (second.id, second.standing, second.reason) == (first.id, Standing.DISMISSED, "we know")
    assert second.last_at > first.last_at
    assert second.people > first.people
    looking.look(ledger, desk, END + timedelta(days=12, hours=7))
    (third,) = [one for one in warnings(desk) if one.kind == "failure"]
    assert third.id == first.id
    assert third.ended_at is not None
    assert third.people == second.people


def test_a_look_that_is_stopped_leaves_nothing_and_is_made_up_for(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, [*company.usual(), *company.broken_release()])
    assert looking.run(ledger, desk, NOW, lambda: True) is None
    assert warnings(desk) == []
    with desk.read() as tx:
        assert warning_looks.last(tx) is None
    assert looking.is_due(desk, NOW)
    looking.run(ledger, desk, NOW)
    again = [one.id for one in warnings(desk)]
    assert len(again) == 1
    looking.run(ledger, desk, NOW)
    assert [one.id for one in warnings(desk)] == again


def test_it_is_looked_once_a_day_six_hours_after_it_ended_and_when_asked(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, company.usual())
    assert looking.is_due(desk, NOW)
    looking.run(ledger, desk, NOW)
    assert not looking.is_due(desk, NOW + timedelta(hours=20))
    assert not looking.is_due(desk, END + timedelta(days=1, hours=5))
    assert looking.is_due(desk, END + timedelta(days=1, hours=6))
    with desk.begin() as tx:
        looking.ask(tx, by="usr_1", now=NOW)
    assert looking.is_due(desk, NOW)
    looking.run(ledger, desk, NOW)
    assert not looking.is_due(desk, NOW)


def test_too_little_history_is_said_and_tried_again(ledger: Ledger, desk: Desk) -> None:
    assert looking.look(ledger, desk, NOW).reason.startswith("Nobody whose name is known")
    assert looking.is_due(desk, NOW + timedelta(hours=1))
    company.fill(ledger, [one for one in company.usual() if one.occurred_at > company.moment(90)])
    assert "days of history, and 64 are needed" in looking.look(ledger, desk, NOW).reason


def test_what_left_the_ledger_touches_nobody(ledger: Ledger, desk: Desk) -> None:
    company.fill(ledger, [*company.usual(), *company.broken_release()])
    looking.look(ledger, desk, NOW)
    (found,) = warnings(desk)
    told = str((found.cell, found.also, found.figures, found.key))
    assert "per_" not in told, "the desk keeps nobody's name"
    ledger.withdraw("src")
    assert scope(ledger, found).total == 0
