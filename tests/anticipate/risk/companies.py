"""Companies in which it is known who leaves and why, told to a ledger at once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.schema import SIGNALS

BEGAN, NOW = datetime(2023, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
DAYS = (NOW - BEGAN).days
_WEEK = 7


def fading(ledger: Ledger, people: int, seed: int, *, matters: float = 2.0, note: str = "") -> None:
    """People who open a program twice a week until some grow quiet; these leave e^`matters` times as fast.

    Plan "gold" stays longer. With a `note`, a signal of this name is written of everybody who leaves, dated
    before it, as only a file can that was made afterwards.
    """
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, str, str, datetime, Decimal | None, str]] = []
    for number in range(people):
        person, plan = f"p{number:05}", ("gold", "blue")[int(rng.integers(2))]
        joined = int(rng.integers(0, DAYS - 100)) - 200
        left, quiet_from = _life(rng, max(joined, 0), matters, plan)
        start = BEGAN + timedelta(days=joined)
        rows.append((person, "joined", "joined", start, None, f'{{"plan": "{plan}"}}'))
        until = DAYS if left is None else left
        for day in _active(rng, max(joined, 0), until, quiet_from):
            rows.append((person, "did", "opened", BEGAN + timedelta(days=float(day)), None, "{}"))
        rows += [
            (person, "paid", "order", BEGAN + timedelta(days=day, hours=3), Decimal(20), "{}")
            for day in range(max(joined, 0), until, 30)
        ]
        if left is not None:
            end = BEGAN + timedelta(days=left)
            rows.append((person, "left", "left", end, None, "{}"))
            if note:
                rows += [
                    (person, "did", note, end - timedelta(days=away), None, "{}") for away in range(1, 120, 5)
                ]
    tell(ledger, rows)


def tell(ledger: Ledger, rows: list[tuple[str, str, str, datetime, Decimal | None, str]]) -> None:
    """Let the ledger keep rows of person, kind, name, occurred_at, value, properties, as a file would."""
    columns = list(zip(*rows, strict=True))
    count = len(rows)
    at = pa.array([moment.replace(tzinfo=None) for moment in columns[3]], pa.timestamp("us"))
    table = pa.table(
        {
            "id": [f"s{number}" for number in range(count)],
            "audience": ["customer"] * count,
            "person": columns[0],
            "kind": columns[1],
            "name": columns[2],
            "channel": ["app"] * count,
            "source": ["imp_test"] * count,
            "occurred_at": at,
            "received_at": at,
            "text": pa.nulls(count, pa.string()),
            "score": pa.nulls(count, pa.decimal128(9, 4)),
            "value": pa.array(columns[4], pa.decimal128(18, 4)),
            "currency": ["EUR" if value is not None else None for value in columns[4]],
            "properties": columns[5],
        },
        schema=SIGNALS,
    )
    with ledger.staging("imp_test") as staging:
        staging.register("incoming", table)
        staging.admit("incoming")


def _life(rng: np.random.Generator, joined: int, matters: float, plan: str) -> tuple[int | None, int]:
    """(the day of leaving, None if never; the day from which somebody is quiet), week by week."""
    quiet_from = DAYS + 1
    for day in range(joined, DAYS, _WEEK):
        if quiet_from > DAYS and rng.random() < 0.02:
            quiet_from = day
        hazard = 0.006 * np.exp(matters * (day > quiet_from + 10)) * (0.6 if plan == "gold" else 1.4)
        if rng.random() < hazard:
            return day + 3, quiet_from
    return None, quiet_from


def _active(rng: np.random.Generator, begin: int, end: int, quiet_from: int) -> NDArray[np.float64]:
    busy_until = min(end, quiet_from)
    lively = rng.uniform(begin, busy_until, rng.poisson(2 / 7 * max(busy_until - begin, 0)))
    quiet = rng.uniform(busy_until, end, rng.poisson(0.2 / 7 * max(end - busy_until, 0)))
    return np.concatenate([lively, quiet])
