"""Files of one row per person and a flag: who is like those who left, and what such files cannot tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emptychair.anticipate.features.known import features
from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.anticipate.risk import boosting, card, logistic
from emptychair.anticipate.risk.card import Candidate, Card, Judged
from emptychair.anticipate.risk.endings import Endings, endings
from emptychair.anticipate.risk.examples import Examples
from emptychair.anticipate.risk.models import Floats, Matrix, Model
from emptychair.anticipate.risk.screening import screened
from emptychair.anticipate.risk.training import FEWEST_ENDINGS, Learned, NotEnough, Trained, usual
from emptychair.ledger.ledger import Ledger
from emptychair.stats.recalibrating import recalibrated
from emptychair.understand.spells import Tenure

# So many of all ends on one day are no coincidence.
ON_ONE_DAY = 0.8
_FOLDS, _TIMES = 5, 3
_STRENGTHS = (0.003, 0.03, 0.3)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """The people of a snapshot, the chance that somebody like each is among those who left with its band, and
    the model of all of them with its card.

    Every chance is of a model that had not seen the person. `ended` are those who did leave.
    """

    taken_at: datetime
    people: pa.Array
    chances: Floats
    low: Floats
    high: Floats
    ended: NDArray[np.bool_]
    values: Matrix
    trained: Trained

    @property
    def card(self) -> Card:
        """How well people were told apart that the models had not seen."""
        return self.trained.card


def taken_at(found: Endings) -> datetime | None:
    """The day of the snapshot that the relationships come from; None when they come from a history."""
    ends = found.last()
    if len(ends) < FEWEST_ENDINGS:
        return None
    days, counts = np.unique(ends, return_counts=True)
    if counts.max() < ON_ONE_DAY * len(ends):
        return None
    moment: datetime = days[counts.argmax()].astype("datetime64[us]").astype(datetime)
    return moment.replace(tzinfo=UTC)


def what_cannot_be_known(at: datetime, people: int) -> str:
    """What a reader has to know of such chances."""
    return (
        f"This is a snapshot of {at:%Y-%m-%d}: {people:,} people are known as they were on that day, and not "
        "when they left or what came before. The chance is that of being among those who left until then, "
        "not of leaving within some days. It was cross-validated; no later time has judged it."
    )


def judge_snapshot(
    ledger: Ledger, tenure: Tenure, words: Vocabulary, rng: np.random.Generator
) -> Snapshot | NotEnough:
    """Chances by five folds, drawn three times, each of models that learned from the other four; of several
    recipes the best one.
    """
    known = endings(ledger, tenure)
    at = taken_at(known)
    if at is None:
        return NotEnough("The relationships do not come from a snapshot.")
    found = features(ledger, replace(tenure, as_of=at), words)
    there, ended = known.within(1, found.people, at - _MOMENT)
    rows = Examples(found.features, found.values[there], ended[there], np.zeros(there.sum(), np.int32), (at,))
    if rows.cases < FEWEST_ENDINGS or len(rows) - rows.cases < FEWEST_ENDINGS:
        return NotEnough(
            f"{rows.cases} of {len(rows)} people left and {len(rows) - rows.cases} stayed; "
            f"{FEWEST_ENDINGS} of each are needed."
        )
    screen = screened(rows)
    kept = tuple(found.features[place] for place in screen.kept)
    narrow = replace(rows, features=kept, values=rows.values[:, screen.kept])
    folds = [_folds(narrow.ended, rng) for _ in range(_TIMES)]
    tried = _odds(narrow, folds, rng)
    losses = {recipe: _loss(odds, narrow.ended) for recipe, odds in tried.items()}
    best = min(losses, key=lambda one: losses[one])
    chances, low, high = _set_right(tried[best], narrow.ended, folds[0])
    whole = best.learned(narrow, rng)
    remarks = (what_cannot_be_known(at, len(rows)), *screen.sentences)
    made = _card(Judged(rows, chances), whole, narrow, losses, remarks, rng)
    learned = Learned(whole, screen.kept, recalibrated(tried[best], narrow.ended))
    return Snapshot(
        taken_at=at,
        people=found.people.filter(pa.array(there)),
        chances=chances,
        low=low,
        high=high,
        ended=rows.ended,
        values=rows.values,
        trained=Trained(learned, made, words, usual(rows.values), learned, ()),
    )


def _folds(ended: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.int64]:
    """A fold for everybody, with equal shares of those who left."""
    found = np.empty(len(ended), np.int64)
    for kind in (True, False):
        rows = rng.permutation(np.flatnonzero(ended == kind))
        found[rows] = np.arange(len(rows)) % _FOLDS
    return found


@dataclass(frozen=True, slots=True)
class _Recipe:
    """A kind of model, and the strength of a logistic one."""

    kind: str
    strength: float = 0.0

    def learned(self, rows: Examples, rng: np.random.Generator) -> Model:
        """The model of some examples."""
        if self.kind == logistic.KIND:
            return logistic.learned(rows, self.strength)
        held = rng.random(len(rows)) < 0.15
        return boosting.learned(rows.only(~held), rows.only(held), seed=int(rng.integers(2**31)))


_RECIPES = (*(_Recipe(logistic.KIND, strength) for strength in _STRENGTHS), _Recipe(boosting.KIND))


def _odds(
    rows: Examples, folds: Sequence[NDArray[np.int64]], rng: np.random.Generator
) -> dict[_Recipe, Floats]:
    """The log odds of everybody by models of each recipe that had not seen them, the mean over the folds."""
    found: dict[_Recipe, Floats] = {}
    for recipe in _RECIPES:
        try:
            found[recipe] = np.mean([_unseen(recipe, rows, one, rng) for one in folds], axis=0)
        except boosting.NoBoostingError:
            continue
    return found


def _unseen(recipe: _Recipe, rows: Examples, folds: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    odds = np.empty(len(rows))
    for fold in range(_FOLDS):
        model = recipe.learned(rows.only(folds != fold), rng)
        odds[folds == fold] = model.log_odds(rows.values[folds == fold])
    return odds


def _set_right(odds: Floats, ended: NDArray[np.bool_], folds: NDArray[np.int64]) -> tuple[Floats, ...]:
    """(chances, low, high), each by a curve of the other folds."""
    found = np.empty((3, len(odds)))
    for fold in range(_FOLDS):
        mine = folds == fold
        curve = recalibrated(odds[~mine], ended[~mine])
        found[:, mine] = [curve.chances(odds[mine]), *curve.band(odds[mine])]
    return found[0], found[1], found[2]


def _loss(odds: Floats, ended: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0, np.where(ended, -odds, odds)).mean())


def _card(
    judged: Judged,
    whole: Model,
    narrow: Examples,
    losses: Mapping[_Recipe, float],
    remarks: tuple[str, ...],
    rng: np.random.Generator,
) -> Card:
    area, precision, deciles = card.ranks(judged)
    return Card(
        horizon=0,
        kind=whole.kind,
        tried=tuple(Candidate(kind=recipe.kind, log_loss=loss) for recipe, loss in losses.items()),
        learned_from=len(narrow),
        learned_cases=narrow.cases,
        learn_days=(),
        calibrate_days=(),
        judge_days=judged.rows.days,
        auc=area,
        average_precision=precision,
        reliability=card.judgement(judged, rng),
        recalibration="cross-fitted",
        deciles=deciles,
        by_day=(),
        by_segment=card.by_segment(judged, rng),
        used=card.used(narrow.features, whole.contributions(narrow.values)),
        remarks=remarks,
    )
