"""What was foreseen of everybody as plain rows, for programs and tables."""

from math import isnan
from typing import Any

from emptychair.anticipate.risk.foreseeing import Foreseen
from emptychair.desk import settings
from emptychair.desk.desk import Desk
from emptychair.desk.risk_settings import MARGIN_PERCENT


def rows(found: Foreseen, desk: Desk) -> list[dict[str, Any]]:
    """Everybody, those with the greatest expected loss first, then those with the greatest chance.

    `chances` are [chance, low, high] by horizon; amounts are what is earned where a margin is set.
    """
    with desk.read() as tx:
        margin = settings.get(tx, MARGIN_PERCENT)
    share = 1.0 if margin is None else margin / 100
    told = [_row(found, row, person, share) for row, person in enumerate(found.people.to_pylist())]
    furthest = str(found.horizons[-1])
    return sorted(told, key=lambda one: (-(one["expected_loss"] or 0), -one["chances"][furthest][0]))


def _row(found: Foreseen, row: int, person: str, share: float) -> dict[str, Any]:
    worth, loss = float(found.worth.amounts[row]) * share, found.loss_of(row) * share
    columns = (found.chances, found.low, found.high)
    return {
        "person": person,
        "chances": {
            str(horizon): [round(float(of[row, at]), 6) for of in columns]
            for at, horizon in enumerate(found.horizons)
        },
        "worth": None if isnan(worth) else round(worth, 4),
        "currency": None if isnan(worth) else str(found.worth.currency[row]) or None,
        "expected_loss": None if isnan(loss) else round(loss, 4),
        "reasons": [one.words for one in found.reasons.get(row, ())],
    }
