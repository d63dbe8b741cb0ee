"""Companies in which it is known what people buy after what."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from emptychair.ledger.ledger import Ledger
from tests.anticipate.risk.companies import tell

NOW = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 200
ITEMS = 24
Row = tuple[str, str, str, datetime, Decimal | None, str]


def bought(person: str, item: str, days_ago: float) -> Row:
    at = NOW - timedelta(days=days_ago)
    return (person, "paid", "order", at, Decimal(20), f'{{"product": "{item}"}}')


def told(person: str, days_ago: float, plan: str) -> Row:
    at = NOW - timedelta(days=days_ago)
    return (person, "told", "traits", at, None, f'{{"plan": "{plan}"}}')


def by_chance(people: int, seed: int) -> list[Row]:
    """Everybody buys six times, and what they buy tells nothing of what comes next."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(2, ITEMS + 2)
    rows = []
    for number in range(people):
        for day in rng.uniform(0, DAYS, 6):
            item = int(rng.choice(ITEMS, p=share / share.sum()))
            rows.append(bought(f"p{number:04}", f"thing {item:02}", float(day)))
    return rows


def in_pairs(people: int, seed: int) -> list[Row]:
    """As by chance, but each even thing is mostly followed, two weeks later, by the odd one after it."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(people):
        for day in rng.uniform(0, DAYS, 3):
            first = 2 * int(rng.integers(ITEMS // 2))
            rows.append(bought(f"p{number:04}", f"thing {first:02}", float(day)))
            if rng.random() < 0.8 and day > 14:
                rows.append(bought(f"p{number:04}", f"thing {first + 1:02}", float(day) - 14))
    return rows


def fill(ledger: Ledger, rows: list[Row]) -> None:
    tell(ledger, rows)
