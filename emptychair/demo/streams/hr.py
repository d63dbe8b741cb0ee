"""The people department: hired, left, teams and managers, and the quarterly pulse."""

import numpy as np

from emptychair.demo.clock import Flags, Floats, Ints
from emptychair.demo.columns import Batch, Coded, json_objects, quoted
from emptychair.demo.pourwell import TEAMS
from emptychair.demo.streams import who
from emptychair.demo.themes import Theme
from emptychair.demo.truths import TRUTHS
from emptychair.demo.words import sentences
from emptychair.demo.world import World
from emptychair.domain.signal import Audience, Kind

TEAM_NAMES = tuple(name for name, _, _, _ in TEAMS)
PULSE_DAYS = range(45, 731, 91)
SAD = (Theme.WORKLOAD, Theme.LEADERSHIP, Theme.PAY, Theme.GROWTH)


def batches(world: World) -> list[Batch]:
    """Hired, left, what is known of each, the change of manager, and the pulses."""
    everyone = np.arange(world.staff.hired.size, dtype=np.int64)
    gone = np.flatnonzero(np.isfinite(world.staff.left))
    return [
        _employment(world, "hired", Kind.JOINED, everyone, world.staff.hired),
        _employment(world, "quit", Kind.LEFT, gone, world.staff.left[gone]),
        _told(world, "staff", everyone, world.staff.hired, _manager(world, everyone, changed=False)),
        _new_manager(world),
        *_pulses(world),
    ]


def _team(world: World, person: Ints) -> Coded:
    return Coded(codes=world.staff.team[person], words=TEAM_NAMES)


def _employment(world: World, stream: str, kind: Kind, person: Ints, at: Floats) -> Batch:
    return Batch(
        stream=stream,
        kind=kind,
        name="employment",
        channel="web",
        audience=Audience.EMPLOYEE,
        person=who.employee(person),
        at=at,
        properties=json_objects({"team": _team(world, person)}, person.size),
    )


def _manager(world: World, person: Ints, *, changed: bool) -> Ints:
    """Each team is led by its longest-serving member; after the change, by the next one."""
    leads = np.full((2, len(TEAMS)), -1, dtype=np.int64)
    for team in range(len(TEAMS)):
        members = np.flatnonzero(world.staff.team == team)
        for place, number in enumerate(members[np.argsort(-_stays(world, members))][:2]):
            leads[place, team] = number
    lead: Ints = leads[int(changed)][world.staff.team[person]]
    return np.where(lead == person, -1, lead)


def _stays(world: World, members: Ints) -> Floats:
    stays: Floats = np.minimum(world.staff.left[members], world.clock.days) - world.staff.hired[members]
    return stays


def _told(world: World, stream: str, person: Ints, at: Floats, manager: Ints) -> Batch:
    team = world.staff.team[person]
    more = {
        "name": who.full_names(person + 500),
        "team": _team(world, person),
        "role": Coded(codes=team, words=tuple(role for _, _, role, _ in TEAMS)),
        "location": Coded(codes=team, words=tuple(place for _, _, _, place in TEAMS)),
        "manager": quoted(who.employee(manager)),
    }
    return Batch(
        stream=stream,
        kind=Kind.TOLD,
        name="traits",
        channel="web",
        audience=Audience.EMPLOYEE,
        person=who.employee(person),
        at=at,
        properties=json_objects(more, person.size),
    )


def _new_manager(world: World) -> Batch:
    day = float(TRUTHS.care_attrition.manager_day)
    team = TEAM_NAMES.index(TRUTHS.care_attrition.team)
    person = world.staff.on_duty(team, day)
    return _told(world, "moved", person, np.full(person.size, day), _manager(world, person, changed=True))


def _pulses(world: World) -> list[Batch]:
    rng, staff, truth = world.rng("pulse"), world.staff, TRUTHS.care_attrition
    days = np.array([day + 0.4 for day in PULSE_DAYS if day + 1 < world.clock.days])
    there = (staff.hired[:, None] <= days) & (staff.left[:, None] > days + 0.5)
    person, pulse = np.nonzero(there)
    at = days[pulse] + rng.random(person.size) * 0.4
    unlucky = staff.team[person] == TEAM_NAMES.index(truth.team)
    unlucky &= (at >= truth.manager_day) & (at < truth.to_day)
    soon: Flags = staff.left[person] < at + 90
    mean = 8.4 + np.where(unlucky, truth.enps_effect, 0.0) - 1.3 * soon
    score = np.clip(np.rint(mean + rng.normal(0, 1.9, person.size)), 0, 10).astype(np.int64)
    answers = rng.random(person.size) < np.where(soon, 0.5, 0.75)
    person, at, score, unlucky = person[answers], at[answers], score[answers], unlucky[answers]
    sad = np.array([int(theme) for theme in SAD])[rng.integers(0, len(SAD), score.size)]
    sad = np.where(unlucky & (rng.random(score.size) < 0.6), int(Theme.LEADERSHIP), sad)
    theme = np.where(score >= 8, int(Theme.TEAM_PRIDE), sad)
    rated = _spoken(world, "pulse", Kind.RATED, "enps", person, at, theme, comments=0.0, score=score)
    said = _spoken(world, "comment", Kind.SAID, "pulse_comment", person, at + 0.001, theme, comments=0.4)
    return [rated, said]


def _spoken(
    world: World,
    stream: str,
    kind: Kind,
    name: str,
    person: Ints,
    at: Floats,
    theme: Ints,
    *,
    comments: float,
    score: Ints | None = None,
) -> Batch:
    rng = world.rng(stream)
    if score is None:
        speaks = rng.random(person.size) < comments
        person, at, theme = person[speaks], at[speaks], theme[speaks]
        language = np.where(rng.random(person.size) < 0.3, rng.integers(0, 4, person.size), 0)
        text = sentences(rng, theme, language)
    else:
        text, theme = None, np.full(person.size, -1)
    return Batch(
        stream=stream,
        kind=kind,
        name=name,
        channel="survey",
        audience=Audience.EMPLOYEE,
        person=who.employee(person),
        at=at,
        score=score,
        text=text,
        theme=theme,
    )
