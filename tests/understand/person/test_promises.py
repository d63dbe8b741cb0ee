"""Promises: found as one by their id, kept, late, open or overdue."""

from datetime import timedelta

from emptychair.domain.signal import Kind
from emptychair.understand.person.promises import Outcome, promises
from tests.understand.histories import on
from tests.understand.person.happenings import happened

NOW = on("2026-03-10")


def made(when: str, promise: str, **more: object):
    return happened(when, Kind.MET, "promise_made", promise=promise, by="emp_1", **more)


def done(when: str, promise: str, **more: object):
    return happened(when, Kind.MET, "promise_done", promise=promise, **more)


def test_a_promise_is_kept_late_open_or_overdue() -> None:
    found = promises(
        [
            done("2026-03-02 10:00", "kept"),
            made("2026-03-01 10:00", "kept", what="a call back", due_at="2026-03-02T17:00:00Z"),
            made("2026-03-01 11:00", "late", due_at="2026-03-02T17:00:00Z"),
            done("2026-03-04 17:00", "late", due_at="2026-03-02T17:00:00Z"),
            made("2026-03-09 10:00", "open", due_at="2026-03-12T17:00:00+02:00"),
            made("2026-03-05 10:00", "overdue", due_at="2026-03-08T00:00:00Z"),
            made("2026-03-06 10:00", "no day"),
            made("2026-03-07 10:00", "no day kept", due_at="soon"),
            done("2026-03-08 10:00", "no day kept"),
        ],
        NOW,
    )
    assert [(one.key, one.outcome) for one in found] == [
        ("open", Outcome.OPEN),
        ("no day", Outcome.OPEN),
        ("overdue", Outcome.BROKEN),
        ("no day kept", Outcome.KEPT),
        ("late", Outcome.LATE),
        ("kept", Outcome.KEPT),
    ]
    told = {one.key: one for one in found}
    assert told["late"].late_by(NOW) == timedelta(days=2)
    assert told["overdue"].late_by(NOW) == timedelta(days=2)
    assert told["open"].late_by(NOW) == timedelta(0)
    assert (told["kept"].what, told["kept"].by) == ("a call back", "emp_1")


def test_a_promise_said_twice_is_one_and_its_keeping_alone_is_kept() -> None:
    found = promises(
        [
            made("2026-03-01", "one", due_at="2026-03-03T00:00:00Z"),
            made("2026-03-02", "one", due_at="2026-03-09T00:00:00Z"),
            done("2026-03-05", "one"),
            done("2026-03-06", "lost"),
        ],
        NOW,
    )
    assert [(one.key, one.outcome, one.made_at) for one in found] == [
        ("lost", Outcome.KEPT, None),
        ("one", Outcome.LATE, on("2026-03-01")),
    ]


def test_the_same_promise_to_two_people_of_an_account_are_two() -> None:
    found = promises([made("2026-03-01", "one"), made("2026-03-01", "one", person="ben")], NOW)
    assert len(found) == 2
