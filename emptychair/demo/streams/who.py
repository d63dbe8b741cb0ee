"""Columns that say who a customer is, by number."""

import numpy as np
import pyarrow as pa

from emptychair.demo.clock import Floats, Ints
from emptychair.demo.columns import Coded, numbered
from emptychair.demo.pourwell import COUNTRIES, FIRST_NAMES, LAST_NAMES, PLANS, PLATFORMS
from emptychair.demo.world import World

PLATFORM_NAMES = tuple(name for name, _ in PLATFORMS)
PLAN_NAMES = tuple(plan.name for plan in PLANS)


def customer(world: World, person: Ints) -> pa.Array:
    """Their ids; null where the number is -1."""
    ids = numbered("cus_", np.arange(world.customers.count, dtype=np.int64))
    return ids.take(pa.array(person, mask=person < 0))


def employee(person: Ints) -> pa.Array:
    """Ids of employees; null where the number is -1."""
    ids = numbered("emp_", np.maximum(person, 0))
    return ids.take(pa.array(np.arange(person.size), mask=person < 0))


def channel(world: World, person: Ints) -> Coded:
    """The app for those who have one, else the web."""
    return Coded(codes=(world.customers.platform[person] == 2).astype(np.int64), words=("app", "web"))


def plan(world: World, person: Ints) -> Coded:
    """Their plan."""
    return Coded(codes=world.customers.plan[person], words=PLAN_NAMES)


def platform(world: World, person: Ints) -> Coded:
    """Their platform."""
    return Coded(codes=world.customers.platform[person], words=PLATFORM_NAMES)


def currency(world: World, person: Ints) -> Coded:
    """The currency they pay in."""
    return Coded(
        codes=world.customers.country[person], words=tuple(country.currency for country in COUNTRIES)
    )


def local_cents(world: World, person: Ints, euro_cents: Floats) -> Ints:
    """A price in euro cents as hundredths of their currency, rounded to ten."""
    factor = np.array([country.factor for country in COUNTRIES])[world.customers.country[person]]
    cents: Ints = np.rint(euro_cents * factor / 10).astype(np.int64) * 10
    return cents


def full_names(numbers: Ints) -> Coded:
    """A first and a last name per number; the same for the same number."""
    words = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    return Coded(codes=numbers * 7919 % len(words), words=words)
