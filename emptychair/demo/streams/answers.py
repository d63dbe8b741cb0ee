"""Surveys: who was asked, who answered, which score they gave and what they added."""

import numpy as np

from emptychair.demo.clock import Flags, Floats, Ints
from emptychair.demo.columns import Batch, json_objects, numbered, quoted
from emptychair.demo.streams import who
from emptychair.demo.streams.care import answered_at, contact_channels
from emptychair.demo.themes import Theme
from emptychair.demo.truths import TRUTHS
from emptychair.demo.words import sentences
from emptychair.demo.world import World
from emptychair.domain.signal import Kind

COMMENTS = 0.45
PHONE = 2
# change of the 1-5 satisfaction by what the contact was about
MOODS = {Theme.SLOW_REFUND: -1.0, Theme.SIGN_IN: -0.7, Theme.PRICE: -0.4, Theme.PRAISE_TASTE: 0.4}


def batches(world: World) -> list[Batch]:
    """The quarterly NPS, and after a contact the satisfaction (CSAT) or, by phone, the effort (CES)."""
    return [*_loyalty(world), *_after_contact(world)]


def _asked(world: World, survey: str, person: Ints, at: Floats, number: Ints) -> Batch:
    more = {"survey": survey, "invitation": quoted(numbered(f"{survey}-", number))}
    return Batch(
        stream=f"{survey}-asked",
        kind=Kind.MET,
        name="survey_sent",
        channel="email",
        person=who.customer(world, person),
        at=at,
        properties=json_objects(more, person.size),
    )


def _rated(
    world: World, survey: str, person: Ints, at: Floats, score: Ints, theme: Ints, number: Ints
) -> Batch:
    rng = world.rng(f"{survey} answers")
    theme = np.where(rng.random(person.size) < COMMENTS, theme, -1)
    return Batch(
        stream=f"{survey}-answer",
        kind=Kind.RATED,
        name=survey,
        channel="survey",
        person=who.customer(world, person),
        at=at,
        score=score,
        text=sentences(rng, theme, world.customers.language[person]),
        properties=json_objects({"invitation": quoted(numbered(f"{survey}-", number))}, person.size),
        theme=theme,
    )


def _praised(rng: np.random.Generator, theme: Ints, happy: Flags) -> Ints:
    praise = np.where(rng.random(theme.size) < 0.75, int(Theme.PRAISE_TASTE), int(Theme.PRAISE_CARE))
    return np.where(happy, praise, theme)


def _loyalty(world: World) -> list[Batch]:
    rng, surveys = world.rng("nps"), world.life.surveys
    number = np.arange(surveys.at.size, dtype=np.int64)
    theme = _praised(rng, surveys.theme, surveys.score >= 9)
    at = surveys.at + np.minimum(rng.exponential(0.7, surveys.at.size) + 0.01, 9.0)
    kept = surveys.is_answered & (at < world.clock.days)
    return [
        _asked(world, "nps", surveys.person, surveys.at, number),
        _rated(world, "nps", surveys.person[kept], at[kept], surveys.score[kept], theme[kept], number[kept]),
    ]


def _after_contact(world: World) -> list[Batch]:
    rng, contacts, channel = world.rng("csat"), world.life.contacts, contact_channels(world)
    sent = answered_at(world, channel) + 0.04
    mean = 4.5 + TRUTHS.care_attrition.csat_per_loss * contacts.loss
    for mood, change in MOODS.items():
        mean = mean + np.where(contacts.theme == int(mood), change, 0.0)
    felt = mean + rng.normal(0, 0.8, mean.size)
    by_phone = channel.codes == PHONE
    score = np.where(by_phone, np.clip(np.rint(felt * 1.5 - 0.75), 1, 7), np.clip(np.rint(felt), 1, 5))
    fades = world.customers.fades_at[contacts.person] <= contacts.at
    answers = rng.random(mean.size) < np.where(fades, 0.1, 0.4)
    at = sent + np.minimum(rng.exponential(0.3, mean.size), 5.0)
    good = felt >= 4.5
    theme = _praised(rng, contacts.theme, good)
    theme = np.where((contacts.loss > 0.15) & ~good, int(Theme.CARE_WAIT), theme)
    number = np.arange(mean.size, dtype=np.int64)
    made: list[Batch] = []
    for survey, asked in (("csat", ~by_phone), ("ces", by_phone)):
        asked = asked & (sent < world.clock.days)
        kept = asked & answers & (at < world.clock.days)
        made.append(_asked(world, survey, contacts.person[asked], sent[asked], number[asked]))
        whole = score[kept].astype(np.int64)
        made.append(_rated(world, survey, contacts.person[kept], at[kept], whole, theme[kept], number[kept]))
    return made
