"""Sources that are due are fetched, one step at a time: what came is acknowledged before the cursor moves."""

import logging
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from emptychair.channels.outside import OutsideError
from emptychair.desk import fetching, samples, source_secrets, sources
from emptychair.desk.fetching import Fetching
from emptychair.desk.sources import Source
from emptychair.ledger.envelope import Envelope
from emptychair.ledger.errors import LedgerError
from emptychair.ledger.ledger import Ledger
from emptychair.listen.sources.backing_off import Chance, next_look, wait_after
from emptychair.listen.sources.system import Errand, Fetched, Means, SourceTrouble, Step, System
from emptychair.listen.sources.systems import SYSTEMS

log = logging.getLogger("emptychair.sources")
# A process that died gives its sources up after so long; a step has to end before.
HOLD = timedelta(minutes=10)
AT_ONCE = 4
# One source does not keep the others waiting for longer than this.
TURN = timedelta(minutes=2)
_LARGEST_ENVELOPE = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetchers:
    """What runs sources: the ledger that takes what comes, what fetching may use, and chance for the waits.

    `tokens` are what systems lent us, by source. When `stopping` is set no step begins any more.
    """

    ledger: Ledger
    means: Means
    chance: Chance
    tokens: MutableMapping[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    stopping: Event = field(default_factory=Event)


def is_due(means: Means, now: datetime) -> bool:
    """Whether some source is to be fetched."""
    with means.desk.read() as tx:
        return bool(fetching.due(tx, now))


def run_due(fetchers: Fetchers) -> int:
    """Fetch every source that is due, a few at the same time; how many were taken up.

    Safe to run twice, by several processes, and to be killed anywhere.
    """
    with fetchers.means.desk.read() as tx:
        due = fetching.due(tx, fetchers.means.clock())
    if not due:
        return 0
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="source") as workers:
        futures = {source_id: workers.submit(run_one, fetchers, source_id) for source_id in due}
    for source_id, future in futures.items():
        if (problem := future.exception()) is not None:
            log.error("the source %s could not be run", source_id, exc_info=problem)
    return sum(future.exception() is None and future.result() for future in futures.values())


def run_one(fetchers: Fetchers, source_id: str) -> bool:
    """Fetch one source for its turn; False when it is not due, or another's."""
    means = fetchers.means
    if fetchers.stopping.is_set():
        return False
    began = means.clock()
    with means.desk.begin() as tx:
        taken = fetching.claim(tx, source_id, began, HOLD)
        source = sources.find(tx, source_id)
        secrets = source_secrets.reveal(tx, source_id)
    if taken is None or source is None:
        return False
    system = SYSTEMS.get(source.kind)
    if system is None or system.step is None:
        _stop(means, taken, f"This version fetches no sources of the kind {source.kind}.")
        return True
    turn = _Turn(fetchers, taken, source, system, system.step, dict(secrets.values))
    # A future keeps what went wrong, whatever it is, so that a fault of one source is told and tried again.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"source-{source.kind}") as runner:
        problem = runner.submit(turn.run, began + TURN).exception()
    if problem is not None:
        turn.end_badly(problem)
    return True


class _Turn:
    """One turn of one source."""

    def __init__(
        self,
        fetchers: Fetchers,
        taken: Fetching,
        source: Source,
        system: System,
        step: Step,
        secrets: dict[str, str],
    ) -> None:
        self._ledger, self._means, self._chance = fetchers.ledger, fetchers.means, fetchers.chance
        self._taken, self._source, self._system, self._step = taken, source, system, step
        self._secrets, self._stopping = secrets, fetchers.stopping
        self._tokens = fetchers.tokens.setdefault(source.id, {})

    def run(self, until: datetime) -> None:
        """Steps until there is no more, or the turn is over, or the source is another's."""
        cursor = self._taken.cursor
        while True:
            now = self._means.clock()
            fetched = self._step(self._errand(cursor, now))
            self._acknowledge(fetched, now)
            with self._means.desk.begin() as tx:
                is_ours = fetching.advance(
                    tx,
                    self._taken,
                    cursor=fetched.cursor,
                    brought=len(fetched.items) if fetched.brought is None else fetched.brought,
                    now=now,
                    hold=HOLD,
                )
                shown = fetched.samples or fetched.items
                if is_ours and shown and self._system.is_mapped:
                    samples.keep(tx, self._source.id, list(shown), now)
            if not is_ours:
                return
            cursor = fetched.cursor
            now = self._means.clock()
            is_over = now >= until or self._stopping.is_set()
            if not fetched.is_more or fetched.wait is not None or is_over:
                self._rest(fetched, now)
                return

    def end_badly(self, problem: BaseException) -> None:
        """Put the source off, or stop it when a person has to mend something."""
        text, is_temporary, retry_after = _told(problem)
        if not isinstance(problem, OutsideError | SourceTrouble | LedgerError):
            log.error("the source %s failed", self._source.id, exc_info=problem)
        if not is_temporary:
            _stop(self._means, self._taken, text)
            return
        now = self._means.clock()
        wait = wait_after(self._taken.failures + 1, retry_after, self._chance)
        with self._means.desk.begin() as tx:
            fetching.put_off(tx, self._taken, text, now=now, due_at=now + wait)

    def _errand(self, cursor: Any, now: datetime) -> Errand:
        return Errand(
            source=self._source.id,
            settings=self._source.terms.get("settings") or {},
            secrets=self._secrets,
            cursor=cursor,
            tokens=self._tokens,
            means=self._means,
            now=now,
            audience=self._source.audience,
            is_mapped=bool(self._source.terms.get("mapping")),
        )

    def _acknowledge(self, fetched: Fetched, now: datetime) -> None:
        """Return when what came is on disk; before that the cursor does not move."""
        if self._system.door is None:
            return
        for body in _bodies(fetched.items):
            self._ledger.put(
                Envelope(
                    door=self._system.door,
                    source=self._source.id,
                    received_at=now,
                    client=self._system.key,
                    body=body,
                )
            )

    def _rest(self, fetched: Fetched, now: datetime) -> None:
        if fetched.is_more:
            due_at = now + (fetched.wait or timedelta(0))
        else:
            due_at = now + max(
                fetched.wait or timedelta(0), next_look(_every(self._source, self._system), self._chance)
            )
        with self._means.desk.begin() as tx:
            fetching.rest(tx, self._taken, now=now, due_at=due_at, note=fetched.note)


def _every(source: Source, system: System) -> timedelta:
    told = (source.terms.get("settings") or {}).get("every")
    return timedelta(minutes=int(told)) if told else system.every


def _bodies(items: Any) -> list[bytes]:
    """The items in envelopes of bounded size, one item a line."""
    bodies: list[bytes] = []
    lines: list[bytes] = []
    size = 0
    for item in items:
        if lines and size + len(item) > _LARGEST_ENVELOPE:
            bodies.append(b"\n".join(lines))
            lines, size = [], 0
        lines.append(item)
        size += len(item)
    return [*bodies, b"\n".join(lines)] if lines else bodies


def _told(problem: BaseException) -> tuple[str, bool, timedelta | None]:
    """What went wrong, whether it is worth to try again, and how long the other side asked to wait."""
    if isinstance(problem, OutsideError | SourceTrouble):
        return str(problem), problem.is_temporary, problem.retry_after
    if isinstance(problem, LedgerError):
        return f"What came could not be stored: {problem}", True, None
    return (
        f"Something unexpected happened ({type(problem).__name__}); the log of the server says what.",
        True,
        None,
    )


def _stop(means: Means, taken: Fetching, text: str) -> None:
    with means.desk.begin() as tx:
        fetching.stop(tx, taken, text, now=means.clock())
