"""Everybody's chance of leaving, as of an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa

from emptychair.anticipate.features.known import Features, features
from emptychair.anticipate.risk.models import Floats, Matrix
from emptychair.anticipate.risk.training import Trained
from emptychair.ledger.ledger import Ledger
from emptychair.understand.spells import Tenure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """A row per person in a relationship, by their ids; the columns of chances are `horizons`, in order.

    The further a horizon, the greater the chance; `low` and `high` are the band around each.
    """

    as_of: datetime
    horizons: tuple[int, ...]
    people: pa.Array
    chances: Floats
    low: Floats
    high: Floats
    values: Matrix

    def of(self, horizon: int) -> Floats:
        """The chances of leaving within a horizon that was asked for."""
        found: Floats = self.chances[:, self.horizons.index(horizon)]
        return found


def scored(ledger: Ledger, tenure: Tenure, trained: Sequence[Trained]) -> Scores:
    """The chances by models that share their words, one per horizon. Raises ValueError without a model."""
    if not trained:
        raise ValueError("there is no model to ask")
    by_horizon = sorted(trained, key=lambda one: one.card.horizon)
    found = features(ledger, tenure, by_horizon[0].words)
    return scores(found, by_horizon)


def scores(found: Features, by_horizon: Sequence[Trained]) -> Scores:
    """The chances of people whose features are known, by models from the nearest horizon to the furthest."""
    odds = [one.learned.log_odds(found.values) for one in by_horizon]
    bands = [one.learned.curve.band(of) for one, of in zip(by_horizon, odds, strict=True)]
    chances = [one.learned.curve.chances(of) for one, of in zip(by_horizon, odds, strict=True)]
    # Whoever leaves within 30 days leaves within 60.
    low, high, middle = (
        np.maximum.accumulate(np.stack(columns, axis=1), axis=1)
        for columns in ([one for one, _ in bands], [one for _, one in bands], chances)
    )
    return Scores(
        as_of=found.as_of,
        horizons=tuple(one.card.horizon for one in by_horizon),
        people=found.people,
        chances=middle,
        low=low,
        high=high,
        values=found.values,
    )


def earlier(ledger: Ledger, tenure: Tenure, trained: Trained, at: datetime, people: pa.Array) -> Matrix:
    """The features that some people had at an earlier instant; NaN for whoever was not there."""
    before = features(ledger, replace(tenure, as_of=at), trained.words)
    place = pa.compute.index_in(people, value_set=before.people)
    rows = np.full((len(people), before.values.shape[1]), np.nan, np.float32)
    there = place.is_valid().to_numpy(zero_copy_only=False)
    rows[there] = before.values[place.drop_null().to_numpy()]
    return rows
