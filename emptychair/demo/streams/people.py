"""The subscription system: who joined, who left and why, what they told about themselves."""

import numpy as np
import pyarrow.compute as pc

from emptychair.demo.clock import ZONES
from emptychair.demo.columns import Batch, Coded, json_objects, numbered, quoted
from emptychair.demo.moments import bright, scattered
from emptychair.demo.pourwell import CARE_TEAMS, COUNTRIES, LANGUAGES, TEAMS
from emptychair.demo.streams import who
from emptychair.demo.themes import Theme
from emptychair.demo.truths import TRUTHS
from emptychair.demo.words import sentences
from emptychair.demo.world import World
from emptychair.domain.signal import Kind


def batches(world: World) -> list[Batch]:
    """Joined, left, exit reasons, traits and shared referrals."""
    return [_joined(world), _left(world), _exit_reasons(world), _traits(world), _shared(world)]


def _joined(world: World) -> Batch:
    spells, people = world.life.spells, world.customers
    first = spells.start == people.joined[spells.person]
    referrer = np.where(first, people.referrer[spells.person], -1)
    properties = {
        "plan": who.plan(world, spells.person),
        "platform": who.platform(world, spells.person),
        "returning": Coded(codes=(~first).astype(np.int64), words=("no", "yes")),
        "referred_by": quoted(who.customer(world, referrer)),
    }
    return Batch(
        stream="joined",
        kind=Kind.JOINED,
        name="subscription",
        channel=who.channel(world, spells.person),
        person=who.customer(world, spells.person),
        at=spells.start,
        properties=json_objects(properties, spells.person.size),
    )


def _left(world: World) -> Batch:
    spells = world.life.spells
    gone = np.isfinite(spells.end)
    person = spells.person[gone]
    return Batch(
        stream="left",
        kind=Kind.LEFT,
        name="subscription",
        channel=who.channel(world, person),
        person=who.customer(world, person),
        at=spells.end[gone],
        properties=json_objects({"plan": who.plan(world, person)}, person.size),
    )


def _exit_reasons(world: World) -> Batch:
    rng, spells = world.rng("exit"), world.life.spells
    at = spells.end + 0.001
    speaks = (at < world.clock.days) & (rng.random(at.size) < 0.55)
    person, true_theme = spells.person[speaks], spells.theme[speaks]
    says_price = rng.random(person.size) < TRUTHS.price_increase.said_share
    theme = np.where(says_price, int(Theme.PRICE), true_theme)
    return Batch(
        stream="exit",
        kind=Kind.SAID,
        name="exit_reason",
        channel=who.channel(world, person),
        person=who.customer(world, person),
        at=at[speaks],
        text=sentences(rng, theme, world.customers.language[person]),
        theme=theme,
    )


def _traits(world: World) -> Batch:
    people = world.customers
    everyone = np.arange(people.count, dtype=np.int64)
    names = who.full_names(everyone)
    addresses = pc.binary_join_element_wise(
        pc.replace_substring(pc.utf8_lower(names.texts()), " ", "."), numbered("", everyone), "."
    )
    properties = {
        "name": names,
        "email": quoted(pc.binary_join_element_wise(addresses, "@example.com", "")),
        "plan": who.plan(world, everyone),
        "platform": who.platform(world, everyone),
        "country": Coded(codes=people.country, words=tuple(country.code for country in COUNTRIES)),
        "language": Coded(codes=people.language, words=LANGUAGES),
        "timezone": Coded(codes=people.zone, words=tuple(name for name, _, _ in ZONES)),
        "currency": who.currency(world, everyone),
        "care_team": Coded(codes=people.care_team, words=tuple(team[0] for team in TEAMS[:CARE_TEAMS])),
        "water": Coded(codes=people.hard_water.astype(np.int64), words=("soft", "hard")),
        "payment": Coded(codes=people.pays_by_bank.astype(np.int64), words=("card", "bank transfer")),
    }
    return Batch(
        stream="traits",
        kind=Kind.TOLD,
        name="traits",
        channel=who.channel(world, everyone),
        person=who.customer(world, everyone),
        at=people.joined,
        properties=json_objects(properties, people.count),
    )


def _shared(world: World) -> Batch:
    rng, people = world.rng("referral"), world.customers
    within = bright(world)
    moments = scattered(rng, world, within, np.where(people.is_advocate[within.person], 0.12, 0.002))
    return Batch(
        stream="shared",
        kind=Kind.DID,
        name="referral_shared",
        channel=who.channel(world, moments.person),
        person=who.customer(world, moments.person),
        at=moments.at,
        properties=json_objects({"link": quoted(numbered("pour-", moments.person))}, moments.person.size),
    )
