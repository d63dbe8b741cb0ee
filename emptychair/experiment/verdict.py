"""Whether a play helped: everybody it was meant for, called or not, against those who were left alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from emptychair.desk import play_people, settings
from emptychair.desk.desk import Desk
from emptychair.desk.plays import Play
from emptychair.domain.arm import Arm
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.experiment.goals import seen
from emptychair.ledger.ledger import Ledger
from emptychair.stats import compare
from emptychair.stats.compare import Difference
from emptychair.stats.imbalance import ALARM, mismatch
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.tenure import end_of_data


class Open(StrEnum):
    """Why nothing is concluded."""

    TOO_EARLY = "too_early"  # the day has not come, or signals do not reach it
    NOBODY_ALONE = "nobody_alone"  # nobody was held out
    NOTHING_TELLS = "nothing_tells"  # the goal cannot be told at all
    TOO_FEW = "too_few"
    MISMATCH = "mismatch"  # who is missing is missing of one arm: no accident


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One arm: so many were drawn, of `told` the goal can be told, `met` met it; `share` of those told."""

    drawn: int
    told: int
    met: int
    share: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a play. `sides` and `difference` (called less alone) are None while it is too early.

    Lots told who was called, so that a clear difference is caused by the play. `why_open` is None when
    something is concluded; `reason` tells it further. `known_at`: until when things are known.
    """

    known_at: datetime | None
    why_open: Open | None
    reason: str = ""
    sides: Mapping[Arm, Side] | None = None
    difference: Difference | None = None
    mismatch: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the interval of the difference leaves out nothing: it helped, or it harmed."""
        found = self.difference
        return self.why_open is None and found is not None and not found.low <= 0 <= found.high


def verdict(desk: Desk, ledger: Ledger, play: Play, now: datetime) -> Verdict:
    """What came of it, by intention to treat: whoever was drawn to be called counts there, reached or not.

    Looked at once, on its day, so that no peeking makes an accident a finding. O(signals of these people).
    """
    end = end_of_data(ledger, Audience.CUSTOMER, now)
    if end is None or end < play.ends_at:
        return Verdict(known_at=end, why_open=Open.TOO_EARLY)
    with desk.read() as tx:
        counted, drawn = play_people.counts(tx, [play.id])[play.id], play_people.arms(tx, play.id)
        gap = settings.get(tx, settings.GAP_DAYS, Audience.CUSTOMER)
        least = settings.get(tx, settings.MINIMUM_N)
    arms = _as_known_now(drawn, ledger)
    period = Period(start=play.started_at, end=play.ends_at)
    found = seen(ledger, list(arms), play.goal, play.goal_name, period, known_at=end, gap_days=gap)
    if found.reason:
        return Verdict(known_at=end, why_open=Open.NOTHING_TELLS, reason=found.reason)
    sizes = {arm: sum(n for (whose, *_), n in counted.items() if whose is arm) for arm in Arm}
    sides = {
        arm: _side(sizes[arm], [met for one, met in found.met.items() if arms[one] is arm], least)
        for arm in Arm
    }
    return concluded(sides, known_at=end, minimum_n=least)


def concluded(sides: Mapping[Arm, Side], *, known_at: datetime, minimum_n: int) -> Verdict:
    """What these two arms allow to conclude."""
    called, alone = sides[Arm.TREATED], sides[Arm.HELD_OUT]
    total = called.drawn + alone.drawn
    if not alone.drawn:
        return Verdict(known_at=known_at, why_open=Open.NOBODY_ALONE, sides=sides)
    uneven = mismatch((called.told, alone.told), (called.drawn / total, alone.drawn / total))
    found = compare.shares(called.met, called.told, alone.met, alone.told, minimum_n=minimum_n)
    if uneven is not None and uneven < ALARM:
        return Verdict(known_at=known_at, why_open=Open.MISMATCH, sides=sides, mismatch=uneven)
    why = Open.TOO_FEW if found is None else None
    return Verdict(known_at=known_at, why_open=why, sides=sides, difference=found, mismatch=uneven)


def _as_known_now(drawn: Mapping[str, Arm], ledger: Ledger) -> dict[str, Arm]:
    """The arms by the person whom each id means now. Whoever turned out to be in both is in neither."""
    means = ledger.who.resolve(Audience.CUSTOMER.value, list(drawn)) if drawn else {}
    found: dict[str, set[Arm]] = {}
    for person, arm in drawn.items():
        found.setdefault(means.get(person) or person, set()).add(arm)
    return {person: next(iter(arms)) for person, arms in found.items() if len(arms) == 1}


def _side(drawn: int, met: Collection[bool], minimum_n: int) -> Side:
    n, hits = len(met), sum(met)
    return Side(drawn=drawn, told=n, met=hits, share=wilson(hits, n, minimum_n=minimum_n))
