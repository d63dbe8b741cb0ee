"""Speed as ratios: ours and a named peer on the same data, in the same run, against a stated bar."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Sense(StrEnum):
    """What the bar asks of the two numbers."""

    TIMES_FASTER = "peer / ours >= bar"
    AT_MOST = "ours / peer <= bar"
    AT_LEAST = "ours / peer >= bar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One line of the table: ours against the peer's, in the same unit (seconds unless said).

    A fixed promise ("at least 1 million signals a second") is a peer that is a stated number: `peer=1e6`,
    `peer_name="stated"`, `bar=1`.
    """

    name: str
    ours: float
    peer: float
    peer_name: str
    bar: float
    sense: Sense
    unit: str = "s"

    @property
    def value(self) -> float:
        """The ratio that the bar speaks of."""
        if self.sense is Sense.TIMES_FASTER:
            return self.peer / self.ours
        return self.ours / self.peer

    @property
    def is_met(self) -> bool:
        """Whether the bar is met."""
        return self.value <= self.bar if self.sense is Sense.AT_MOST else self.value >= self.bar


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call; what earlier calls left behind is collected first, so that neither side pays."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def paired(ours: Callable[[], object], peer: Callable[[], object], *, runs: int = 5) -> tuple[float, float]:
    """(our seconds, the peer's seconds) of the run whose ratio is the median of `runs` runs.

    The two take turns, who goes first changes, and both are called once before anything is measured: a busy
    machine then slows both. `runs` is odd, so that the median is a run that took place.
    """
    if runs < 1 or runs % 2 == 0:
        raise ValueError(f"runs must be odd: {runs}")
    ours()
    peer()
    times = []
    for run in range(runs):
        if run % 2 == 0:
            first = seconds(ours)
            times.append((first, seconds(peer)))
        else:
            last = seconds(peer)
            times.append((seconds(ours), last))
    return sorted(times, key=lambda pair: pair[1] / pair[0])[runs // 2]
