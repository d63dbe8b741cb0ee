"""The billing system, the shop and the stores: charges, orders, returns and refunds."""

import numpy as np

from emptychair.demo.clock import BUYING, Floats, Ints
from emptychair.demo.columns import Batch, Coded, Text, instants, json_objects, numbered, quoted
from emptychair.demo.moments import Moments, in_season, repeated, scattered, stretches
from emptychair.demo.pourwell import PLANS, PRODUCTS
from emptychair.demo.streams import who
from emptychair.demo.truths import TRUTHS
from emptychair.demo.world import World
from emptychair.domain.signal import Kind

MONTH = 30.4375
WEEKLY_ORDERS = 0.12
PRODUCT_NAMES = tuple(name for name, _ in PRODUCTS)
# dearer things are bought less often
POPULARITY = 1 / np.sqrt(np.array([cents for _, cents in PRODUCTS]))


def billing(world: World) -> list[Batch]:
    """A charge a month for every subscription, dearer after the price increase."""
    moments, number = repeated(stretches(world), MONTH)
    raised = np.where(moments.at >= TRUTHS.price_increase.day, TRUTHS.price_increase.factor, 1.0)
    euro = np.array([float(plan.cents) for plan in PLANS])[world.customers.plan[moments.person]] * raised
    properties = {"plan": who.plan(world, moments.person), "charge": number + 1}
    return [
        Batch(
            stream="charge",
            kind=Kind.PAID,
            name="subscription",
            channel=who.channel(world, moments.person),
            person=who.customer(world, moments.person),
            at=moments.at,
            cents=who.local_cents(world, moments.person, euro),
            currency=who.currency(world, moments.person),
            properties=json_objects(properties, moments.person.size),
        )
    ]


def shop(world: World) -> list[Batch]:
    """Orders from the web shop and the app, parcels sent back, and their refunds."""
    rng = world.rng("shop")
    moments = in_season(
        rng, world.clock, BUYING, scattered(rng, world, stretches(world), 0.8 * WEEKLY_ORDERS)
    )
    person = moments.person
    bought = _orders(world, "order", who.channel(world, person), moments, _products(rng, person.size))
    return [bought, *_returns(world, rng)]


def stores(world: World) -> list[Batch]:
    """What was bought over the counter; the tills report at three in the morning."""
    rng = world.rng("stores")
    moments = in_season(
        rng, world.clock, BUYING, scattered(rng, world, stretches(world), 0.2 * WEEKLY_ORDERS)
    )
    delay = 1.125 - moments.at % 1
    return [_orders(world, "till", "store", moments, _products(rng, moments.person.size), delay)]


def _products(rng: np.random.Generator, count: int) -> Ints:
    return rng.choice(len(PRODUCTS), count, p=POPULARITY / POPULARITY.sum())


def _orders(
    world: World, stream: str, channel: Text, moments: Moments, product: Ints, delay: Floats | float = 0.0
) -> Batch:
    person = moments.person
    euro = np.array([float(cents) for _, cents in PRODUCTS])[product]
    properties = {
        "order": quoted(numbered(f"{stream}-", np.arange(person.size, dtype=np.int64))),
        "product": Coded(codes=product, words=PRODUCT_NAMES),
    }
    return Batch(
        stream=stream,
        kind=Kind.PAID,
        name="order",
        channel=channel,
        person=who.customer(world, person),
        at=moments.at,
        delay=delay,
        cents=who.local_cents(world, person, euro),
        currency=who.currency(world, person),
        properties=json_objects(properties, person.size),
    )


def _returns(world: World, rng: np.random.Generator) -> list[Batch]:
    returns = world.life.returns
    person, product = returns.person, _products(rng, returns.person.size)
    ordered = np.maximum(returns.at - rng.uniform(3, 20, person.size), world.customers.joined[person])
    number = numbered("ret-", np.arange(person.size, dtype=np.int64))
    asked = {"return": quoted(number), "product": Coded(codes=product, words=PRODUCT_NAMES)}
    moments = Moments(person=person, at=ordered)
    paid = returns.paid_at < world.clock.days
    method = Coded(
        codes=world.customers.pays_by_bank[person[paid]].astype(np.int64), words=("card", "bank transfer")
    )
    answer = {
        "return": quoted(number.filter(paid)),
        "method": method,
        "requested_at": instants(world.clock, returns.at[paid]),
    }
    euro = np.array([float(cents) for _, cents in PRODUCTS])[product]
    return [
        _orders(world, "regretted", who.channel(world, person), moments, product),
        Batch(
            stream="return",
            kind=Kind.DID,
            name="return_requested",
            channel=who.channel(world, person),
            person=who.customer(world, person),
            at=returns.at,
            properties=json_objects(asked, person.size),
        ),
        Batch(
            stream="refund",
            kind=Kind.PAID,
            name="refund",
            channel="web",
            person=who.customer(world, person[paid]),
            at=returns.paid_at[paid],
            cents=-who.local_cents(world, person[paid], euro[paid]),
            currency=who.currency(world, person[paid]),
            properties=json_objects(answer, int(paid.sum())),
        ),
    ]
