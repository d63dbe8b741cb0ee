"""Models are trained anew, and take over only when they are better on days that neither had seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from emptychair.anticipate.features.vocabulary import Vocabulary, at_hand
from emptychair.anticipate.risk.boosting import NoBoostingError
from emptychair.anticipate.risk.company import Company, company, words
from emptychair.anticipate.risk.dates import HORIZONS
from emptychair.anticipate.risk.endings import endings
from emptychair.anticipate.risk.keeping import UnreadableError, packed, unpacked
from emptychair.anticipate.risk.reliance import card_reason
from emptychair.anticipate.risk.snapshot import Snapshot, judge_snapshot, taken_at
from emptychair.anticipate.risk.training import NotEnough, Trained, foreseen_loss, train
from emptychair.desk import risk_models, risk_runs
from emptychair.desk.desk import Desk
from emptychair.desk.risk_models import KeptModel, State
from emptychair.desk.risk_runs import Deed, Run
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger

Stopping = Callable[[], bool]
SNAPSHOT = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of training for one horizon: a model with what became of it, or why there is none."""

    horizon: int
    model: KeptModel | None
    sentence: str


def retrain(
    ledger: Ledger,
    desk: Desk,
    audience: Audience,
    now: datetime,
    *,
    horizons: Sequence[int] = HORIZONS,
    is_stopping: Stopping = lambda: False,
) -> list[Outcome]:
    """Train every horizon; what came of it is in the desk. Safe to be killed: each model is kept at once.

    Raises StoppedLooking.
    """
    found = company(ledger, desk, audience, now)
    if isinstance(found, NotEnough):
        outcomes = [Outcome(horizon=one, model=None, sentence=found.sentence) for one in horizons]
    else:
        known = words(ledger, desk, found)
        if taken_at(endings(ledger, found.tenure)) is not None:
            outcomes = [_of_snapshot(ledger, desk, found, known, now)]
        else:
            outcomes = [_of(ledger, desk, found, known, one, now, is_stopping) for one in horizons]
    with desk.begin() as tx:
        risk_runs.add(
            tx, _run(ledger, audience, None if isinstance(found, NotEnough) else found, outcomes, now)
        )
    return outcomes


def trained_as_of(
    ledger: Ledger, desk: Desk, found: Company, horizons: Sequence[int] = HORIZONS
) -> list[Trained] | Snapshot | NotEnough:
    """Models of what was known then, trained for the occasion and not kept; why there are none otherwise."""
    known = words(ledger, desk, found)
    if taken_at(endings(ledger, found.tenure)) is not None:
        return judge_snapshot(ledger, found.tenure, known, lot(found.tenure.as_of))
    told = [
        train(ledger, found.tenure, known, horizon=one, first_at=found.first_at, rng=lot(found.tenure.as_of))
        for one in horizons
    ]
    models = [one for one in told if isinstance(one, Trained)]
    return models or next(one for one in told if isinstance(one, NotEnough))


def lot(as_of: datetime) -> np.random.Generator:
    """What is drawn by lot: the same for the same day."""
    return np.random.default_rng(int(as_of.timestamp()))


def _of_snapshot(ledger: Ledger, desk: Desk, found: Company, known: Vocabulary, now: datetime) -> Outcome:
    made = judge_snapshot(ledger, found.tenure, known, lot(found.tenure.as_of))
    if isinstance(made, NotEnough):
        return Outcome(horizon=SNAPSHOT, model=None, sentence=made.sentence)
    note = "It is of the snapshot as it is known now."
    model = _model(made.trained, found, now, State.CHAMPION, None, note)
    with desk.begin() as tx:
        risk_models.retire(tx, found.tenure.audience, HORIZONS)
        model = risk_models.add(tx, model, packed(made.trained))
    return Outcome(horizon=SNAPSHOT, model=model, sentence=note)


def _of(
    ledger: Ledger, desk: Desk, found: Company, known: Vocabulary, horizon: int, now: datetime,
    is_stopping: Stopping,
) -> Outcome:  # fmt: skip
    rng = lot(found.tenure.as_of)
    made = train(
        ledger,
        found.tenure,
        known,
        horizon=horizon,
        first_at=found.first_at,
        rng=rng,
        is_stopping=is_stopping,
    )
    if isinstance(made, NotEnough):
        return Outcome(horizon=horizon, model=None, sentence=made.sentence)
    state, loss, note = _contest(ledger, desk, found, made)
    with desk.begin() as tx:
        risk_models.retire(tx, found.tenure.audience, [SNAPSHOT])
        model = risk_models.add(tx, _model(made, found, now, state, loss, note), packed(made))
    return Outcome(horizon=horizon, model=model, sentence=note)


def _contest(ledger: Ledger, desk: Desk, found: Company, made: Trained) -> tuple[State, float | None, str]:
    """Whether a new model takes over, its log loss on the days that judged it, and why."""
    days = made.card.judge_days
    loss = foreseen_loss(ledger, found.tenure, made, days, lot(found.tenure.as_of))
    with desk.read() as tx:
        used = {one.horizon: one for one in risk_models.champions(tx, found.tenure.audience)}
        champion = used.get(made.card.horizon)
        kept = None if champion is None else risk_models.packed(tx, champion.id)
    if kept is None:
        return State.CHAMPION, loss, "It is the first of its horizon."
    try:
        read = unpacked(kept)
        other = replace(read, words=at_hand(ledger, read.words))
        theirs = foreseen_loss(ledger, found.tenure, other, days, lot(found.tenure.as_of))
    except (UnreadableError, NoBoostingError):
        return State.CHAMPION, loss, "The one before cannot be read here any more."
    if loss is None or theirs is None:
        return State.CHALLENGER, loss, "Nobody was there on the days that judge."
    told = f"log loss {loss:.4f} against {theirs:.4f} on the same {len(days)} held-out days"
    if loss < theirs:
        return State.CHAMPION, loss, f"It is better than the one before: {told}."
    return State.CHALLENGER, loss, f"It is not better than the one in use: {told}."


def _model(
    made: Trained, found: Company, now: datetime, state: State, loss: float | None, note: str
) -> KeptModel:
    return KeptModel(
        id="",
        audience=found.tenure.audience,
        horizon=made.card.horizon,
        state=state,
        kind=made.card.kind,
        as_of=found.tenure.as_of,
        trained_at=now,
        log_loss=loss,
        unreliable=card_reason(made.card),
        note=note,
    )


def _run(
    ledger: Ledger, audience: Audience, found: Company | None, outcomes: Sequence[Outcome], now: datetime
) -> Run:
    told = [replace(one, model=None) for one in outcomes]
    return Run(
        id=risk_runs.new_run(),
        audience=audience,
        deed=Deed.TRAINING,
        ended_at=now,
        as_of=None if found is None else found.tenure.as_of,
        people=0,
        reason="" if any(one.model for one in outcomes) else outcomes[0].sentence,
        figures={
            "signals": ledger.state().rows,
            "outcomes": [{"horizon": one.horizon, "sentence": one.sentence} for one in told],
        },
    )
