"""What a comparison could show: how many would be in each arm, and the least difference that they tell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from emptychair.desk.plays import Goal
from emptychair.domain.arm import Arm
from emptychair.domain.period import Period
from emptychair.experiment.goals import seen, still_there, tenure_of
from emptychair.ledger.ledger import Ledger
from emptychair.stats.intervals import Estimate, wilson
from emptychair.stats.power import detectable
from emptychair.understand.retention import retention

POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`treated` and `held_out` people of whom the goal could be told.

    `before` is the share that met the goal in as many days until now: of themselves where they are to do
    something, of all customers where they are to stay (who is touched now has stayed until now); None for
    too few. `rise`: the least rise of it that would be found four times out of five; None where none would.
    `reason`: why nothing can be told at all, or "".
    """

    treated: int
    held_out: int
    before: Estimate | None
    rise: float | None
    reason: str = ""


def planned(
    ledger: Ledger,
    arms: Mapping[str, Arm],
    goal: Goal,
    goal_name: str,
    days: int,
    *,
    end: datetime,
    gap_days: int | None,
    minimum_n: int,
) -> Plan:
    """What would be seen, judged by the `days` before `end`, where what is known ends."""
    period, people = Period(start=end - timedelta(days=days), end=end), list(arms)
    if goal is Goal.DOING:
        met = seen(ledger, people, goal, goal_name, period, known_at=end, gap_days=gap_days).met
        return _plan(arms, met, wilson(sum(met.values()), len(met), minimum_n=minimum_n))
    chosen = tenure_of(ledger, end, gap_days)
    if chosen.tenure is None:
        return Plan(treated=0, held_out=0, before=None, rise=None, reason=chosen.reason)
    here = still_there(ledger, chosen.tenure, end, end, people)
    found = retention(ledger, chosen.tenure, period)
    return _plan(arms, here, wilson(found.retained, found.at_start, minimum_n=minimum_n))


def _plan(arms: Mapping[str, Arm], told: Collection[str], before: Estimate | None) -> Plan:
    treated = sum(1 for one in told if arms[one] is Arm.TREATED)
    alone = len(told) - treated
    rise = None if before is None else detectable(treated, alone, before.value, power=POWER)
    return Plan(treated=treated, held_out=alone, before=before, rise=rise)
