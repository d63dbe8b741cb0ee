"""The web site: visits by people without a name, some of whom say later who they are."""

import numpy as np
import pyarrow as pa

from emptychair.demo.clock import Floats, Ints
from emptychair.demo.columns import Batch, Coded, json_objects, numbered, quoted
from emptychair.demo.moments import bright, scattered
from emptychair.demo.streams import who
from emptychair.demo.world import World
from emptychair.domain.person import VISITOR
from emptychair.domain.signal import Kind

PAGES = ("/", "/beans", "/plans", "/shop/grinders", "/shop/kettles", "/stories", "/water", "/help", "/gift")
CAME_FROM = ("search", "newsletter", "friend", "social", "direct", "advert")


def batches(world: World) -> list[Batch]:
    """Visits before joining, of strangers, and of customers; and who the visitors turned out to be."""
    return [_before_joining(world), _strangers(world), _customers(world), _identified(world)]


def _visitor(numbers: Ints) -> pa.Array:
    return numbered(f"{VISITOR}browser_", numbers)


def _visits(world: World, stream: str, person: pa.Array, at: Floats) -> Batch:
    rng = world.rng(stream)
    more: dict[str, Coded | pa.Array] = {
        "path": Coded(codes=rng.integers(0, len(PAGES), at.size), words=PAGES),
        "came_from": Coded(codes=rng.integers(0, len(CAME_FROM), at.size), words=CAME_FROM),
    }
    return Batch(
        stream=stream,
        kind=Kind.DID,
        name="page",
        channel="web",
        person=person,
        at=at,
        properties=json_objects(more, at.size),
    )


def _before_joining(world: World) -> Batch:
    rng, joined = world.rng("before"), world.customers.joined
    whose = np.repeat(np.arange(joined.size), rng.poisson(2.4, joined.size))
    at = joined[whose] - rng.exponential(4.0, whose.size) - 0.002
    whose, at = whose[at >= 0], at[at >= 0]
    return _visits(world, "before", _visitor(whose), at)


def _strangers(world: World) -> Batch:
    rng, count = world.rng("strangers"), world.customers.count
    visitors = int(1.5 * count)
    whose = np.repeat(np.arange(visitors), 1 + rng.poisson(0.8, visitors))
    first = rng.random(visitors) * (world.clock.days - 20)
    at = first[whose] + np.minimum(rng.exponential(2.0, whose.size), 19.0)
    return _visits(world, "stranger", _visitor(count + whose), at)


def _customers(world: World) -> Batch:
    moments = scattered(world.rng("pages"), world, bright(world), 0.12)
    return _visits(world, "visit", who.customer(world, moments.person), moments.at)


def _identified(world: World) -> Batch:
    people = np.arange(world.customers.count, dtype=np.int64)
    return Batch(
        stream="identified",
        kind=Kind.TOLD,
        name="identify",
        channel="web",
        person=who.customer(world, people),
        at=world.customers.joined,
        properties=json_objects({"anonymous_id": quoted(numbered("browser_", people))}, people.size),
    )
