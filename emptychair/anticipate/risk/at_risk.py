"""What is at risk in all: what is to be expected to be lost, its interval, and who is missing from it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from emptychair.anticipate.risk.foreseeing import Foreseen
from emptychair.desk import risk_models, risk_runs, settings
from emptychair.desk.desk import Desk
from emptychair.desk.risk_runs import Deed
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.domain.signal import Audience

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What is to be expected to be lost in one currency, with its 95 % interval, of `n` people who paid."""

    currency: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """What is at risk within `horizon` days (0: of a snapshot) as of the last scores, the largest sum first.

    `is_margin`: sums are what is earned, else what is paid. `mixed` of `people` pay in several currencies and
    `unpaid` paid nothing. `unreliable` says why it is not to be relied on, empty when it is;
    `lack` says why there is nothing, and then all else is empty.
    """

    as_of: datetime | None
    horizon: int
    sums: tuple[Sum, ...]
    is_margin: bool
    people: int
    mixed: int
    unpaid: int
    unreliable: str
    lack: str


def at_risk(desk: Desk, audience: Audience = Audience.CUSTOMER) -> AtRisk:
    """What is at risk, for a page. A few reads of the desk."""
    with desk.read() as tx:
        run = risk_runs.last(tx, audience, Deed.SCORING, with_result=True)
        tried = risk_runs.last(tx, audience, Deed.TRAINING)
        used = risk_models.champions(tx, audience)
        margin = settings.get(tx, MARGIN_PERCENT)
    if run is None or not used:
        lack = tried.reason if tried is not None else ""
        return _nothing(lack or "No model has been trained yet: one is within the hour after data came.")
    share = 1.0 if margin is None else margin / 100
    sums = (Sum(**one) for one in run.figures["sums"])
    scaled = (
        Sum(
            currency=one.currency,
            value=one.value * share,
            low=one.low * share,
            high=one.high * share,
            n=one.n,
        )
        for one in sums
    )
    return AtRisk(
        as_of=run.as_of,
        horizon=run.figures.get("horizon", used[-1].horizon),
        sums=tuple(sorted(scaled, key=lambda one: -one.value)),
        is_margin=margin is not None,
        people=run.people,
        mixed=run.figures["mixed"],
        unpaid=run.figures["unpaid"],
        unreliable=used[-1].unreliable,
        lack="",
    )


def figures(found: Foreseen) -> dict[str, Any]:
    """The sums and who is missing from them, as they are kept with a run."""
    paid, amounts = found.worth, found.worth.amounts
    has_paid = ~np.isnan(amounts) & (amounts > 0)
    sums = [_sum(found, str(one), has_paid) for one in sorted(set(paid.currency[has_paid].tolist()))]
    return {
        "sums": [asdict(one) for one in sums],
        "mixed": int(paid.mixed.sum()),
        "unpaid": int((~has_paid & ~paid.mixed).sum()),
        "horizon": found.horizons[-1],
    }


def _sum(found: Foreseen, currency: str, has_paid: np.ndarray) -> Sum:
    """The interval holds what will come: that chances are not known exactly, and that they are chances.

    Bands are taken to be off together, as they are when a time turns out worse than those before.
    """
    rows = has_paid & (found.worth.currency == currency)
    amounts = found.worth.amounts[rows]
    chances, low, high = (of[rows, -1] for of in (found.chances, found.low, found.high))
    value = float(amounts @ chances)
    drawn = _Z**2 * float(amounts**2 @ (chances * (1 - chances)))
    below, above = value - float(amounts @ low), float(amounts @ high) - value
    return Sum(
        currency=currency,
        value=value,
        low=max(0.0, value - float(np.sqrt(below**2 + drawn))),
        high=min(float(amounts.sum()), value + float(np.sqrt(above**2 + drawn))),
        n=int(rows.sum()),
    )


def _nothing(lack: str) -> AtRisk:
    nothing: Sequence[Sum] = ()
    return AtRisk(
        as_of=None, horizon=90, sums=tuple(nothing), is_margin=False, people=0, mixed=0, unpaid=0,
        unreliable="", lack=lack,
    )  # fmt: skip
