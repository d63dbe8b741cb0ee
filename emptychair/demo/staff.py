"""The employees: who served in which team, from when to when."""

from dataclasses import dataclass

import numpy as np

from emptychair.demo.clock import WEEK, Clock, Flags, Floats, Ints
from emptychair.demo.pourwell import CARE_TEAMS, TEAMS
from emptychair.demo.truths import CareAttrition

FOUNDED = -1100.0
YEARLY = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """All employees ever: `team` (index into TEAMS), `hired` and `left` (days; infinite when still there).

    `loss` is the share of a care team whose going its customers feel: one row per team, one column per week.
    """

    team: Ints
    hired: Floats
    left: Floats
    loss: Floats

    def on_duty(self, team: int, moment: float) -> Ints:
        """The employees of a team at a moment, by number."""
        here = (self.team == team) & (self.hired <= moment) & (self.left > moment)
        return np.flatnonzero(here)


def staff(rng: np.random.Generator, clock: Clock, count: int, truth: CareAttrition) -> Staff:
    """`count` employees ever; the records of those hired before the start are complete."""
    bounds = np.cumsum([share for _, share, _, _ in TEAMS])
    team = np.searchsorted(bounds, (np.arange(count) + 0.5) / count * bounds[-1]).astype(np.int64)
    hired = _hired(rng, clock, team)
    left = _left(rng, clock, team, hired, truth)
    return Staff(team=team, hired=hired, left=left, loss=_loss(clock, team, hired, left, truth))


def _hired(rng: np.random.Generator, clock: Clock, team: Ints) -> Floats:
    before = rng.random(team.size) < 0.62
    after = rng.uniform(0, clock.days - 30, team.size)
    # those who left the unlucky team had to be replaced: half of its new people come then
    replaces = (team == 0) & (rng.random(team.size) < 0.5)
    after = np.where(replaces, rng.uniform(345, 480, team.size), after)
    day = np.where(before, rng.uniform(FOUNDED, 0, team.size), after)
    hired: Floats = np.floor(day) + 8.0 / 24
    return hired


def _left(rng: np.random.Generator, clock: Clock, team: Ints, hired: Floats, truth: CareAttrition) -> Floats:
    left = np.full(team.size, np.inf)
    for step in range(int(FOUNDED // WEEK), clock.weeks):
        begin, end = step * WEEK, min((step + 1) * WEEK, float(clock.days))
        rate = np.where(begin - hired < 365, 1.4, 1.0) * YEARLY / 365
        if truth.from_day <= begin < truth.to_day:
            rate = np.where(team == 0, rate * truth.employee_ratio, rate)
        since = np.maximum(hired, begin)
        moment = since + rng.exponential(1.0, team.size) / rate
        gone = (hired < end) & np.isinf(left) & (moment < end)
        left[gone] = np.maximum(np.floor(moment[gone]) + 17.0 / 24, hired[gone] + 1)
    left[left >= clock.days] = np.inf
    return left


def _loss(clock: Clock, team: Ints, hired: Floats, left: Floats, truth: CareAttrition) -> Floats:
    loss = np.zeros((CARE_TEAMS, clock.weeks))
    for week in range(clock.weeks):
        end = week * WEEK - truth.lag_days
        begin = end - truth.loss_days
        for number in range(CARE_TEAMS):
            there: Flags = (team == number) & (hired <= begin) & (left > begin)
            gone = there & (left <= end)
            loss[number, week] = gone.sum() / max(1, there.sum())
    return loss
