"""A company of 420 days that speaks of nine things; one of them begins late, and no theme tells of it."""

import random
from collections.abc import Callable
from pathlib import Path

from emptychair.domain.signal import Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.vectors import KeptVectors
from tests.understand.needs.company import BEGINS, DAYS, END, moment, said

TOPICS = (
    "The parcel with my {} came {} days late.",
    "My {} invoice shows the wrong amount for the {} order.",
    "I cannot sign in to see my {} and the {} password mail never came.",
    "The {} grinder broke after {} weeks.",
    "Your {} beans taste burnt since the {} roast.",
    "The shop for {} closes too early on day {}.",
    "Delivery of {} costs more than {} euros now.",
    "The {} machine leaks water when I brew {} cups.",
)
NEED = "I would love oat milk {} delivered along with my {} subscription."
THINGS = ("espresso", "filter", "decaf", "house", "summer", "winter", "organic", "mild", "dark", "blonde")


def words(template: str, dice: random.Random) -> str:
    return template.format(dice.choice(THINGS), dice.choice(THINGS))


def usual(seed: int = 5) -> list[Signal]:
    """Every day some speak of eight things, as often as ever."""
    dice = random.Random(seed)
    return [
        said(f"u_{day}_{n}", f"per_{dice.randrange(5_000)}", moment(day, n), words(dice.choice(TOPICS), dice))
        for day in range(DAYS)
        for n in range(dice.randint(4, 8))
    ]


def need(who: Callable[[int], str | None] = lambda n: f"need_{n}") -> list[Signal]:
    """In the last 60 days more and more ask for oat milk, which is under no theme."""
    dice = random.Random(8)
    days = [BEGINS + (60 - n * n // 60) for n in range(60)]
    return [
        said(f"need_{n}", who(n), moment(min(day, DAYS - 1), 40 + n % 5), words(NEED, dice))
        for n, day in enumerate(days)
    ]


def heard(ledger: Ledger, folder: Path, signals: list[Signal]) -> SeenVectors:
    """These signals in the ledger, and their vectors where the reading process keeps them."""
    ledger.append(signals)
    ledger.load(END)
    model = embedder(Tier.FAST)
    KeptVectors(folder / "language", model).of([one.text or "" for one in signals])
    return SeenVectors(folder / "language", model)
