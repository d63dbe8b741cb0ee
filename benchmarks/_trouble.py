"""A company in numbers alone, where nothing is wrong but what is put there: errors, promises, and usage."""

from dataclasses import dataclass

import numpy as np

from emptychair.anticipate.warnings.kinds import Kind, Series, Stream
from emptychair.anticipate.warnings.scene import Rows, Scene

DAYS = 700
PLANS, PLATFORMS, COUNTRIES = ("free", "team", "whole"), ("android", "ios", "web"), ("DE", "FR", "GB", "US")
WEEK = np.array([1.1, 1.1, 1.0, 1.0, 0.9, 0.6, 0.5])
# A release every so many days, taken up by a twelfth of the people a day.
RELEASED, TAKEN_UP = 40, 1 / 12
# Failures: by name, how many a day and active person, and the dispersion from day to day.
FAILURES = {
    "sign_in_failed": (0.01, 0.0),
    "payment_form_error": (0.004, 0.0),
    "sync_failed": (0.02, 0.15),
    "upload_error": (0.001, 0.0),
    "app_crashed": (0.003, 0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is put there: from `day` on for `days`, people of a plan on a platform meet a failure `times` as
    often; with a `release` only those on the one that came out that day.
    """

    day: int
    days: int = 14
    name: str = "sign_in_failed"
    times: float = 10.0
    plan: str = "team"
    platform: str = "android"
    is_of_release: bool = False


def company(
    rng: np.random.Generator, people: int, trouble: Trouble | None = None, *, has_holidays: bool = False
) -> Scene:
    """The days [0, DAYS) of so many people, who grow by a half; on two holidays a year 4 in 10 stay away."""
    plan, platform = (
        rng.choice(3, people, p=[0.5, 0.3, 0.2]),
        rng.choice(3, people, p=[0.4, 0.35, 0.25]),
    )
    country = rng.choice(4, people)
    use = rng.gamma(1.2, 0.35 / 1.2, people).clip(0.01, 0.95)
    joined = np.where(rng.random(people) < 0.67, 0, rng.integers(0, DAYS, people))
    begun = np.arange(0, DAYS, RELEASED) if trouble is None else _releases(trouble)
    taken_up = rng.exponential(1 / TAKEN_UP, (len(begun), people))
    active: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    met: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {name: [] for name in FAILURES}
    for day in range(DAYS):
        holiday = 0.6 if has_holidays and day % 364 in (357, 358) else 1.0
        here = (rng.random(people) < use * WEEK[day % 7] * holiday) & (joined <= day)
        who = np.flatnonzero(here)
        release = _release(begun, taken_up, who, day)
        active.append((who, np.full(len(who), day), release))
        for name, (rate, spread) in FAILURES.items():
            chance = np.full(len(who), rate * (rng.gamma(1 / spread, spread) if spread else 1.0))
            if trouble is not None and name == trouble.name and 0 <= day - trouble.day < trouble.days:
                hit = plan[who] == PLANS.index(trouble.plan)
                hit &= platform[who] == PLATFORMS.index(trouble.platform)
                if trouble.is_of_release:
                    hit &= release == int(np.flatnonzero(begun == trouble.day)[0])
                chance[hit] *= trouble.times
            mine = rng.random(len(who)) < chance
            met[name].append((who[mine], np.full(int(mine.sum()), day), release[mine]))
    rows = _rows(active)
    return Scene(
        first=0,
        last=DAYS - 1,
        people=tuple(f"per_{number}" for number in range(people)),
        values={
            "plan": PLANS,
            "platform": PLATFORMS,
            "country": COUNTRIES,
            "release": tuple(f"1.{number}" for number in range(len(begun))),
        },
        traits={"plan": plan, "platform": platform, "country": country},
        release="release",
        streams={Stream.ACTIVE: rows, Stream.KNOWN: rows},
        shown={Series(Kind.FAILURE, name): _rows(own) for name, own in met.items()},
    )


def _releases(trouble: Trouble) -> np.ndarray:
    """Releases of which one comes out on the day of the trouble."""
    return np.arange(trouble.day % RELEASED, DAYS, RELEASED)


def _release(begun: np.ndarray, taken_up: np.ndarray, who: np.ndarray, day: int) -> np.ndarray:
    has = (begun[:, None] + taken_up[:, who] <= day) | (begun[:, None] == begun[0])
    newest: np.ndarray = len(begun) - 1 - np.argmax(has[::-1], axis=0)
    return newest.astype(np.int64)


def _rows(parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Rows:
    who, day, release = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    ones = np.ones(len(who), dtype=np.int64)
    return Rows(who=who, day=day, codes={"release": release}, times=ones, last=day)
