"""The app: what is used, searched and logged, and the release that broke signing in."""

import numpy as np

from emptychair.demo.clock import Floats, Ints
from emptychair.demo.columns import Batch, Coded, json_objects
from emptychair.demo.moments import Moments, Stretches, bright, faded, repeated, scattered, stretches
from emptychair.demo.pourwell import PLANS
from emptychair.demo.streams import who
from emptychair.demo.truths import TRUTHS
from emptychair.demo.world import World
from emptychair.domain.signal import Kind

DOINGS = (
    ("app_opened", 0.36),
    ("brew_logged", 0.28),
    ("recipe_viewed", 0.20),
    ("sign_in", 0.13),
    ("brew_shared", 0.03),
)
# (day from which it is the newest, version): two of them are planted
VERSIONS = (
    (-1, "3.9.0"),
    (85, "4.0.0"),
    (190, "4.1.0"),
    (300, "4.1.3"),
    (TRUTHS.broken_release.day, TRUTHS.broken_release.version),
    (TRUTHS.broken_release.day + TRUTHS.broken_release.days, TRUTHS.broken_release.mended_in),
    (530, "4.3.0"),
    (640, "4.4.0"),
)
VERSION_NAMES = tuple(name for _, name in VERSIONS)
FOUND = (
    "ethiopia",
    "espresso",
    "filter papers",
    "grinder",
    "decaf",
    "kettle",
    "moka",
    "gift",
    "v60",
    "scale",
)
NOT_FOUND = ("espreso", "ginder", "tea", "sirup", "oat milk", "robusta", "keurig", "capsule", "mugg", "sugar")
NEEDED = (
    "half caf",
    "half caff",
    "low caffeine",
    "half decaf",
    "less caffeine",
    "50% caffeine",
    "light caffeine",
)


def batches(world: World) -> list[Batch]:
    """Use, searches, skipped deliveries, the water guide, and failed sign-ins."""
    return [
        _use(world),
        *_searches(world),
        _skipped(world),
        _water_guide(world),
        _broken(world),
        _mistyped(world),
    ]


def _version(at: Floats) -> Ints:
    days = np.array([day for day, _ in VERSIONS])
    return (np.searchsorted(days, at, side="right") - 1).astype(np.int64)


def _use(world: World) -> Batch:
    rng = world.rng("app")
    moments = _using(rng, world)
    bounds = np.cumsum([share for _, share in DOINGS])
    doing = np.searchsorted(bounds[:-1], rng.random(moments.at.size), side="right").astype(np.int64)
    # phones without a connection hand in their signals later
    delay = np.where(rng.random(moments.at.size) < 0.03, rng.exponential(0.6, moments.at.size), 0.0)
    return Batch(
        stream="use",
        kind=Kind.DID,
        name=Coded(codes=doing, words=tuple(name for name, _ in DOINGS)),
        channel=who.channel(world, moments.person),
        person=who.customer(world, moments.person),
        at=moments.at,
        delay=delay,
        properties=_device(world, moments),
    )


def _using(rng: np.random.Generator, world: World) -> Moments:
    uses = np.array([plan.uses for plan in PLANS])
    plan, before, after = world.customers.plan, bright(world), faded(world)
    early = scattered(rng, world, before, uses[plan[before.person]])
    late = scattered(rng, world, after, uses[plan[after.person]] * TRUTHS.silent_unhappy.use)
    person, at = np.concatenate([early.person, late.person]), np.concatenate([early.at, late.at])
    truth, failed = TRUTHS.broken_release, world.life.failed_at[person]
    locked_out = (at >= failed) & (at < truth.day + truth.days)
    return Moments(person=person, at=at).taken(~locked_out)


def _device(world: World, moments: Moments) -> Coded:
    # few combinations: each is written once, and rows only point to it
    version, platform = _version(moments.at), world.customers.platform[moments.person]
    words = [
        f'{{"platform":"{platform_name}","app_version":"{name}"}}'
        for name in VERSION_NAMES
        for platform_name in who.PLATFORM_NAMES
    ]
    return Coded(codes=version * len(who.PLATFORM_NAMES) + platform, words=words)


def _searches(world: World) -> list[Batch]:
    rng, cues = world.rng("search"), world.life.cues
    usual = scattered(rng, world, bright(world), 0.06)
    found = rng.random(usual.at.size) < 0.9
    query = np.where(
        found,
        rng.integers(0, len(FOUND), found.size),
        len(FOUND) + rng.integers(0, len(NOT_FOUND), found.size),
    )
    results = np.where(found, rng.integers(1, 15, found.size), 0)
    needs = Moments(person=cues.person, at=cues.at).taken(cues.is_search)
    needed = rng.integers(0, len(NEEDED), needs.at.size)
    return [
        _search(world, "search", usual, Coded(codes=query, words=FOUND + NOT_FOUND), results),
        _search(world, "need", needs, Coded(codes=needed, words=NEEDED), np.zeros_like(needed)),
    ]


def _search(world: World, stream: str, moments: Moments, query: Coded, results: Ints) -> Batch:
    return _did(world, stream, "search", moments, {"query": query, "results": results})


def _did(
    world: World, stream: str, name: str, moments: Moments, more: dict[str, Coded | Ints | str]
) -> Batch:
    return Batch(
        stream=stream,
        kind=Kind.DID,
        name=name,
        channel=who.channel(world, moments.person),
        person=who.customer(world, moments.person),
        at=moments.at,
        properties=json_objects(more, moments.at.size),
    )


def _skipped(world: World) -> Batch:
    rng = world.rng("skip")
    rare, often = scattered(rng, world, bright(world), 0.015), scattered(rng, world, faded(world), 0.09)
    moments = Moments(
        person=np.concatenate([rare.person, often.person]), at=np.concatenate([rare.at, often.at])
    )
    return _did(world, "skip", "delivery_skipped", moments, {"plan": who.plan(world, moments.person)})


def _water_guide(world: World) -> Batch:
    whole = stretches(world)
    begin = np.maximum(whole.begin, world.customers.guide_at[whole.person])
    within = Stretches(person=whole.person, begin=begin, end=whole.end).taken(begin < whole.end)
    moments, _ = repeated(within, 29.3)
    return _did(world, "guide", "water_guide_opened", moments, {"section": "hardness"})


def _broken(world: World) -> Batch:
    rng, failures, truth = world.rng("broken"), world.life.failures, TRUTHS.broken_release
    end = np.minimum(_end_of_spell(world, failures.person, failures.at), truth.day + truth.days)
    again = np.repeat(np.arange(failures.at.size), rng.poisson(2.2, failures.at.size))
    later = failures.at[again] + rng.exponential(0.7, again.size)
    kept = later < end[again]
    at = np.concatenate([failures.at, later[kept]])
    moments = Moments(person=np.concatenate([failures.person, failures.person[again][kept]]), at=at)
    more: dict[str, Coded | Ints | str] = {
        "plan": who.plan(world, moments.person),
        "platform": who.platform(world, moments.person),
        "app_version": truth.version,
        "error": "unknown plan",
    }
    return _did(world, "broken", "sign_in_failed", moments, more)


def _end_of_spell(world: World, person: Ints, at: Floats) -> Floats:
    end = np.full(world.customers.count, float(world.clock.days))
    spells = stretches(world)
    day = TRUTHS.broken_release.day
    around = (spells.end > day) & (spells.begin < day + TRUTHS.broken_release.days)
    end[spells.person[around]] = spells.end[around]
    last: Floats = np.maximum(end[person], at)
    return last


def _mistyped(world: World) -> Batch:
    rng = world.rng("mistyped")
    moments = scattered(rng, world, bright(world), 0.012)
    more: dict[str, Coded | Ints | str] = {
        "plan": who.plan(world, moments.person),
        "platform": who.platform(world, moments.person),
        "app_version": Coded(codes=_version(moments.at), words=VERSION_NAMES),
        "error": "wrong password",
    }
    return _did(world, "mistyped", "sign_in_failed", moments, more)
