"""The truths of one demo company: parameters, dates, who was touched, and what a perfect survey would say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from emptychair.demo.clock import Flags, Floats, Ints
from emptychair.demo.columns import Coded
from emptychair.demo.company import EMPLOYEES
from emptychair.demo.pourwell import CARE_TEAMS, TEAMS
from emptychair.demo.streams import who
from emptychair.demo.systems import labels
from emptychair.demo.truths import TRUTHS, Truths
from emptychair.demo.world import World, world


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueNps:
    """The NPS of a stretch of time (-100..100): `true` of all who were asked, `raw` of those who answered."""

    start: datetime
    end: datetime
    asked: int
    answered: int
    true: float
    raw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Everything a later stage is judged by.

    `truths` are the parameters, days counted from `start`. `members` has one table per truth, with a `person`
    and instants (UTC, without zone as in the ledger, null for never): see docs/demo.md for the columns.
    `nps` has one entry per 91 days from the start; each person is asked at most once in it. `themes` has the
    theme of every text: columns `id`, `theme`.
    """

    start: datetime
    until: datetime
    truths: Truths
    members: Mapping[str, pa.Table]
    nps: tuple[TrueNps, ...]
    themes: pa.Table


def planted(*, people: int, employees: int = EMPLOYEES, seed: int, until: date) -> Planted:
    """The truths of the company that `generate` makes of the same arguments; no ledger is needed."""
    made = world(people=people, employees=employees, seed=seed, until=until)
    return Planted(
        start=made.clock.start,
        until=made.clock.until,
        truths=TRUTHS,
        members={
            "broken_release": _broken_release(made),
            "slow_refunds": _slow_refunds(made),
            "care_attrition": _care_attrition(made),
            "silent_unhappy": _silent_unhappy(made),
            "emerging_need": _emerging_need(made),
            "water_guide": _water_guide(made),
            "promises": _promises(made),
            "advocates": _advocates(made),
        },
        nps=_nps(made),
        themes=labels(made),
    )


def _instants(made: World, moments: Floats) -> pa.Array:
    never = ~np.isfinite(moments) | (moments >= made.clock.days)
    return pa.array(made.clock.micros(np.where(never, 0.0, moments)), mask=never).cast(pa.timestamp("us"))


def _people(made: World, person: Ints, **columns: pa.Array) -> pa.Table:
    return pa.table({"person": who.customer(made, person), **columns})


def _broken_release(made: World) -> pa.Table:
    failures = made.life.failures
    return _people(made, failures.person, failed_at=_instants(made, failures.at))


def _slow_refunds(made: World) -> pa.Table:
    returns = made.life.returns
    return _people(
        made,
        returns.person,
        asked_at=_instants(made, returns.at),
        paid_at=_instants(made, returns.paid_at),
        is_slow=pa.array(returns.is_slow),
    )


def _care_attrition(made: World) -> pa.Table:
    contacts = made.life.contacts
    team = Coded(
        codes=made.customers.care_team[contacts.person], words=tuple(team[0] for team in TEAMS[:CARE_TEAMS])
    )
    return _people(
        made,
        contacts.person,
        served_at=_instants(made, contacts.at),
        team=team.texts(),
        loss=pa.array(contacts.loss),
    )


def _silent_unhappy(made: World) -> pa.Table:
    """Those whose fading began while they had a subscription."""
    fades, spells = made.customers.fades_at, made.life.spells
    at = fades[spells.person]
    begun = np.isfinite(at) & (at < spells.end) & (at < made.clock.days)
    person = np.unique(spells.person[begun])
    return _people(made, person, fades_at=_instants(made, fades[person]))


def _emerging_need(made: World) -> pa.Table:
    cues = made.life.cues
    return _people(made, cues.person, felt_at=_instants(made, cues.at), is_search=pa.array(cues.is_search))


def _water_guide(made: World) -> pa.Table:
    everyone, spells = np.arange(made.customers.count, dtype=np.int64), made.life.spells
    guide = made.customers.guide_at
    end = np.zeros(made.customers.count)
    np.maximum.at(end, spells.person, spells.end)
    return _people(
        made,
        everyone,
        has_hard_water=pa.array(made.customers.hard_water),
        adopted_at=_instants(made, np.where(guide < end, guide, np.inf)),
    )


def _promises(made: World) -> pa.Table:
    contacts = made.life.contacts
    made_one: Flags = np.isfinite(contacts.due_at)
    due, done = contacts.due_at[made_one], contacts.resolved_at[made_one]
    return _people(
        made,
        contacts.person[made_one],
        made_at=_instants(made, contacts.at[made_one]),
        due_at=_instants(made, due),
        is_kept=pa.array(done <= due),
    )


def _advocates(made: World) -> pa.Table:
    person = np.flatnonzero(made.customers.is_advocate)
    referrer = made.customers.referrer
    brought = np.bincount(referrer[referrer >= 0], minlength=made.customers.count)
    return _people(made, person, brought=pa.array(brought[person]))


def _nps(made: World) -> tuple[TrueNps, ...]:
    surveys, quarters = made.life.surveys, []
    for begin in range(0, made.clock.days - 90, 91):
        asked = (surveys.at >= begin) & (surveys.at < begin + 91)
        answered = asked & surveys.is_answered
        if not answered.any():
            continue
        quarters.append(
            TrueNps(
                start=made.clock.instant(begin),
                end=made.clock.instant(begin + 91),
                asked=int(asked.sum()),
                answered=int(answered.sum()),
                true=_score(surveys.score[asked]),
                raw=_score(surveys.score[answered]),
            )
        )
    return tuple(quarters)


def _score(scores: Ints) -> float:
    return float(100 * ((scores >= 9).mean() - (scores <= 6).mean()))
