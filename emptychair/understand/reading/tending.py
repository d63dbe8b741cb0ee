"""What nobody read yet is read, a few hundred texts at a time, in a process beside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import msgspec
import pyarrow as pa

from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.embedding import Tier
from emptychair.understand.reading.process import Process
from emptychair.understand.reading.reader import Origin
from emptychair.understand.reading.worker import Answer, Forget, Read, read_back
from emptychair.understand.search.folder import folder_of, ready
from emptychair.understand.search.gone import gone

AT_ONCE = 500
# More texts than these would keep the better model busy for a quarter of an hour on two processors.
SMALL_UP_TO = 300_000
# The process and its model take some 200 MB.
KEPT_FOR = timedelta(minutes=2)
AUTO, OFF = "auto", "off"
MODELS = (AUTO, *(tier.value for tier in Tier), OFF)
_ANSWERS = msgspec.msgpack.Decoder(Answer)


class ReadingFailed(Exception):
    """The process that reads could not; the text says why. What was not read stays unread."""


@dataclass(slots=True, kw_only=True)
class ReadingRoom:
    """Where the words of one ledger are read, with the vectors that are kept in `folder`.

    `model` is one of MODELS; `auto` is the better tier up to 300,000 texts. When `stopping` is set no
    texts are taken up any more.
    """

    ledger: Ledger
    folder: Path
    model: str = AUTO
    clock: Callable[[], datetime]
    stopping: Event = field(default_factory=Event)
    _process: Process | None = None
    _tier: Tier | None = None
    _idle_since: datetime | None = None
    _is_checked: bool = False

    def read_waiting(self) -> int:
        """Read all that is unread now; how many texts that were, 0 while the ledger is being prepared.

        Safe to be killed anywhere. Raises ReadingFailed, OSError or EOFError when it cannot be done.
        """
        if self.model == OFF:
            return 0
        try:
            return self._read_waiting()
        except LedgerDegradedError:
            return 0

    def _read_waiting(self) -> int:
        tier = self._chosen()
        mark = ready(self.folder, tier, check=not self._is_checked)
        self._is_checked = True
        self.ledger.readings.begin(version(tier, mark))
        done = 0
        while not self.stopping.is_set():
            unread = self.ledger.readings.unread(AT_ONCE)
            if not unread.num_rows:
                break
            readings, mentions = self._asked(tier, unread)
            self.ledger.readings.keep(readings, mentions)
            done += unread.num_rows
        if not self.stopping.is_set() and (forgotten := gone(folder_of(self.folder, tier), self.ledger)):
            self._told(tier, Forget(forgotten))
        self._rest(done)
        return done

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()

    def _chosen(self) -> Tier:
        if self.model != AUTO:
            return Tier(self.model)
        return Tier.SMALL if sum(self.ledger.readings.progress()) <= SMALL_UP_TO else Tier.FAST

    def _asked(self, tier: Tier, unread: pa.Table) -> tuple[pa.Table, pa.Table]:
        signals, audiences, texts = (unread[name].to_pylist() for name in ("signal", "audience", "text"))
        columns = zip(*(unread[name].to_pylist() for name in Origin._fields), strict=True)
        origins = [Origin(*one) for one in columns]
        answer = self._told(tier, Read(signals, audiences, texts, origins))
        return read_back(answer.tables["readings"]), read_back(answer.tables["mentions"])

    def _told(self, tier: Tier, question: Read | Forget) -> Answer:
        if self._process is None or self._tier is not tier:
            self.close()
            module = "emptychair.understand.reading.worker"
            self._process, self._tier = Process(module, [str(self.folder), tier]), tier
        answer = _ANSWERS.decode(self._process.ask(msgspec.msgpack.encode(question)))
        if answer.problem:
            # It may be the index of words, which nobody may look at while the process has it.
            self.close()
            self._process, self._is_checked = None, False
            raise ReadingFailed(answer.problem)
        return answer

    def _rest(self, done: int) -> None:
        now = self.clock()
        if done or self._idle_since is None:
            self._idle_since = now
        elif self._process is not None and now - self._idle_since >= KEPT_FOR:
            self._process.close()
            self._process = None


def version(tier: Tier, mark: str) -> str:
    """What tells readings apart from those of another version, or for an index that is lost."""
    return f"2 {tier} {mark}"
