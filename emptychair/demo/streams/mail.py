"""Mails and parcels: newsletters, clicks, deliveries, and the notice of the new price."""

import numpy as np

from emptychair.demo.clock import Flags, Floats
from emptychair.demo.columns import Batch, Coded, json_objects
from emptychair.demo.moments import Moments, repeated, stretches, those_there
from emptychair.demo.streams import who
from emptychair.demo.streams.money import MONTH
from emptychair.demo.truths import TRUTHS
from emptychair.demo.world import World
from emptychair.domain.signal import Kind

CARRIERS = ("Parcel Goose", "Swift & Sons", "Post")
NEWSLETTER_EVERY = 28
CLICKS = 0.09


def batches(world: World) -> list[Batch]:
    """Newsletters sent and clicked (openings are not tracked), parcels delivered, the price notice."""
    sent, topic = _sent(world)
    return [
        _met(world, "newsletter", "newsletter_sent", "email", sent, {"issue": topic}),
        _clicked(world, sent),
        _delivered(world),
        _notice(world),
    ]


def _met(
    world: World, stream: str, name: str, channel: str, moments: Moments, more: dict[str, Coded]
) -> Batch:
    return Batch(
        stream=stream,
        kind=Kind.MET,
        name=name,
        channel=channel,
        person=who.customer(world, moments.person),
        at=moments.at,
        properties=json_objects(more, moments.at.size),
    )


def _sent(world: World) -> tuple[Moments, Coded]:
    days = np.arange(9.4, world.clock.days, NEWSLETTER_EVERY)
    readers = [those_there(world, float(day)) for day in days]
    issue = np.repeat(np.arange(days.size), [reader.size for reader in readers])
    moments = Moments(person=np.concatenate(readers), at=days[issue])
    return moments, Coded(codes=issue, words=[f"No. {number + 1}" for number in range(days.size)])


def _clicked(world: World, sent: Moments) -> Batch:
    rng = world.rng("clicks")
    fades = world.customers.fades_at[sent.person] <= sent.at
    share = np.where(fades, CLICKS * TRUTHS.silent_unhappy.use, CLICKS)
    at = sent.at + np.minimum(rng.exponential(0.25, sent.at.size), 3.0)
    read = (rng.random(sent.at.size) < share) & (at < world.clock.days) & _stays(world, sent, at)
    moments = Moments(person=sent.person, at=at).taken(read)
    return Batch(
        stream="click",
        kind=Kind.DID,
        name="newsletter_clicked",
        channel="email",
        person=who.customer(world, moments.person),
        at=moments.at,
    )


def _stays(world: World, sent: Moments, at: Floats) -> Flags:
    end = np.zeros(world.customers.count)
    np.maximum.at(end, world.life.spells.person, world.life.spells.end)
    stays: Flags = at < end[sent.person]
    return stays


def _delivered(world: World) -> Batch:
    rng = world.rng("parcels")
    moments, _ = repeated(stretches(world), MONTH, first=3.2)
    late = np.where(rng.random(moments.at.size) < 0.08, rng.integers(1, 6, moments.at.size), 0)
    at = moments.at + late + rng.random(moments.at.size)
    kept = at < world.clock.days
    more = {
        "carrier": Coded(codes=rng.integers(0, len(CARRIERS), int(kept.sum())), words=CARRIERS),
        "days_late": Coded(codes=late[kept], words=("0", "1", "2", "3", "4", "5")),
    }
    delivered = Moments(person=moments.person, at=at).taken(kept)
    return _met(world, "parcel", "delivered", "email", delivered, more)


def _notice(world: World) -> Batch:
    day = float(TRUTHS.price_increase.day - 30) + 0.4
    person = those_there(world, day)
    moments = Moments(person=person, at=np.full(person.size, day))
    percent = f"{round((TRUTHS.price_increase.factor - 1) * 100)} %"
    more = {"increase": Coded(codes=np.zeros(person.size, dtype=np.int64), words=(percent,))}
    return _met(world, "notice", "price_notice", "email", moments, more)
