"""Care: what customers wrote or said, what was answered, and what was promised by when."""

import numpy as np
import pyarrow as pa

from emptychair.demo.clock import WEEK, Floats, Ints
from emptychair.demo.columns import Batch, Coded, instants, json_objects, numbered, quoted
from emptychair.demo.pourwell import CARE_TEAMS, TEAMS
from emptychair.demo.streams import who
from emptychair.demo.themes import Theme
from emptychair.demo.words import sentences
from emptychair.demo.world import World
from emptychair.domain.signal import Kind

CHANNELS = (("email", 0.42), ("chat", 0.33), ("phone", 0.15), ("social", 0.10))
WAITS = np.array([0.35, 0.01, 0.004, 0.2])
PROMISED = ("a call back", "a replacement", "an answer from the warehouse", "a corrected delivery")


def batches(world: World) -> list[Batch]:
    """Messages, replies, and promises made and done."""
    channel, agent = contact_channels(world), agents(world)
    conversation = numbered("case-", np.arange(agent.size, dtype=np.int64))
    common = {
        "conversation": quoted(conversation),
        "agent": quoted(who.employee(agent)),
        "team": Coded(
            codes=world.customers.care_team[world.life.contacts.person],
            words=tuple(team[0] for team in TEAMS[:CARE_TEAMS]),
        ),
    }
    properties = json_objects(common, agent.size)
    return [
        _messages(world, channel, properties),
        _replies(world, channel, properties),
        *_promises(world, channel, agent),
    ]


def contact_channels(world: World) -> Coded:
    """The channel of each contact."""
    bounds = np.cumsum([share for _, share in CHANNELS])
    drawn = world.rng("contact channels").random(world.life.contacts.at.size)
    codes = np.searchsorted(bounds[:-1], drawn, side="right").astype(np.int64)
    return Coded(codes=codes, words=tuple(name for name, _ in CHANNELS))


def agents(world: World) -> Ints:
    """The employee who took each contact, one who was on duty that week; -1 when the team had nobody."""
    rng, contacts = world.rng("agents"), world.life.contacts
    team = world.customers.care_team[contacts.person]
    week = (contacts.at // WEEK).astype(np.int64)
    drawn, agent = rng.random(contacts.at.size), np.full(contacts.at.size, -1, dtype=np.int64)
    group = week * CARE_TEAMS + team
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange(world.clock.weeks * CARE_TEAMS + 1))
    for number in range(world.clock.weeks * CARE_TEAMS):
        rows = order[edges[number] : edges[number + 1]]
        # on duty at the end of the week: nobody answers after their last day or before their first
        duty = world.staff.on_duty(number % CARE_TEAMS, (number // CARE_TEAMS + 1) * WEEK)
        duty = duty[world.staff.hired[duty] <= number // CARE_TEAMS * WEEK]
        if rows.size and duty.size:
            agent[rows] = duty[(drawn[rows] * duty.size).astype(np.int64)]
    return agent


def answered_at(world: World, channel: Coded) -> Floats:
    """When each contact was answered: later by a team that lost people."""
    contacts = world.life.contacts
    wait = world.rng("waits").exponential(1.0, contacts.at.size) * WAITS[channel.codes] + 0.001
    answered: Floats = contacts.at + wait * (1 + 4 * contacts.loss)
    return answered


def _messages(world: World, channel: Coded, properties: pa.Array) -> Batch:
    contacts = world.life.contacts
    return Batch(
        stream="message",
        kind=Kind.SAID,
        name="message",
        channel=channel,
        person=who.customer(world, contacts.person),
        at=contacts.at,
        text=sentences(world.rng("messages"), contacts.theme, world.customers.language[contacts.person]),
        properties=properties,
        theme=contacts.theme,
    )


def _replies(world: World, channel: Coded, properties: pa.Array) -> Batch:
    contacts, at = world.life.contacts, answered_at(world, channel)
    kept = at < world.clock.days
    person = contacts.person[kept]
    theme = np.full(person.size, int(Theme.REPLY))
    return Batch(
        stream="reply",
        kind=Kind.MET,
        name="reply",
        channel=Coded(codes=channel.codes[kept], words=channel.words),
        person=who.customer(world, person),
        at=at[kept],
        text=sentences(world.rng("replies"), theme, world.customers.language[person]),
        properties=properties.filter(kept),
        theme=theme,
    )


def _promises(world: World, channel: Coded, agent: Ints) -> list[Batch]:
    contacts, clock = world.life.contacts, world.clock
    made_at = contacts.at + 0.0005
    made = np.isfinite(contacts.due_at) & (made_at < clock.days)
    done = made & (contacts.resolved_at < clock.days)
    what = world.rng("promised").integers(0, len(PROMISED), made.size)
    number = numbered("promise-", np.arange(made.size, dtype=np.int64))
    conversation = numbered("case-", np.arange(made.size, dtype=np.int64))
    batches = []
    for stream, name, rows, at in (
        ("promise", "promise_made", made, made_at),
        ("done", "promise_done", done, np.maximum(contacts.resolved_at, made_at)),
    ):
        more = {
            "promise": quoted(number.filter(rows)),
            "conversation": quoted(conversation.filter(rows)),
            "what": Coded(codes=what[rows], words=PROMISED),
            "due_at": instants(clock, contacts.due_at[rows]),
            "by": quoted(who.employee(agent[rows])),
        }
        batches.append(
            Batch(
                stream=stream,
                kind=Kind.MET,
                name=name,
                channel=Coded(codes=channel.codes[rows], words=channel.words),
                person=who.customer(world, contacts.person[rows]),
                at=at[rows],
                properties=json_objects(more, int(rows.sum())),
            )
        )
    return batches
