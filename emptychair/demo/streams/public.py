"""What is said in public: reviews with stars, and posts."""

import numpy as np

from emptychair.demo.clock import Flags, Ints
from emptychair.demo.columns import Batch, Coded, json_objects
from emptychair.demo.moments import Moments, bright, scattered
from emptychair.demo.streams import who
from emptychair.demo.themes import Theme
from emptychair.demo.words import sentences
from emptychair.demo.world import World
from emptychair.domain.signal import Kind

SITES = ("Trusty Stars", "Bean Forum", "App Shelf")
PLACES = ("Chirper", "Picturegram", "Bean Forum")
SAD = (Theme.PACKAGING, Theme.LATE, Theme.PRICE, Theme.BITTER, Theme.CARE_WAIT)


def reviews(world: World) -> list[Batch]:
    """Star ratings with words, from those who still care enough to write."""
    rng, people = world.rng("reviews"), world.customers
    within = bright(world)
    moments = scattered(rng, world, within, np.where(people.is_advocate[within.person], 0.03, 0.008))
    person = moments.person
    failed = (world.life.failed_at[person] <= moments.at) & (moments.at < world.life.failed_at[person] + 40)
    felt = 4.3 + 0.5 * people.warmth[person] - 0.4 * people.hard_water[person] - 1.8 * failed
    score = np.clip(np.rint(felt + rng.normal(0, 0.8, person.size)), 1, 5).astype(np.int64)
    theme = np.where(failed, int(Theme.SIGN_IN), _theme(rng, score >= 4))
    site = Coded(codes=rng.integers(0, len(SITES), person.size), words=SITES)
    return [
        Batch(
            stream="review",
            kind=Kind.RATED,
            name="stars",
            channel="review",
            person=who.customer(world, person),
            at=moments.at,
            delay=0.3,
            score=score,
            text=sentences(rng, theme, people.language[person]),
            properties=json_objects({"site": site}, person.size),
            theme=theme,
        )
    ]


def posts(world: World) -> list[Batch]:
    """Posts, read in once a day; two in five are by people we cannot name."""
    rng, people = world.rng("posts"), world.customers
    within = bright(world)
    moments = scattered(rng, world, within, np.where(people.is_advocate[within.person], 0.08, 0.005))
    needs = Moments(person=world.life.cues.person, at=world.life.cues.at).taken(~world.life.cues.is_search)
    theme = _theme(rng, rng.random(moments.at.size) < 0.6)
    # whoever mixes their own half caf also shows it around
    person = np.concatenate([moments.person, needs.person])
    at = np.concatenate([moments.at, np.minimum(needs.at + 0.2, world.clock.days - 0.01)])
    theme = np.concatenate([theme, np.full(needs.at.size, int(Theme.HALF_CAF))])
    language = people.language[person]
    named = rng.random(person.size) < 0.6
    place = Coded(codes=rng.integers(0, len(PLACES), person.size), words=PLACES)
    return [
        Batch(
            stream="post",
            kind=Kind.SAID,
            name="post",
            channel="social",
            person=who.customer(world, np.where(named, person, -1)),
            at=at,
            delay=0.5,
            text=sentences(rng, theme, language),
            properties=json_objects({"place": place}, person.size),
            theme=theme,
        )
    ]


def _theme(rng: np.random.Generator, happy: Flags) -> Ints:
    sad = np.array([int(theme) for theme in SAD])[rng.integers(0, len(SAD), happy.size)]
    praise = np.where(rng.random(happy.size) < 0.8, int(Theme.PRAISE_TASTE), int(Theme.PRAISE_CARE))
    return np.where(happy, praise, sad)
