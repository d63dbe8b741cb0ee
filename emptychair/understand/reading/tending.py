"""What nobody read yet is read, a few hundred texts at a time, in a process beside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from zlib import crc32

import msgspec

from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.embedding import Model, Tier, embedder, embedder_name
from emptychair.understand.language.own import READING_KEY, Endpoint, ModelTrouble, Own, told
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.reading.messages import ANSWERS, Answer, Forget, Question, Read, read_back
from emptychair.understand.reading.origin import Origin
from emptychair.understand.reading.process import Process
from emptychair.understand.search.folder import folder_of, ready
from emptychair.understand.search.gone import gone

AT_ONCE = 500
# More texts than these would keep the better model busy for a quarter of an hour on two processors.
SMALL_UP_TO = 300_000
# The process and its model take some 200 MB.
_COLUMNS = ("signal", "audience", "text")
KEPT_FOR = timedelta(minutes=2)
SHORTEST_REST, LONGEST_REST = timedelta(seconds=10), timedelta(minutes=10)
AUTO, OFF = "auto", "off"
MODELS = (AUTO, *(tier.value for tier in Tier), OFF)


class ReadingFailed(Exception):
    """The process that reads could not; the text says why. What was not read stays unread."""


@dataclass(slots=True, kw_only=True)
class ReadingRoom:
    """Where the words of one ledger are read, with the vectors that are kept in `folder`.

    `model` is one of MODELS, or the company's own; `auto` is the better tier up to 300,000 texts. When
    `stopping` is set no texts are taken up any more.
    """

    ledger: Ledger
    folder: Path
    model: str | Own = AUTO
    clock: Callable[[], datetime]
    stopping: Event = field(default_factory=Event)
    _process: Process | None = None
    _opened: Model | None = None
    _idle_since: datetime | None = None
    _mark: str = ""
    _is_checked: bool = False
    _failures: int = 0
    _resting_until: datetime | None = None

    def read_waiting(self) -> int:
        """Read all that is unread now; how many texts that were, 0 while the ledger is being prepared.

        Safe to be killed anywhere. Raises ReadingFailed, OSError or EOFError when it cannot be done.
        """
        if self.model == OFF or self._is_resting():
            return 0
        try:
            read = self._read_waiting()
        except LedgerDegradedError:
            return 0
        except ReadingFailed:
            self._rest_longer()
            raise
        except (OSError, EOFError):
            if self.stopping.is_set():
                return 0
            raise
        self._failures = 0
        return read

    def _is_resting(self) -> bool:
        return self._resting_until is not None and self.clock() < self._resting_until

    def _rest_longer(self) -> None:
        """An endpoint that does not answer is asked later and later; what it was to read stays unread."""
        if isinstance(self.model, Endpoint):
            self._failures += 1
            wait = min(SHORTEST_REST * 2 ** min(self._failures - 1, 20), LONGEST_REST)
            self._resting_until = self.clock() + wait

    def _read_waiting(self) -> int:
        model = self._chosen()
        self._mark = ready(self.folder, model, check=not self._is_checked)
        self._is_checked = True
        self.ledger.readings.begin(self.version)
        done = 0
        while not self.stopping.is_set():
            unread = self.ledger.readings.unread(AT_ONCE)
            if not unread.num_rows:
                break
            signals, audiences, texts = (unread[name].to_pylist() for name in _COLUMNS)
            columns = zip(*(unread[name].to_pylist() for name in Origin._fields), strict=True)
            answer = self.ask(Read(signals, audiences, texts, [Origin(*one) for one in columns]))
            tables = (read_back(answer.tables[name]) for name in ("readings", "mentions"))
            self.ledger.readings.keep(*tables)
            done += unread.num_rows
        if not self.stopping.is_set() and (forgotten := gone(folder_of(self.folder, model), self.ledger)):
            self.ask(Forget(forgotten))
        self._rest(done)
        return done

    @property
    def embedder(self) -> str:
        """The name of the model that is used now."""
        return embedder_name(self._chosen())

    @property
    def version(self) -> str:
        """What tells readings apart from those of another model, head or product, or for a lost index."""
        head = self.folder / self.embedder / "tone.npz"
        learned = crc32(head.read_bytes()) if head.exists() else 0
        return f"3 {self.embedder} {learned:08x} {self._mark}"

    def seen(self) -> SeenVectors | None:
        """A look at the vectors that were made; None without a model. The model is loaded."""
        if self.model == OFF:
            return None
        try:
            return SeenVectors(self.folder, embedder(self._chosen()))
        except (ModelTrouble, OSError):
            return None

    def stop(self) -> None:
        """Take up nothing any more, and let what is under way end within seconds."""
        self.stopping.set()
        if (process := self._process) is not None:
            process.stop()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()

    def _chosen(self) -> Model:
        if not isinstance(self.model, str):
            return self.model
        if self.model != AUTO:
            return Tier(self.model)
        return Tier.SMALL if sum(self.ledger.readings.progress()) <= SMALL_UP_TO else Tier.FAST

    def ask(self, question: Question) -> Answer:
        """What the process that reads answers. Raises ReadingFailed, OSError or EOFError."""
        if self.stopping.is_set():
            raise EOFError
        model = self._chosen()
        if self._process is None or self._opened != model:
            self.close()
            self._process, self._opened = _process(self.folder, model), model
        answer = ANSWERS.decode(self._process.ask(msgspec.msgpack.encode(question)))
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


def _process(folder: Path, model: Model) -> Process:
    secrets = {READING_KEY: model.key} if isinstance(model, Endpoint) and model.key else None
    name = model.value if isinstance(model, Tier) else told(model)
    return Process("emptychair.understand.reading.worker", [str(folder), name], secrets)
