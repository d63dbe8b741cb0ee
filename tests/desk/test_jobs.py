"""Jobs and work: each done once, whoever dies."""

from datetime import datetime, timedelta

import pytest

from emptychair.desk import jobs, work
from emptychair.desk.desk import Desk
from emptychair.desk.jobs import Outcome
from emptychair.desk.work import State, Work
from tests.desk.people import HOUR, NOW, at_once

HOLD = timedelta(minutes=5)


def claim(desk: Desk, now: datetime = NOW, name: str = "seal") -> bool:
    with desk.begin() as tx:
        return jobs.claim(tx, name, now, HOLD)


def end(desk: Desk, claimed_at: datetime, now: datetime, error: str | None = None) -> bool:
    with desk.begin() as tx:
        return jobs.end(tx, "seal", claimed_at=claimed_at, now=now, due_at=now + HOUR, error=error)


def test_of_many_who_claim_a_job_at_once_one_runs_it(desk: Desk) -> None:
    assert sum(at_once(lambda _number: claim(desk))) == 1


def test_a_job_runs_again_when_it_is_due_and_not_before(desk: Desk) -> None:
    assert claim(desk)
    assert end(desk, NOW, NOW + timedelta(seconds=2))
    due = NOW + timedelta(seconds=2) + HOUR
    assert not claim(desk, due - timedelta(microseconds=1))
    assert claim(desk, due)
    with desk.read() as tx:
        (job,) = jobs.board(tx)
    assert (job.last_outcome, job.last_microseconds, job.last_error) == (Outcome.DONE, 2_000_000, None)
    assert job.held_until == due + HOLD


def test_a_job_whose_process_died_is_claimed_again_when_its_hold_ran_out(desk: Desk) -> None:
    assert claim(desk)
    assert not claim(desk, NOW + HOLD - timedelta(microseconds=1))
    assert claim(desk, NOW + HOLD)


def test_a_slow_run_does_not_take_the_hold_of_the_one_that_followed(desk: Desk) -> None:
    assert claim(desk)
    assert claim(desk, NOW + HOLD)
    assert not end(desk, NOW, NOW + HOLD + timedelta(seconds=1))
    assert not claim(desk, NOW + HOLD + timedelta(seconds=2))
    assert end(desk, NOW + HOLD, NOW + HOLD + timedelta(seconds=3))


def test_a_failed_run_says_what_happened_and_is_tried_when_due(desk: Desk) -> None:
    claim(desk)
    end(desk, NOW, NOW, "no route to host\0")
    with desk.read() as tx:
        (job,) = jobs.board(tx)
    assert (job.last_outcome, job.last_error, job.held_until) == (Outcome.FAILED, "no route to host␀", None)
    assert claim(desk, NOW + HOUR)


def test_a_person_can_ask_for_a_job_early_but_not_twice_at_once(desk: Desk) -> None:
    claim(desk)
    end(desk, NOW, NOW)
    with desk.begin() as tx:
        assert jobs.claim_early(tx, "seal", NOW + timedelta(minutes=1), HOLD)
        assert not jobs.claim_early(tx, "seal", NOW + timedelta(minutes=2), HOLD)


def test_jobs_do_not_hold_each_other(desk: Desk) -> None:
    assert claim(desk, name="seal")
    assert claim(desk, name="compact")


def ask(desk: Desk, thing: str = "imp_1", now: datetime = NOW) -> Work:
    with desk.begin() as tx:
        return work.ask(tx, "import", thing, {"resume": True}, by="usr_ada", now=now)


def take(desk: Desk, now: datetime = NOW) -> Work | None:
    with desk.begin() as tx:
        return work.take(tx, ["import"], now, HOLD)


def taken(desk: Desk, now: datetime = NOW) -> Work:
    piece = take(desk, now)
    assert piece is not None
    return piece


def test_work_is_taken_up_once_and_ended_once(desk: Desk) -> None:
    asked = ask(desk)
    assert asked.id.startswith("job_")
    assert (asked.state, asked.arguments) == (State.WAITING, {"resume": True})
    piece = taken(desk)
    assert (piece.id, piece.state, piece.tries) == (asked.id, State.RUNNING, 1)
    assert take(desk) is None
    with desk.begin() as tx:
        assert work.beat(tx, piece, NOW, HOLD, done=5, total=10, note="reading")
        assert work.finish(tx, piece, NOW + HOUR)
        assert not work.finish(tx, piece, NOW + HOUR)
        ended = work.find(tx, piece.id)
    assert ended is not None
    assert (ended.state, ended.done, ended.total, ended.note) == (State.DONE, 5, 10, "reading")
    assert (ended.held_until, ended.ended_at) == (None, NOW + HOUR)


def test_asking_for_the_same_work_twice_is_asking_once_until_it_ended(desk: Desk) -> None:
    assert len({piece.id for piece in at_once(lambda _number: ask(desk))}) == 1
    piece = taken(desk)
    assert ask(desk).id == piece.id
    with desk.begin() as tx:
        work.finish(tx, piece, NOW)
    again = ask(desk, now=NOW + HOUR)
    assert again.id != piece.id
    with desk.read() as tx:
        assert work.latest(tx, "import", "imp_1") == again
        assert work.open_work(tx) == [again]


def test_many_takers_at_once_take_each_piece_once_and_the_oldest_first(desk: Desk) -> None:
    asked = [ask(desk, f"imp_{number}", NOW + timedelta(seconds=number)) for number in range(6)]
    pieces = [piece.id for piece in at_once(lambda _number: take(desk, NOW + HOUR)) if piece is not None]
    assert len(set(pieces)) == len(pieces)
    rest = []
    while piece := take(desk, NOW + HOUR):
        rest.append(piece.id)
    assert sorted(pieces + rest) == sorted(one.id for one in asked)


def test_the_oldest_work_comes_first(desk: Desk) -> None:
    later, sooner = ask(desk, "imp_2", NOW + HOUR), ask(desk, "imp_1", NOW)
    assert [taken(desk, NOW + 2 * HOUR).id for _ in range(2)] == [sooner.id, later.id]


def test_work_whose_process_died_is_taken_up_again_and_its_old_holder_must_stop(desk: Desk) -> None:
    ask(desk)
    first = taken(desk)
    assert take(desk, NOW + HOLD - timedelta(microseconds=1)) is None
    second = taken(desk, NOW + HOLD)
    assert (second.id, second.tries) == (first.id, 2)
    with desk.begin() as tx:
        assert not work.beat(tx, first, NOW + HOLD, HOLD, done=9, total=10)
        assert not work.finish(tx, first, NOW + HOLD)
        assert not work.fail(tx, first, "late", NOW + HOLD)
        assert work.beat(tx, second, NOW + HOLD, HOLD, done=1, total=10)


def test_a_beat_holds_the_work_longer(desk: Desk) -> None:
    ask(desk)
    piece = taken(desk)
    with desk.begin() as tx:
        work.beat(tx, piece, NOW + timedelta(minutes=4), HOLD, done=1, total=2)
    assert take(desk, NOW + timedelta(minutes=8)) is None
    assert take(desk, NOW + timedelta(minutes=9)) is not None


def test_work_that_takes_its_process_down_each_time_is_given_up(desk: Desk) -> None:
    ask(desk)
    for turn in range(work.MOST_TRIES):
        assert take(desk, NOW + turn * HOLD) is not None
    assert take(desk, NOW + work.MOST_TRIES * HOLD) is None
    with desk.read() as tx:
        given_up = work.latest(tx, "import", "imp_1")
    assert given_up is not None
    assert given_up.state is State.FAILED
    assert given_up.error == "it was begun 5 times and its process ended each time"


def test_work_that_is_put_back_is_taken_up_at_once_and_has_not_been_tried(desk: Desk) -> None:
    ask(desk)
    piece = taken(desk)
    with desk.begin() as tx:
        assert work.release(tx, piece)
    assert taken(desk).tries == 1


@pytest.mark.parametrize("running", [False, True])
def test_cancelled_work_stops_at_its_next_beat(desk: Desk, running: bool) -> None:
    asked = ask(desk)
    piece = taken(desk) if running else asked
    with desk.begin() as tx:
        assert work.cancel(tx, asked.id, NOW)
        assert not work.cancel(tx, asked.id, NOW)
        assert not work.beat(tx, piece, NOW, HOLD, done=1, total=1)
    assert take(desk) is None


def test_work_is_left_to_those_who_can_do_it(desk: Desk) -> None:
    with desk.begin() as tx:
        work.ask(tx, "export", "x", {}, by="cli", now=NOW)
        assert work.take(tx, ["import"], NOW, HOLD) is None
        assert work.take(tx, [], NOW, HOLD) is None
        assert work.take(tx, ["import", "export"], NOW, HOLD) is not None
