"""Earlier chances are held against what really came, and people against those from whom models learned."""

from dataclasses import asdict
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from emptychair.anticipate.features.known import Features, features
from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.anticipate.risk.company import Company, company
from emptychair.anticipate.risk.endings import Endings, endings
from emptychair.anticipate.risk.reliance import Came, drift, unreliable
from emptychair.anticipate.risk.rescoring import models
from emptychair.anticipate.risk.retraining import SNAPSHOT, lot
from emptychair.anticipate.risk.training import FEWEST_JUDGED, NotEnough, Trained
from emptychair.desk import risk_forecasts, risk_models, risk_runs
from emptychair.desk.desk import Desk
from emptychair.desk.risk_runs import Deed, Run
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.stats.reliability import calibration_error, perfect_error

# Days of one horizon stand its length apart: nobody's outcome counts twice.
MOST_DAYS = 2


def check(ledger: Ledger, desk: Desk, audience: Audience, now: datetime) -> Run:
    """Look at every model in use, and say of each whether it is to be relied on. O(signals)."""
    found = company(ledger, desk, audience, now)
    if isinstance(found, NotEnough):
        return _ended(desk, audience, now, found.sentence, {}, None)
    with desk.read() as tx:
        used = [one for one in risk_models.champions(tx, audience) if one.horizon != SNAPSHOT]
    known = endings(ledger, found.tenure)
    told: dict[str, object] = {}
    seen: list[tuple[Vocabulary, Features]] = []
    for kept in used:
        trained = next(iter(models(ledger, desk, [kept])), None)
        if trained is None:
            continue
        came = came_of(desk, found, known, kept.horizon)
        moved = drift(trained, _features(ledger, found, trained, seen).values)
        reason = unreliable(trained.card, came, moved)
        told[str(kept.horizon)] = {
            "came": None
            if came is None
            else asdict(came) | {"days": [f"{day:%Y-%m-%d}" for day in came.days]},
            "drift": [asdict(one) for one in moved],
        }
        with desk.begin() as tx:
            risk_models.rely(tx, kept.id, reason)
    return _ended(desk, audience, now, "", told, found.tenure.as_of)


def came_of(desk: Desk, found: Company, known: Endings, horizon: int) -> Came | None:
    """What came of the chances of the last days whose horizon is over; None while too little has."""
    as_of, ahead = found.tenure.as_of, timedelta(days=horizon)
    with desk.read() as tx:
        over = [day for day in risk_forecasts.days(tx, found.tenure.audience) if day + ahead <= as_of]
    days: list[datetime] = []
    for day in reversed(over):
        if len(days) < MOST_DAYS and (not days or days[-1] - day >= ahead):
            days.append(day)
    parts = [_of_day(desk, found.tenure.audience, known, day, horizon) for day in reversed(days)]
    if not parts:
        return None
    chances = np.concatenate([one for one, _ in parts])
    ended = np.concatenate([one for _, one in parts])
    if min(ended.sum(), len(ended) - ended.sum()) < FEWEST_JUDGED:
        return None
    return Came(
        horizon=horizon,
        days=tuple(reversed(days)),
        n=len(ended),
        cases=int(ended.sum()),
        foreseen=float(chances.mean()),
        error=calibration_error(chances, ended),
        bound=perfect_error(chances, lot(as_of)),
    )


def _of_day(
    desk: Desk, audience: Audience, known: Endings, day: datetime, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """(chances, ended) of those of a day who were in a relationship, as one knows today."""
    with desk.read() as tx:
        rows = [
            (person, chances[str(horizon)])
            for person, chances in risk_forecasts.of_day(tx, audience, day)
            if str(horizon) in chances
        ]
    there, ended = known.within(horizon, pa.array([person for person, _ in rows], pa.string()), day)
    return np.array([chance for _, chance in rows], np.float64)[there], ended[there]


def _features(
    ledger: Ledger, found: Company, trained: Trained, seen: list[tuple[Vocabulary, Features]]
) -> Features:
    """The features of everybody in the words of a model, asked for once."""
    for known, of in seen:
        if known == trained.words:
            return of
    asked = features(ledger, found.tenure, trained.words)
    seen.append((trained.words, asked))
    return asked


def _ended(
    desk: Desk,
    audience: Audience,
    now: datetime,
    reason: str,
    told: dict[str, object],
    as_of: datetime | None,
) -> Run:
    run = Run(
        id=risk_runs.new_run(),
        audience=audience,
        deed=Deed.CHECKING,
        ended_at=now,
        as_of=as_of,
        people=0,
        reason=reason,
        figures=told,
    )
    with desk.begin() as tx:
        risk_runs.add(tx, run)
    return run
