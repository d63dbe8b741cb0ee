"""One table of recurring work: what runs, how often, and by which stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from emptychair.act.plays import calling
from emptychair.anticipate.need import running as next_needs
from emptychair.anticipate.risk import tending as risk
from emptychair.anticipate.value import tending as customer_values
from emptychair.anticipate.warnings import looking as warnings
from emptychair.channels.email import returns, sending
from emptychair.channels.email.sending import Post
from emptychair.channels.outside import Outside
from emptychair.desk import attempts, samples, sessions, work
from emptychair.desk.desk import Desk
from emptychair.desk.risk_runs import Deed
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board import people as voters
from emptychair.listen.board import recording as board
from emptychair.listen.imports import queue as imports
from emptychair.listen.intake import replay
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources import rawmails, running
from emptychair.listen.sources.running import Fetchers
from emptychair.listen.surveys import inviting, reminding, tending
from emptychair.understand import identity
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.needs import looking as needs
from emptychair.understand.reading.learning import Study
from emptychair.understand.reading.tending import OFF
from emptychair.understand.research import tending as research


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a job may work with."""

    ledger: Ledger
    desk: Desk
    reception: Reception
    outside: Outside
    fetchers: Fetchers
    study: Study
    home: Path
    base_url: str
    clock: Callable[[], datetime]

    @property
    def post(self) -> Post:
        """What mail is sent with."""
        return Post(
            desk=self.desk,
            outside=self.outside,
            home=self.home,
            base_url=self.base_url,
            clock=self.clock,
            people_of=lambda audience, person: identity.ids_of(self.ledger, audience, person),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row of the table. `run` is safe to call twice and to be killed anywhere.

    `has_work` is a cheap look that spares the desk a claim every second: a claim is a synced write. What is
    `local` is work on files that this process alone has open: there is nobody to claim it from. Whether
    somebody `is_asking` is looked at every few seconds, however seldom it runs by itself.
    """

    name: str
    every: timedelta
    run: Callable[[Parts], object]
    has_work: Callable[[Parts], bool] = lambda parts: True
    is_local: bool = False
    is_asking: Callable[[Parts], bool] | None = None


def asked_for(kind: str) -> Callable[[Parts], bool]:
    """Tells whether work of this kind waits, or was left by a process that died."""

    def is_asked_for(parts: Parts) -> bool:
        with parts.desk.read() as tx:
            return any(one.kind == kind for one in work.open_work(tx))

    return is_asked_for


def take_in(parts: Parts) -> object:
    """Run the imports that wait."""
    return imports.run_queued(parts.ledger, parts.desk, parts.home, parts.clock)


def hear_again(parts: Parts) -> object:
    """Hear parked events again that were asked for."""
    return replay.run_queued(parts.ledger, parts.desk, parts.reception.translate, parts.clock)


def fetch(parts: Parts) -> object:
    """Fetch the sources that are due."""
    return running.run_due(parts.fetchers)


def is_something_to_fetch(parts: Parts) -> bool:
    """Tells whether a source is due."""
    return running.is_due(parts.fetchers.means, parts.clock())


def tend_surveys(parts: Parts) -> object:
    """Give up answers that were left lying, close what is over, write what a dead process left unwritten."""
    return tending.tend(parts.desk, parts.ledger, parts.clock(), parts.home)


def invite(parts: Parts) -> object:
    """Write the letters of people who were drawn for a survey, and follow them."""
    return inviting.send_waiting(parts.desk, parts.ledger, parts.base_url, parts.clock())


def remind(parts: Parts) -> object:
    """Write the reminders that are due, and call off those that are in vain."""
    return reminding.remind(parts.desk, parts.ledger, parts.base_url, parts.clock())


def send_mail(parts: Parts) -> object:
    """Send the mail that is due."""
    return sending.send_due(parts.post)


def read_returned_mail(parts: Parts) -> object:
    """Read what came back of it."""
    return returns.read_returns(parts.post)


def record_board(parts: Parts) -> object:
    """Write what people did on the board into the ledger."""
    return board.record(parts.desk, parts.ledger, parts.clock)


def follow_judgements(parts: Parts) -> object:
    """Let the ledger follow what was judged about who is who, should a crash have come between."""
    return identity.follow(parts.desk, parts.ledger)


def look_for_needs(parts: Parts) -> object:
    """Look for what emerges, in themes, searches, cues and habits."""
    embed = None if parts.study.room.model == OFF else embedder(Tier.FAST).embed
    room = parts.study.room
    return needs.run(parts.ledger, parts.desk, parts.clock(), embed, room.stopping.is_set, room.seen())


def tidy(parts: Parts) -> object:
    """Drop sessions, sign-in counts, samples and raw mails of sources, and forgotten previews."""
    now = parts.clock()
    with parts.desk.begin() as tx:
        sessions.purge(tx, now)
        attempts.purge(tx, now)
        samples.purge(tx, now)
    rawmails.purge(parts.home, now)
    return imports.discard_forgotten(parts.desk, parts.home, now)


class Look(Protocol):
    """A stage that looks at all there is once a while, and stops between two things when all is to end."""

    def is_due(self, desk: Desk, now: datetime, /) -> bool:
        """A cheap look whether it is time."""

    def run(self, ledger: Ledger, desk: Desk, now: datetime, is_stopping: Callable[[], bool], /) -> object:
        """Look."""


def _looking(name: str, stage: Look, every: timedelta, kind: str = "") -> Job:
    return Job(
        name=name,
        every=every,
        run=lambda parts: stage.run(
            parts.ledger, parts.desk, parts.clock(), parts.study.room.stopping.is_set
        ),
        has_work=lambda parts: stage.is_due(parts.desk, parts.clock()),
        is_asking=asked_for(kind) if kind else None,
    )


def _risk(deed: Deed) -> Job:
    return Job(
        name=f"risk_{deed}",
        every=timedelta(minutes=1),
        run=lambda parts: risk.run(
            parts.ledger, parts.desk, deed, parts.clock, parts.study.room.stopping.is_set
        ),
        has_work=lambda parts: risk.is_due(parts.ledger, parts.desk, deed, parts.clock()),
        is_asking=asked_for(risk.kind_of(deed)),
    )


JOBS: tuple[Job, ...] = (
    Job(
        name="load",
        every=timedelta(seconds=1),
        run=lambda parts: parts.ledger.load(parts.clock()),
        is_local=True,
    ),
    Job(
        name="turned_away",
        every=timedelta(seconds=10),
        run=lambda parts: parts.reception.write_down(),
        is_local=True,
    ),
    Job(name="imports", every=timedelta(seconds=1), run=take_in, has_work=asked_for(imports.KIND)),
    Job(name="replay", every=timedelta(seconds=1), run=hear_again, has_work=asked_for(replay.KIND)),
    # Each source is claimed by itself, so that the job needs no claim.
    Job(name="sources", every=timedelta(seconds=1), run=fetch, has_work=is_something_to_fetch, is_local=True),
    Job(name="surveys", every=timedelta(minutes=1), run=tend_surveys),
    Job(
        name="invitations",
        every=timedelta(seconds=5),
        run=invite,
        has_work=lambda parts: inviting.is_any_waiting(parts.desk),
    ),
    Job(name="reminders", every=timedelta(minutes=1), run=remind),
    Job(
        name="outbox",
        every=timedelta(seconds=1),
        run=send_mail,
        has_work=lambda parts: sending.is_due(parts.post),
    ),
    Job(
        name="returns",
        every=timedelta(minutes=1),
        run=read_returned_mail,
        has_work=lambda parts: returns.is_read(parts.post),
    ),
    Job(
        name="board",
        every=timedelta(seconds=5),
        run=record_board,
        has_work=lambda parts: board.is_any(parts.desk),
    ),
    Job(
        name="voters",
        every=timedelta(hours=1),
        run=lambda parts: voters.look_up(parts.desk, parts.ledger),
        has_work=lambda parts: voters.is_anybody(parts.desk),
    ),
    Job(name="identity", every=timedelta(minutes=1), run=follow_judgements, is_local=True),
    Job(name="reading", every=timedelta(seconds=2), run=lambda parts: parts.study.run(), is_local=True),
    Job(
        name="research",
        every=timedelta(seconds=5),
        run=lambda parts: research.tend(parts.desk, parts.ledger, parts.base_url, parts.clock),
        has_work=lambda parts: research.has_work(parts.desk, parts.clock()),
    ),
    Job(
        name="needs",
        every=timedelta(minutes=1),
        run=look_for_needs,
        has_work=lambda parts: needs.is_due(parts.desk, parts.clock()),
        is_asking=asked_for(needs.KIND),
    ),
    Job(
        name="plays",
        every=timedelta(minutes=1),
        run=lambda parts: calling.tell(parts.desk, parts.ledger, parts.clock),
        has_work=lambda parts: calling.is_any_to_tell(parts.desk, parts.clock()),
    ),
    _looking("warnings", warnings, timedelta(minutes=1), warnings.KIND),
    *(_risk(deed) for deed in Deed),
    _looking("values", customer_values, timedelta(minutes=10)),
    _looking("next_needs", next_needs, timedelta(minutes=1)),
    Job(name="seal", every=timedelta(hours=1), run=lambda parts: parts.ledger.seal(parts.clock())),
    Job(name="compact", every=timedelta(days=1), run=lambda parts: parts.ledger.compact(parts.clock())),
    Job(name="tidy", every=timedelta(hours=1), run=tidy),
)
