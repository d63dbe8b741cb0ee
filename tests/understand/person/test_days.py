"""A history by day, conversation and visit; and how long somebody belongs."""

from emptychair.domain.signal import Kind
from emptychair.understand.person.belonging import belonging
from emptychair.understand.person.days import Form, days
from tests.understand.histories import on
from tests.understand.person.happenings import happened


def newest_first(*found):
    return sorted(found, key=lambda one: one.occurred_at, reverse=True)


def test_visits_end_after_half_an_hour_and_conversations_hold_together() -> None:
    found = days(
        newest_first(
            happened("2026-05-01 09:00", Kind.DID, "page", signal="1"),
            happened("2026-05-01 09:20", Kind.DID, "page", signal="2"),
            happened("2026-05-01 09:30", Kind.SAID, "message", signal="3", conversation="case-1"),
            happened("2026-05-01 09:50", Kind.DID, "search", signal="4"),
            happened("2026-05-01 10:21", Kind.DID, "page", signal="5"),
            happened("2026-05-01 10:22", Kind.DID, "sign_in_failed", signal="6"),
            happened("2026-05-01 11:00", Kind.MET, "reply", signal="7", conversation="case-1"),
            happened("2026-05-01 11:01", Kind.PAID, "order", value="5", signal="8"),
            happened("2026-05-02 00:00", Kind.MET, "reply", signal="9", conversation="case-1"),
        )
    )
    assert [day.on.day for day in found] == [2, 1]
    assert [(one.form, [each.id for each in one.items]) for one in found[1].episodes] == [
        (Form.SINGLE, ["8"]),
        (Form.CONVERSATION, ["3", "7"]),
        (Form.SINGLE, ["6"]),
        (Form.VISIT, ["5"]),
        (Form.VISIT, ["1", "2", "4"]),
    ]
    assert found[0].episodes[0].key == "case-1"


def test_visits_of_two_people_are_two() -> None:
    found = days(
        newest_first(
            happened("2026-05-01 09:00", Kind.DID, "page"),
            happened("2026-05-01 09:01", Kind.DID, "page", person="ben"),
        )
    )
    assert len(found[0].episodes) == 2


def test_whoever_left_and_came_back_belongs_again() -> None:
    first = on("2024-01-01")
    told = [
        happened("2025-01-01", Kind.JOINED, "subscription", plan="home"),
        happened("2025-02-01", Kind.JOINED, "subscription", plan="pro"),
        happened("2025-03-01", Kind.LEFT, "subscription"),
    ]
    gone = belonging(told, first)
    assert (gone.since, gone.until, gone.times, gone.what) == (on("2025-01-01"), on("2025-03-01"), 1, "pro")
    back = belonging([*told, happened("2025-06-01", Kind.JOINED, "subscription")], first)
    assert (back.since, back.until, back.times) == (on("2025-06-01"), None, 2)
    renewed = belonging(
        [*told[:2], happened("2025-03-01", Kind.LEFT, "x"), happened("2025-03-01", Kind.JOINED, "x")], first
    )
    assert (renewed.since, renewed.until) == (on("2025-03-01"), None)
    assert (belonging(told[2:], first).since, belonging([], first).is_told) == (first, False)
