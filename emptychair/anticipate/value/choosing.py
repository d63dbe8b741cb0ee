"""Which model of buying fits a company: by a hold-out of its own last months, beside the plain rate."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.anticipate.value.bought import orders
from emptychair.ledger.ledger import Ledger
from emptychair.stats.ascent import Convergence
from emptychair.stats.buying import Buying, Model, buying
from emptychair.stats.holdout import HoldOut, hold_out, split
from emptychair.stats.outlook import outlook
from emptychair.stats.purchases import Purchases, Refusal
from emptychair.understand.spells import Tenure

# A third of the time, half a year at most, is kept to judge by.
_LONGEST, _SHORTEST = 182, 28
_SIMPLEST_FIRST = (Model.BG_NBD, Model.MBG_NBD, Model.PARETO_NBD)


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The model in use, fitted to all that is known, and how its like did on the months held out.

    `held_out` is None where the time is too short for that; `tried` are models and their squared errors.
    """

    model: Buying
    held_out: HoldOut | None
    tried: tuple[tuple[str, float], ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader has to know of it."""
        told = [self.model.fit.said] if self.model.fit.has_prior else []
        if self.held_out is None:
            told.append("The time is too short to hold some of it out: nothing has judged this model yet.")
        elif not self.held_out.beats_naive:
            told.append(
                "On the months held out each customer's own plain rate was as near as the model "
                f"(mean error {self.held_out.naive_errors.mae:.2f} purchases against "
                f"{self.held_out.model_errors.mae:.2f})."
            )
        return tuple(told)

    def alive(self, known: Purchases) -> NDArray[np.float64]:
        """The chance of each that they will buy again at all."""
        return outlook(self.model, known, 1.0).alive


def choose(ledger: Ledger, tenure: Tenure, currency: str, known: Purchases) -> Chosen | Refusal:
    """The model with the smallest squared error on the months held out; the simplest where none are."""
    horizon = min(int(known.age.max(initial=0)) // 3, _LONGEST)
    first = buying(known)
    if isinstance(first, Refusal):
        return first
    if horizon < _SHORTEST:
        return Chosen(first, None, ())
    judged = _judged(ledger, tenure, currency, horizon)
    if not judged:
        return Chosen(first, None, ())
    best = min(judged, key=lambda model: judged[model].model_errors.rmse)
    tried = tuple((model.value, found.model_errors.rmse) for model, found in judged.items())
    chosen = first if best is Model.BG_NBD else buying(known, best)
    if isinstance(chosen, Refusal) or chosen.fit.convergence is Convergence.STUCK:
        return Chosen(first, judged.get(Model.BG_NBD), tried)
    return Chosen(chosen, judged[best], tried)


def _judged(ledger: Ledger, tenure: Tenure, currency: str, horizon: int) -> dict[Model, HoldOut]:
    rows = ledger.ask(orders(tenure.audience, tenure.as_of, tenure.known))
    rows = rows.filter(pc.equal(rows["currency"], currency))
    people = rows["person"].combine_chunks().dictionary_encode().indices.to_numpy()
    day = rows["day"].to_numpy()
    until = _last_day(tenure) - horizon
    before, later = split(
        people, day, rows["amount"].cast(pa.float64()).to_numpy(), until=until, horizon=float(horizon)
    )
    found: dict[Model, HoldOut] = {}
    for model in _SIMPLEST_FIRST:
        fitted = buying(before, model)
        if not isinstance(fitted, Refusal) and fitted.fit.convergence is not Convergence.STUCK:
            found[model] = hold_out(fitted, before, later, float(horizon))
    return found


def _last_day(tenure: Tenure) -> int:
    """The number of the last whole day before `as_of`."""
    return int(((tenure.as_of - timedelta(microseconds=1)).timestamp()) // 86_400)
