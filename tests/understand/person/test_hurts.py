"""Where it hurt: each kind of moment, how deep, in order."""

from emptychair.domain.signal import Kind
from emptychair.understand.person.hurts import Hurt, latest, wounds
from emptychair.understand.person.promises import promises
from tests.understand.histories import on
from tests.understand.person.happenings import happened, sounds

NOW = on("2026-06-01")


def made(when: str, promise: str, signal: str, due: str):
    return happened(when, Kind.MET, "promise_made", promise=promise, signal=signal, due_at=f"{due}T00:00:00Z")


def test_every_kind_of_hurt_is_found_the_worst_first() -> None:
    told = [
        happened("2026-05-01", Kind.SAID, "message", text="Never again.", signal="words"),
        happened("2026-05-02", Kind.SAID, "message", text="Fine.", signal="fine"),
        happened("2026-05-03", Kind.RATED, "nps", score=0, signal="score"),
        happened("2026-05-03", Kind.RATED, "nps", score=7, signal="passive"),
        happened("2026-05-04 08:00", Kind.DID, "sign_in_failed", signal="first"),
        happened("2026-05-04 09:00", Kind.DID, "sign_in_failed", signal="again", error="unknown plan"),
        happened("2026-05-05", Kind.DID, "return_requested", **{"return": "ret_1"}),
        happened("2026-05-19", Kind.PAID, "refund", value="-9", signal="slow", **{"return": "ret_1"}),
        happened(
            "2026-05-19", Kind.PAID, "refund", value="-9", signal="quick", requested_at="2026-05-18T00:00:00Z"
        ),
        happened(
            "2026-05-06",
            Kind.MET,
            "promise_made",
            promise="p",
            signal="promise",
            due_at="2026-05-08T00:00:00Z",
        ),
        happened("2026-05-11", Kind.MET, "promise_done", promise="p"),
    ]
    read = {"words": sounds("negative", "-0.8"), "fine": sounds("positive", "0.9")}
    found = wounds(told, read, promises(told, NOW), NOW)
    assert [(one.hurt, one.signal) for one in found] == [
        (Hurt.SCORE, "score"),
        (Hurt.WORDS, "words"),
        (Hurt.REFUND, "slow"),
        (Hurt.PROMISE, "promise"),
        (Hurt.FAILURE, "again"),
    ]
    by = {one.hurt: one for one in found}
    assert (by[Hurt.FAILURE].times, by[Hurt.FAILURE].text) == (2, "unknown plan")
    assert (by[Hurt.REFUND].days, by[Hurt.PROMISE].days) == (14, 3)
    assert (by[Hurt.PROMISE].at, by[Hurt.PROMISE].told_at) == (on("2026-05-08"), on("2026-05-06"))
    last = latest(found)
    assert last is not None
    assert last.hurt is Hurt.REFUND


def test_an_overdue_promise_hurts_more_than_a_late_one_and_an_open_one_not_at_all() -> None:
    told = [
        made("2026-05-20", "a", "a", due="2026-05-28"),
        made("2026-05-20", "b", "b", due="2026-05-22"),
        happened("2026-05-26", Kind.MET, "promise_done", promise="b"),
        made("2026-05-20", "c", "c", due="2026-06-22"),
    ]
    assert [one.signal for one in wounds(told, {}, promises(told, NOW), NOW)] == ["a", "b"]


def test_eight_at_most() -> None:
    told = [happened(f"2026-05-{day:02}", Kind.RATED, "csat", score=1) for day in range(1, 20)]
    assert len(wounds(told, {}, [], NOW)) == 8
