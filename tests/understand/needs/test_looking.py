"""The daily look: a need that grows is found, quiet is quiet, and nobody raises an alarm alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from emptychair.desk import need_alarms, need_cues, need_looks, need_phrases
from emptychair.desk.desk import Desk
from emptychair.desk.need_alarms import KeptAlarm, Standing
from emptychair.desk.need_evidence import Ground
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.needs import looking
from emptychair.understand.needs.evidence import evidence
from tests.understand.needs.company import (
    BEGINS,
    DAYS,
    DECAF,
    END,
    START,
    fill,
    moment,
    need,
    read,
    said,
    searched,
    signal,
    spam,
    usual,
)

NOW = END + timedelta(hours=5)
Company = tuple[Ledger, Desk]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Callable[[list[Signal]], Company]]:
    ledger, desk = Ledger.open(tmp_path), Desk.open(tmp_path / "desk.sqlite3")

    def filled(signals: list[Signal]) -> Company:
        fill(ledger, desk, signals)
        return ledger, desk

    yield filled
    ledger.close()
    desk.close()


def alarms(desk: Desk) -> dict[tuple[str, str], KeptAlarm]:
    with desk.read() as tx:
        return {(one.kind, one.key): one for one in need_alarms.every(tx)}


def test_a_need_that_grows_is_found_in_searches_and_in_words(company: Callable) -> None:
    ledger, desk = company([*usual(), *need()])
    told = looking.look(ledger, desk, NOW, None)
    assert told.reason == ""
    assert told.days == DAYS
    found = alarms(desk)
    assert {("search", "half caf"), ("theme", DECAF)} <= found.keys()
    assert {kind for kind, _ in found} <= {"search", "theme", "cue"}
    assert not {("search", "tea"), ("search", "sirup"), ("theme", "thm_late")} & found.keys()
    alarm = found["search", "half caf"]
    # Not before there was anything, and within five weeks of the first search.
    assert START + timedelta(days=BEGINS) < alarm.raised_at < START + timedelta(days=BEGINS + 35)
    assert alarm.ended_at is None
    assert alarm.figures["observed"] >= 5
    assert alarm.figures["low"] > 1
    with desk.read() as tx:
        assert set(need_phrases.typed(tx, ["half caf"])) == {"half caf", "Half-Caf", "halfcaf!", "half caff"}


def test_a_quiet_company_is_quiet(company: Callable) -> None:
    for seed in (3, 4):
        ledger, desk = company([replace(one, id=f"{seed}{one.id}") for one in usual(seed)])
        assert looking.look(ledger, desk, NOW, None).reason == ""
        assert alarms(desk) == {}


def test_nobody_raises_an_alarm_alone(company: Callable) -> None:
    ledger, desk = company([*usual(), *spam()])
    looking.look(ledger, desk, NOW, None)
    assert alarms(desk) == {}


def test_the_same_words_without_a_name_are_one_voice(company: Callable) -> None:
    """Sixty copies of a text that name nobody are one; sixty different ones are many."""
    copies = [
        said(f"copy_{n}", None, moment(DAYS - 20 + n % 20, n), "I blend decaf and beans.") for n in range(60)
    ]
    ledger, desk = company([*usual(), *copies])
    looking.look(ledger, desk, NOW, None)
    assert alarms(desk) == {}
    fresh = [
        said(f"own_{n}", None, moment(DAYS - 10 + n % 10, n), f"I blend decaf and beans number {n}.")
        for n in range(60)
    ]
    ledger.append(fresh)
    ledger.load(NOW)
    read(fresh, ledger)
    looking.look(ledger, desk, NOW, None)
    assert {("theme", DECAF), ("cue", "workaround")} <= alarms(desk).keys()


def test_ten_texts_say_that_it_is_not_enough(company: Callable) -> None:
    ten = [
        said(f"t_{n}", f"per_{n}", moment(DAYS - 3, n), "I wish there was a way to pause.") for n in range(10)
    ]
    ledger, desk = company(ten)
    told = looking.look(ledger, desk, NOW, None)
    assert "10 people spoke or searched" in told.reason
    assert "30 are needed" in told.reason
    assert told.cues == 10
    assert alarms(desk) == {}


def test_a_young_company_is_told_how_many_days_are_missing(company: Callable) -> None:
    young = [one for one in usual() if one.occurred_at >= END - timedelta(days=40)]
    ledger, desk = company(young)
    assert (
        "112 are needed before anything can be compared with them: 72 more."
        in looking.look(ledger, desk, NOW, None).reason
    )


def test_nothing_at_all_is_told_too(company: Callable) -> None:
    ledger, desk = company([])
    assert looking.look(ledger, desk, NOW, None).reason == (
        "Nobody has said anything or searched for anything yet."
    )


def test_a_second_look_follows_what_the_first_raised_and_keeps_what_people_made_of_it(
    company: Callable,
) -> None:
    ledger, desk = company([*usual(), *need()])
    looking.look(ledger, desk, NOW, None)
    first = alarms(desk)["search", "half caf"]
    with desk.begin() as tx:
        need_alarms.stand(tx, first.id, Standing.DISMISSED, by="usr_1", now=NOW, reason="no beans for it")
    more = [searched(f"more_{n}", f"more_{n}", END + timedelta(hours=n), "half caf", 0) for n in range(12)]
    more += [
        said(f"more_said_{n}", f"per_{n}", END + timedelta(hours=n), "My parcel is late.") for n in range(12)
    ]
    ledger.append(more)
    ledger.load(NOW)
    looking.look(ledger, desk, NOW + timedelta(days=1), None)
    again = alarms(desk)["search", "half caf"]
    assert (again.id, again.raised_at) == (first.id, first.raised_at)
    assert again.standing is Standing.DISMISSED
    assert again.last_at > first.last_at
    assert again.figures["observed"] > first.figures["observed"]


def test_what_stops_is_over_after_four_weeks(company: Callable) -> None:
    early = [
        searched(f"early_{n}", f"early_{n}", moment(DAYS - 200 + n % 7, n), "decaf kettle", 0)
        for n in range(40)
    ]
    ledger, desk = company([*usual(), *early])
    looking.look(ledger, desk, NOW, None)
    alarm = alarms(desk)["search", "decaf kettle"]
    assert alarm.ended_at == alarm.last_at + timedelta(days=28)
    assert alarm.ended_at < END


def test_it_is_due_once_a_day_and_when_somebody_asks(company: Callable) -> None:
    ledger, desk = company(usual())
    assert looking.is_due(desk, NOW)
    looking.run(ledger, desk, NOW, None)
    assert not looking.is_due(desk, NOW + timedelta(hours=23))
    assert looking.is_due(desk, NOW + timedelta(hours=24))
    with desk.begin() as tx:
        looking.ask(tx, by="usr_1", now=NOW)
    assert looking.is_due(desk, NOW)
    looking.run(ledger, desk, NOW, None)
    assert not looking.is_due(desk, NOW)
    with desk.read() as tx:
        assert need_looks.last(tx) is not None


def test_a_growth_among_some_is_found_where_it_is(company: Callable) -> None:
    """Tea is searched for by as many as ever, but in one country it is all that people search for."""
    countries = [
        signal(
            f"told_{n}", f"per_{n}", START, kind=Kind.JOINED, name="subscription",
            properties=f'{{"country": "{"DE" if n % 4 else "CH"}"}}',
        )
        for n in range(2_000)
    ]  # fmt: skip
    ledger, desk = company([*countries, *(_all_tea_in_switzerland(one) for one in usual())])
    looking.look(ledger, desk, NOW, None)
    with desk.read() as tx:
        found = {(one.key, one.segment) for one in need_alarms.every(tx)}
    assert found == {("tea", "country=CH")}


def _all_tea_in_switzerland(one: Signal) -> Signal:
    if one.name != "search" or one.occurred_at < moment(DAYS - 28, 0):
        return one
    assert one.person is not None
    if int(one.person.removeprefix("per_")) % 4 == 0:
        return replace(one, properties='{"query": "tea", "results": 0}')
    return replace(one, properties=one.properties.replace('"tea", "results": 0', '"ethiopia", "results": 4'))


def test_coming_back_from_an_export_with_an_import_is_a_habit_when_it_is_done_again(
    company: Callable,
) -> None:
    moves = []
    for n in range(12):
        for turn in range(3):
            at = moment(DAYS - 12 + turn * 4, n)
            moves.append(signal(f"out_{n}_{turn}", f"per_{n}", at, kind=Kind.DID, name="recipes_exported"))
            back = at + timedelta(hours=2)
            moves.append(signal(f"in_{n}_{turn}", f"per_{n}", back, kind=Kind.DID, name="recipes_imported"))
    ledger, desk = company([*usual(), *moves])
    looking.look(ledger, desk, NOW, None)
    alarm = alarms(desk)["habit", "export and import"]
    assert alarm.figures["observed"] == 12
    ground = Ground(need_id="", kind="habit", key=alarm.key, added_by="usr_1", added_at=NOW)
    found = evidence(ledger, desk, [ground], END)
    assert found.trips == 24
    assert len(found.people) == 12


def test_evidence_is_asked_anew_and_what_is_erased_is_none(company: Callable) -> None:
    ledger, desk = company([*usual(), *need()])
    looking.look(ledger, desk, NOW, None)
    grounds = [
        Ground(need_id="", kind=kind, key=key, added_by="usr_1", added_at=NOW)
        for kind, key in (("search", "half caf"), ("cue", "workaround"), ("theme", DECAF))
    ]
    before = evidence(ledger, desk, grounds, END)
    assert len(before.people) == 60
    assert len(before.quotes) == 20
    assert {one.phrase for one in before.phrases} == {"half caf", "Half-Caf", "halfcaf!", "half caff"}
    assert [(one.currency, one.amount) for one in before.spent] == [("EUR", 60 * 20)]
    assert before.quotes[0].sentence.startswith("I mix decaf")
    gone = {"need_0", "need_1", "paid_0", "paid_1"}
    ledger.withdraw("src", sorted(gone))
    after = evidence(ledger, desk, grounds, END)
    assert set(before.people) - set(after.people) == {"need_0", "need_1"}
    assert "need_0" not in {one.id for one in after.quotes}
    assert after.spent[0].amount == 58 * 20
    with desk.begin() as tx:
        assert need_cues.forget(tx, ["need_3", "need_0"]) == 2
    assert "need_3" in {one.id for one in evidence(ledger, desk, grounds, END).quotes}, (
        "its theme has it still"
    )
    # The next look reads the month again, and forgets the cue.
    looking.look(ledger, desk, NOW, None)
    with desk.read() as tx:
        assert "need_0" not in {one.signal for one in need_cues.since(tx, START)}


def test_what_employees_say_and_what_agents_answer_is_no_cue(company: Callable) -> None:
    words = "I have to export it and then import it by hand."
    others = [
        signal(
            "emp",
            None,
            moment(DAYS - 2, 0),
            kind=Kind.SAID,
            name="comment",
            text=words,
            audience=Audience.EMPLOYEE,
        ),
        signal("reply", "per_1", moment(DAYS - 2, 1), kind=Kind.MET, name="reply", text=words),
    ]
    ledger, desk = company([*usual(), *others])
    looking.look(ledger, desk, NOW, None)
    with desk.read() as tx:
        assert need_cues.since(tx, START) == []


def test_where_every_search_found_something_nothing_was_sought_in_vain(company: Callable) -> None:
    ledger, desk = company([searched(f"found_{day}", "per_1", moment(day, 1), "tea", 4) for day in range(30)])
    assert looking.look(ledger, desk, NOW, None).people > 0
    assert alarms(desk) == {}
