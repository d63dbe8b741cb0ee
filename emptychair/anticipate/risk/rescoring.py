"""Everybody is scored by the models in use, and what is foreseen of each is kept until the next time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from emptychair.anticipate.features.vocabulary import at_hand
from emptychair.anticipate.risk.at_risk import figures
from emptychair.anticipate.risk.boosting import NoBoostingError
from emptychair.anticipate.risk.company import Company, company, words
from emptychair.anticipate.risk.foreseeing import Foreseen, foreseen, foreseen_of_snapshot
from emptychair.anticipate.risk.keeping import UnreadableError, unpacked
from emptychair.anticipate.risk.reasons import Reason
from emptychair.anticipate.risk.retraining import SNAPSHOT, lot, trained_as_of
from emptychair.anticipate.risk.snapshot import Snapshot, judge_snapshot
from emptychair.anticipate.risk.training import NotEnough, Trained
from emptychair.desk import risk_forecasts, risk_models, risk_runs, risk_scores
from emptychair.desk.desk import Desk
from emptychair.desk.risk_forecasts import Forecast
from emptychair.desk.risk_models import KeptModel
from emptychair.desk.risk_runs import Deed, Run
from emptychair.desk.risk_scores import Score
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger

BATCH = 5_000
# A week apart, the same people tell little that is new; so many of a day are enough to judge by.
FORECASTS_EVERY, MOST_FORECASTS = timedelta(days=7), 50_000


def rescore(ledger: Ledger, desk: Desk, audience: Audience, now: datetime) -> Run:
    """Score everybody as of the end of the data by the champions. Killed anywhere, the scores before stay."""
    with desk.read() as tx:
        used = risk_models.champions(tx, audience)
        tried = risk_runs.last(tx, audience, Deed.TRAINING)
    found = company(ledger, desk, audience, now)
    if isinstance(found, NotEnough):
        return _ended(desk, _run(audience, now, reason=found.sentence, used=used))
    if not used:
        reason = tried.reason if tried is not None else ""
        return _ended(desk, _run(audience, now, reason=reason or "No model has been trained yet."))
    told = _by(ledger, desk, found, used)
    if isinstance(told, NotEnough):
        return _ended(desk, _run(audience, now, reason=told.sentence, used=used))
    return _kept(desk, audience, told, used, now)


def foreseen_as_of(ledger: Ledger, desk: Desk, audience: Audience, at: datetime) -> Foreseen | NotEnough:
    """What would have been foreseen as of an instant, of what had arrived by then: by the models that were in
    use then, or by ones that are trained as of then where none is so old. Nothing is kept.
    """
    found = company(ledger, desk, audience, at)
    if isinstance(found, NotEnough):
        return found
    with desk.read() as tx:
        horizons = {one.horizon for one in risk_models.history(tx, audience)}
        old = [risk_models.as_of(tx, audience, one, found.tenure.as_of) for one in sorted(horizons)]
    used = [one for one in old if one is not None]
    if any(one.horizon == SNAPSHOT for one in used):
        used = [max(used, key=lambda one: one.trained_at)]
    if used:
        return _by(ledger, desk, found, [one for one in used if one.horizon or len(used) == 1])
    made = trained_as_of(ledger, desk, found)
    if isinstance(made, NotEnough):
        return made
    if isinstance(made, Snapshot):
        return foreseen_of_snapshot(ledger, found.tenure, made)
    return foreseen(ledger, found.tenure, made)


def models(ledger: Ledger, desk: Desk, used: Sequence[KeptModel]) -> list[Trained]:
    """The models themselves, those left out that cannot be read here."""
    with desk.read() as tx:
        kept = [risk_models.packed(tx, one.id) for one in used]
    found = []
    for one in kept:
        try:
            if one is not None:
                read = unpacked(one)
                found.append(replace(read, words=at_hand(ledger, read.words)))
        except (UnreadableError, NoBoostingError):
            continue
    return found


def _by(ledger: Ledger, desk: Desk, found: Company, used: Sequence[KeptModel]) -> Foreseen | NotEnough:
    if [one.horizon for one in used] == [SNAPSHOT]:
        made = judge_snapshot(ledger, found.tenure, words(ledger, desk, found), lot(found.tenure.as_of))
        return made if isinstance(made, NotEnough) else foreseen_of_snapshot(ledger, found.tenure, made)
    read = models(ledger, desk, used)
    if not read:
        return NotEnough("The models that were kept cannot be read here: train them again.")
    return foreseen(ledger, found.tenure, read)


def _kept(desk: Desk, audience: Audience, told: Foreseen, used: Sequence[KeptModel], now: datetime) -> Run:
    run = _run(audience, now, told, used=used)
    people = told.people.to_pylist()
    for begin in range(0, len(people), BATCH):
        rows = range(begin, min(begin + BATCH, len(people)))
        scores = [_score(run.id, audience, told, people[row], row) for row in rows]
        with desk.begin() as tx:
            risk_scores.add(tx, scores)
    _keep_forecasts(desk, audience, told, people)
    with desk.begin() as tx:
        risk_runs.add(tx, run)
        risk_scores.drop_others(tx, audience, run.id)
        risk_forecasts.purge(tx, now)
    return run


def _keep_forecasts(desk: Desk, audience: Audience, told: Foreseen, people: Sequence[str]) -> None:
    """Once a week, of those drawn by lot where they are many. A snapshot foresees no time."""
    with desk.read() as tx:
        days = risk_forecasts.days(tx, audience)
    if told.horizons == (SNAPSHOT,) or (days and told.as_of - days[-1] < FORECASTS_EVERY):
        return
    rows = lot(told.as_of).permutation(len(people))[:MOST_FORECASTS]
    for begin in range(0, len(rows), BATCH):
        some = [
            Forecast(
                audience=audience,
                scored_at=told.as_of,
                person=people[row],
                chances={
                    str(one): round(float(told.chances[row, at]), 6) for at, one in enumerate(told.horizons)
                },
            )
            for row in rows[begin : begin + BATCH].tolist()
        ]
        with desk.begin() as tx:
            risk_forecasts.add(tx, some)


def _score(run: str, audience: Audience, told: Foreseen, person: str, row: int) -> Score:
    columns = (told.chances[row], told.low[row], told.high[row])
    chance, low, high = (float(of[-1]) for of in columns)
    amount, loss = float(told.worth.amounts[row]), told.loss_of(row)
    return Score(
        run=run,
        audience=audience,
        person=person,
        horizon=told.horizons[-1],
        chance=chance,
        low=low,
        high=high,
        nearer=[
            [horizon, *(round(float(of[at]), 6) for of in columns)]
            for at, horizon in enumerate(told.horizons[:-1])
        ],
        worth=None if np.isnan(amount) else amount,
        currency=str(told.worth.currency[row])[:3] or None if not np.isnan(amount) else None,
        loss=None if np.isnan(loss) else loss,
        reasons=_plain(told.reasons.get(row)),
        changes=_plain(told.changes.get(row)),
    )


def _plain(told: Sequence[Reason] | None) -> list[list[Any]] | None:
    return None if told is None else [[one.words, round(one.weight, 4)] for one in told]


def _run(
    audience: Audience,
    now: datetime,
    told: Foreseen | None = None,
    reason: str = "",
    used: Sequence[KeptModel] = (),
) -> Run:
    return Run(
        id=risk_runs.new_run(),
        audience=audience,
        deed=Deed.SCORING,
        ended_at=now,
        as_of=None if told is None else told.as_of,
        people=0 if told is None else len(told.people),
        reason=reason,
        figures={"models": [one.id for one in used], **({} if told is None else figures(told))},
    )


def _ended(desk: Desk, run: Run) -> Run:
    with desk.begin() as tx:
        risk_runs.add(tx, run)
    return run
