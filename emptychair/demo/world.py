"""The whole company as it was simulated, before anything of it becomes signals."""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np

from emptychair.demo.clock import Clock, clock
from emptychair.demo.customers import Customers, customers
from emptychair.demo.happenings import Life
from emptychair.demo.life import life
from emptychair.demo.staff import Staff, staff
from emptychair.demo.truths import TRUTHS, Truths


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One simulated company; `key` (8 hexadecimal digits) names it and begins the ids of its signals."""

    key: str
    seed: int
    clock: Clock
    staff: Staff
    customers: Customers
    life: Life

    def rng(self, purpose: str) -> np.random.Generator:
        """Randomness of its own for each purpose, so that a change in one stream moves no other."""
        return _rng(self.seed, purpose)


def _rng(seed: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def world(*, people: int, employees: int, seed: int, until: date, truths: Truths = TRUTHS) -> World:
    """The company with `people` customers in the 24 months before `until`; O(people x weeks).

    Other `truths` make a company in which something did not happen, for measuring false findings.
    """
    time = clock(until)
    team = staff(_rng(seed, "staff"), time, employees, truths.care_attrition)
    crowd = customers(_rng(seed, "customers"), time, people, truths)
    text = f"{people} {employees} {seed} {until.isoformat()}"
    return World(
        key=hashlib.sha256(text.encode()).hexdigest()[:8],
        seed=seed,
        clock=time,
        staff=team,
        customers=crowd,
        life=life(_rng(seed, "life"), time, crowd, team, truths),
    )
