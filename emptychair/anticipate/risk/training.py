"""A model of risk learns from the past, is set right on a later time, and is judged on a time after that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from emptychair.anticipate.features.declared import Feature, declared
from emptychair.anticipate.features.leaks import leaks
from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.anticipate.risk import boosting, card, logistic
from emptychair.anticipate.risk.card import Candidate, Card, Judged
from emptychair.anticipate.risk.dates import Dates, TooShort, dates, moved_on
from emptychair.anticipate.risk.endings import endings
from emptychair.anticipate.risk.examples import Examples, Looking, examples
from emptychair.anticipate.risk.models import Floats, Matrix, Model
from emptychair.anticipate.risk.screening import Screened, screened
from emptychair.ledger.ledger import Ledger
from emptychair.stats.drift import Spread, spread
from emptychair.stats.recalibrating import Recalibration, recalibrated
from emptychair.understand.spells import Tenure

FEWEST_ENDINGS, FEWEST_JUDGED = 50, 20
_STRENGTHS = (0.003, 0.03, 0.3)
_EXPLAINED = 2_000


@dataclass(frozen=True, slots=True)
class NotEnough:
    """There can be no model; the sentence says what it would take."""

    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A model, the places of the features it uses, and the curve that makes its log odds chances."""

    model: Model
    kept: NDArray[np.int64]
    curve: Recalibration

    def chances(self, values: Matrix) -> Floats:
        """The chance of leaving within the horizon, per row of all features."""
        return self.curve.chances(self.log_odds(values))

    def log_odds(self, values: Matrix) -> Floats:
        """What the model says before it is set right."""
        return self.model.log_odds(values[:, self.kept])


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What is used (it learned up to now), the card of its like that was `judged`, the words of features,
    what is usual of each, and how those that it uses were spread among the people who set its chances right.
    """

    learned: Learned
    card: Card
    words: Vocabulary
    usual: Floats
    judged: Learned
    spreads: tuple[Spread, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features, of which the model uses those that it kept."""
        return declared(self.words)


def train(
    ledger: Ledger,
    tenure: Tenure,
    words: Vocabulary,
    *,
    horizon: int,
    first_at: datetime,
    rng: np.random.Generator,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Trained | NotEnough:
    """A model of who leaves within `horizon` days, as of `tenure.as_of`; the first signal was at `first_at`.

    It is chosen, set right and judged on three times after that from which it learned; what is used
    afterwards learned in the same way up to now. O(40 · signals). Raises StoppedLooking.
    """
    planned = dates(first_at, tenure.as_of, horizon)
    if isinstance(planned, TooShort):
        return NotEnough(
            f"The history is {planned.days} days long; {planned.need} are needed to foresee {horizon} days "
            "and to judge it on a time that the model has not seen."
        )
    looking = Looking(ledger, tenure, words, endings(ledger, tenure), horizon, rng, is_stopping)
    past, later, last = (
        examples(looking, days) for days in (planned.learn, planned.calibrate, planned.judge)
    )
    if few := _too_few(past, later, last):
        return few
    screen = screened(past)
    learned, tried = _learned(past, later, screen, looking)
    judged = Judged(last, learned.chances(last.values))
    remarks = (*_refused(words), *screen.sentences, *(leak.sentence for leak in leaks(ledger, tenure)))
    made = _card(planned, past, judged, learned, tried, remarks, rng)
    now = moved_on(planned, tenure.as_of)
    latest, set_right = examples(looking, now.learn), examples(looking, now.calibrate)
    in_use, _ = _learned(latest, set_right, screened(latest), looking, only=learned.model.kind)
    spreads = tuple(spread(set_right.values[:, at].astype(np.float64)) for at in in_use.kept)
    return Trained(in_use, made, words, usual(latest.values), learned, spreads)


def foreseen_loss(
    ledger: Ledger, tenure: Tenure, trained: Trained, days: Sequence[datetime], rng: np.random.Generator
) -> float | None:
    """The log loss of the chances that the judged like of a model gives people on some days; None without
    anybody. O(days · signals).
    """
    looking = Looking(ledger, tenure, trained.words, endings(ledger, tenure), trained.card.horizon, rng)
    rows = examples(looking, days)
    if not len(rows):
        return None
    return log_loss(trained.judged.chances(rows.values), rows.ended)


def log_loss(chances: Floats, ended: NDArray[np.bool_]) -> float:
    """The mean of minus the logarithm of the chance that was given to what came."""
    held = np.clip(chances, 1e-6, 1 - 1e-6)
    return float(-np.log(np.where(ended, held, 1 - held)).mean())


def _refused(words: Vocabulary) -> list[str]:
    if not words.refused:
        return []
    names = ", ".join(words.refused)
    return [f"Nearly everybody with one of these left soon after, so nothing counts them: {names}."]


def _too_few(past: Examples, later: Examples, last: Examples) -> NotEnough | None:
    told = (
        ("to learn from", past, FEWEST_ENDINGS),
        ("to set chances right", later, FEWEST_JUDGED),
        ("to judge by", last, FEWEST_JUDGED),
    )
    for what, rows, need in told:
        if rows.cases < need:
            return NotEnough(f"{rows.cases} relationships ended in the time {what}; {need} are needed.")
        if len(rows) - rows.cases < need:
            return NotEnough(f"{len(rows) - rows.cases} people stayed in the time {what}; {need} are needed.")
    return None


def _learned(
    past: Examples, later: Examples, screen: Screened, looking: Looking, only: str = ""
) -> tuple[Learned, tuple[Candidate, ...]]:
    """The best of the candidates. Half of the later people choose it, the others set its chances right."""
    chooses = looking.rng.random(len(later)) < 0.5
    rows, choosing = _narrowed(past, screen), _narrowed(later.only(chooses), screen)
    models = _candidates(rows, choosing, looking, only)
    losses = [_loss(model, choosing) for model in models]
    best = models[int(np.argmin(losses))]
    tried = tuple(
        Candidate(kind=model.kind, log_loss=loss) for model, loss in zip(models, losses, strict=True)
    )
    setting = _narrowed(later.only(~chooses), screen)
    curve = recalibrated(best.log_odds(setting.values), setting.ended)
    return Learned(best, screen.kept, curve), tried


def _candidates(rows: Examples, choosing: Examples, looking: Looking, only: str) -> list[Model]:
    found: list[Model] = []
    if only != boosting.KIND:
        lines = [logistic.learned(rows, strength) for strength in _STRENGTHS]
        found.append(min(lines, key=lambda line: _loss(line, choosing)))
    if only != logistic.KIND:
        try:
            seed = int(looking.rng.integers(2**31))
            found.append(boosting.learned(rows, choosing, seed, looking.is_stopping))
        except boosting.NoBoostingError:
            if only:
                raise
    return found


def _narrowed(rows: Examples, screen: Screened) -> Examples:
    features = tuple(rows.features[at] for at in screen.kept)
    return replace(rows, features=features, values=rows.values[:, screen.kept])


def _loss(model: Model, rows: Examples) -> float:
    odds = model.log_odds(rows.values)
    return float(np.logaddexp(0, np.where(rows.ended, -odds, odds)).mean())


def _card(
    planned: Dates,
    past: Examples,
    judged: Judged,
    learned: Learned,
    tried: tuple[Candidate, ...],
    remarks: Sequence[str],
    rng: np.random.Generator,
) -> Card:
    area, precision, deciles = card.ranks(judged)
    some = judged.rows.values[rng.permutation(len(judged.rows))[:_EXPLAINED]][:, learned.kept]
    names = [judged.rows.features[at] for at in learned.kept]
    return Card(
        horizon=planned.horizon,
        kind=learned.model.kind,
        tried=tried,
        learned_from=len(past),
        learned_cases=past.cases,
        learn_days=planned.learn,
        calibrate_days=planned.calibrate,
        judge_days=planned.judge,
        auc=area,
        average_precision=precision,
        reliability=card.judgement(judged, rng),
        recalibration=learned.curve.method,
        deciles=deciles,
        by_day=card.by_day(judged, rng),
        by_segment=card.by_segment(judged, rng),
        used=card.used(names, learned.model.contributions(some)),
        remarks=tuple(remarks),
    )


def usual(values: Matrix) -> Floats:
    """What is usual of every feature: the median of those of whom it is known; NaN where it is of nobody."""
    known = ~np.isnan(values).all(axis=0)
    found = np.full(values.shape[1], np.nan)
    found[known] = np.nanmedian(values[:, known], axis=0)
    return found
