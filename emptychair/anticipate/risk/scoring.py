"""Everybody's chance of leaving, as of an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa

from emptychair.anticipate.features.known import Features, features
from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.anticipate.risk.models import Floats, Matrix
from emptychair.anticipate.risk.training import Trained
from emptychair.ledger.ledger import Ledger
from emptychair.understand.spells import Tenure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """A row per person in a relationship, by their ids; the columns of chances are `horizons`, in order.

    The further a horizon, the greater the chance; `low` and `high` are the band around each. `values` are
    the features that the model of the furthest horizon knows.
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
    """The chances by models, one per horizon. Raises ValueError without a model. O(signals) for each of the
    vocabularies that they were trained in.
    """
    if not trained:
        raise ValueError("there is no model to ask")
    by_horizon = sorted(trained, key=lambda one: one.card.horizon)
    seen: list[tuple[Vocabulary, Features]] = []
    for one in by_horizon:
        if not any(words == one.words for words, _ in seen):
            seen.append((one.words, features(ledger, tenure, one.words)))
    found = [next(of for words, of in seen if words == one.words) for one in by_horizon]
    return scores(found, by_horizon)


def scores(found: Sequence[Features], by_horizon: Sequence[Trained]) -> Scores:
    """The chances of people by models from the nearest horizon to the furthest, with the features that each
    knows of them. The people are the same for all: they are told by the relationships.
    """
    learned = [one.learned for one in by_horizon]
    odds = [one.log_odds(of.values) for one, of in zip(learned, found, strict=True)]
    bands = [one.curve.band(of) for one, of in zip(learned, odds, strict=True)]
    chances = [one.curve.chances(of) for one, of in zip(learned, odds, strict=True)]
    # Whoever leaves within 30 days leaves within 60.
    low, high, middle = (
        np.maximum.accumulate(np.stack(columns, axis=1), axis=1)
        for columns in ([one for one, _ in bands], [one for _, one in bands], chances)
    )
    return Scores(
        as_of=found[-1].as_of,
        horizons=tuple(one.card.horizon for one in by_horizon),
        people=found[-1].people,
        chances=middle,
        low=low,
        high=high,
        values=found[-1].values,
    )


def earlier(ledger: Ledger, tenure: Tenure, trained: Trained, at: datetime, people: pa.Array) -> Matrix:
    """The features that some people had at an earlier instant; NaN for whoever was not there."""
    before = features(ledger, replace(tenure, as_of=at), trained.words)
    place = pa.compute.index_in(people, value_set=before.people)
    rows = np.full((len(people), before.values.shape[1]), np.nan, np.float32)
    there = place.is_valid().to_numpy(zero_copy_only=False)
    rows[there] = before.values[place.drop_null().to_numpy()]
    return rows
