"""The clock that runs the table of recurring work: each job is claimed in the desk before it runs."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from emptychair.desk import jobs
from emptychair.jobs import JOBS, Job, Parts

log = logging.getLogger("emptychair.loop")
HOLD = timedelta(minutes=15)
# Seconds. Work has piled up while a run took long: what nobody claims goes on almost at once.
SHORTEST_REST = 0.05
# How soon somebody who asks for work that runs seldom is heard.
LOOK = timedelta(seconds=5)


class Loop:
    """Runs each job when it is due, one thread a job, until it is stopped."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stopping = threading.Event()
        self._workers = ThreadPoolExecutor(max_workers=len(JOBS), thread_name_prefix="loop")

    def start(self) -> None:
        """Begin; returns at once."""
        for job in JOBS:
            self._workers.submit(self._keep_running, job)

    def stop(self) -> None:
        """End after the runs that are under way; safe to call twice."""
        self._stopping.set()
        self._parts.fetchers.stopping.set()
        self._parts.study.room.stop()
        self._workers.shutdown(wait=True)

    def _keep_running(self, job: Job) -> None:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"job-{job.name}") as runner:
            while not self._stopping.is_set():
                began = time.monotonic()
                # A future keeps whatever went wrong, so that one bad run never ends the job for good.
                problem = runner.submit(run_once, job, self._parts).exception()
                if problem is not None:
                    log.error("the job %s could not be run", job.name, exc_info=problem)
                took = time.monotonic() - began if job.is_local else 0.0
                self._rest(job, max(job.every.total_seconds() - took, SHORTEST_REST), runner)

    def _rest(self, job: Job, seconds: float, runner: ThreadPoolExecutor) -> None:
        """Wait until it is time again, or somebody asks for it."""
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := until - time.monotonic()) > 0:
            self._stopping.wait(min(left, LOOK.total_seconds()) if job.is_asking else left)
            if job.is_asking is not None:
                looked = runner.submit(job.is_asking, self._parts)
                if looked.exception() is None and looked.result():
                    return


def run_once(job: Job, parts: Parts) -> bool:
    """Claim the job, run it, write down how it ended; False when nothing is to do or another has it."""
    if not job.has_work(parts):
        return False
    if job.is_local:
        job.run(parts)
        return True
    claimed_at = parts.clock()
    with parts.desk.begin() as tx:
        if not jobs.claim(tx, job.name, claimed_at, HOLD):
            return False
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"run-{job.name}") as runner:
        problem = runner.submit(job.run, parts).exception()
    if problem is not None:
        log.error("the job %s failed", job.name, exc_info=problem)
    now = parts.clock()
    with parts.desk.begin() as tx:
        error = None if problem is None else f"{type(problem).__name__}: {problem}"
        due_at = claimed_at + (job.every if job.is_asking is None else min(job.every, LOOK))
        jobs.end(tx, job.name, claimed_at=claimed_at, now=now, due_at=due_at, error=error)
    return True
