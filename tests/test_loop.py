"""The loop: each job runs once when it is due, and a bad run never ends it for good."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from emptychair import loop
from emptychair.channels.outside import Outside
from emptychair.desk import jobs
from emptychair.desk.desk import Desk
from emptychair.desk.jobs import Outcome
from emptychair.jobs import JOBS, Job, Parts
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.running import Fetchers
from emptychair.listen.sources.system import Means
from emptychair.loop import run_once
from emptychair.understand.reading.learning import Study
from emptychair.understand.reading.tending import ReadingRoom

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    ledger, desk = Ledger.open(tmp_path), Desk.open(tmp_path / "desk.sqlite3")
    reception = Reception(desk, lambda: NOON)
    outside = Outside(clock=lambda: NOON)
    means = Means(outside=outside, limited=Limited(), desk=desk, home=tmp_path, clock=lambda: NOON)
    room = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=lambda: NOON)
    yield Parts(
        ledger=ledger,
        desk=desk,
        reception=reception,
        outside=outside,
        fetchers=Fetchers(ledger=ledger, means=means, chance=lambda: 0.5),
        study=Study(ledger=ledger, desk=desk, room=room, clock=lambda: NOON),
        home=tmp_path,
        base_url="https://chair.example.com",
        clock=lambda: NOON,
    )
    room.close()
    ledger.close()
    desk.close()


def board(parts: Parts) -> dict[str, jobs.Job]:
    with parts.desk.read() as tx:
        return {job.name: job for job in jobs.board(tx)}


def test_a_job_runs_once_until_it_is_due_again(parts: Parts) -> None:
    ran: list[datetime] = []
    job = Job(name="count", every=timedelta(hours=1), run=lambda parts: ran.append(parts.clock()))
    assert [run_once(job, parts) for _ in range(3)] == [True, False, False]
    assert ran == [NOON]
    assert board(parts)["count"].due_at == NOON + timedelta(hours=1)


def test_a_failed_run_is_written_down_and_the_job_is_free_again(parts: Parts) -> None:
    def fail(parts: Parts) -> None:
        raise OSError("the disk said no")

    run_once(Job(name="bad", every=timedelta(0), run=fail), parts)
    told = board(parts)["bad"]
    assert told.last_outcome is Outcome.FAILED
    assert told.last_error == "OSError: the disk said no"
    assert told.held_until is None


def test_a_job_without_work_is_not_even_claimed(parts: Parts) -> None:
    job = Job(name="idle", every=timedelta(0), run=lambda parts: None, has_work=lambda parts: False)
    assert run_once(job, parts) is False
    assert board(parts) == {}


def test_who_asks_for_what_runs_seldom_need_not_wait_until_it_is_time(parts: Parts) -> None:
    by_itself = Job(name="look", every=timedelta(hours=1), run=lambda parts: None)
    run_once(replace(by_itself, is_asking=lambda parts: True), parts)
    due_at = board(parts)["look"].due_at
    assert due_at is not None
    assert NOON < due_at < NOON + timedelta(minutes=1)


@pytest.mark.parametrize("answers", [(False, True), (OSError("the desk is busy"), True)])
def test_it_is_looked_whether_somebody_asks_and_a_bad_look_ends_nothing(
    parts: Parts, answers: tuple[bool | Exception, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    told, ran = iter(answers), Event()

    def is_asking(parts: Parts) -> bool:
        answer = next(told, False)
        if isinstance(answer, Exception):
            raise answer
        return answer

    times = count()

    def run(parts: Parts) -> None:
        if next(times):
            ran.set()

    job = Job(name="look", every=timedelta(hours=1), run=run, is_asking=is_asking, is_local=True)
    monkeypatch.setattr(loop, "JOBS", (job,))
    monkeypatch.setattr(loop, "LOOK", timedelta(0))
    running = loop.Loop(parts)
    running.start()
    assert ran.wait(timeout=30), "it runs again when somebody asks, an hour before it is time"
    running.stop()


def test_every_job_of_the_table_runs_on_an_empty_home_and_again(parts: Parts) -> None:
    for job in JOBS:
        run_once(job, parts)
        run_once(job, parts)
    assert {job.last_outcome for job in board(parts).values()} == {Outcome.DONE}
