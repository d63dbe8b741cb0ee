"""When models of risk are trained, people scored and chances checked: on a schedule, or when asked for."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from emptychair.anticipate.risk.checking import check
from emptychair.anticipate.risk.dates import HORIZONS
from emptychair.anticipate.risk.examples import StoppedLooking
from emptychair.anticipate.risk.rescoring import rescore
from emptychair.anticipate.risk.retraining import SNAPSHOT, retrain
from emptychair.desk import risk_models, risk_runs, work
from emptychair.desk.desk import Desk
from emptychair.desk.risk_runs import Deed, Run
from emptychair.desk.work import Work
from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger

Clock = Callable[[], datetime]
EVERY = {Deed.TRAINING: timedelta(days=7), Deed.SCORING: timedelta(days=1), Deed.CHECKING: timedelta(days=1)}
HOLD = timedelta(hours=2)
# Where too little was known, it is tried again when so much more is.
SOONEST, GROWN = timedelta(minutes=10), 1.1


def kind_of(deed: Deed) -> str:
    """What the work is called in the desk."""
    return f"risk_{deed.value}"


def ask(
    tx: Connection,
    deed: Deed,
    audience: Audience,
    *,
    by: str,
    now: datetime,
    horizons: Sequence[int] = HORIZONS,
) -> Work:
    """Somebody wants it done now; for training, of these horizons."""
    return work.ask(tx, kind_of(deed), audience.value, {"horizons": list(horizons)}, by=by, now=now)


def is_due(ledger: Ledger, desk: Desk, deed: Deed, now: datetime) -> bool:
    """Whether something of this is to do for any audience. A few reads of the desk."""
    with desk.read() as tx:
        return _is_asked(tx, deed) or bool(_due(tx, ledger, deed, now))


def run(
    ledger: Ledger, desk: Desk, deed: Deed, clock: Clock, is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """Do what is due and what was asked for; how much that was. Stops between two when all is to end."""
    with desk.read() as tx:
        due = _due(tx, ledger, deed, clock())
    taken: list[Work] = []
    with desk.begin() as tx:
        while (one := work.take(tx, [kind_of(deed)], clock(), HOLD)) is not None:
            taken.append(one)
    asked = {Audience(one.thing): one for one in taken}
    done = 0
    for audience in Audience:
        if (audience not in due and audience not in asked) or is_stopping():
            continue
        try:
            _do(ledger, desk, deed, audience, clock, asked.get(audience), is_stopping)
        except (LedgerDegradedError, StoppedLooking):
            break
        done += 1
        with desk.begin() as tx:
            if audience in asked:
                work.finish(tx, asked.pop(audience), clock())
    with desk.begin() as tx:
        for one in asked.values():
            work.release(tx, one)
    return done


def _do(
    ledger: Ledger,
    desk: Desk,
    deed: Deed,
    audience: Audience,
    clock: Clock,
    asked: Work | None,
    is_stopping: Callable[[], bool],
) -> None:
    if deed is Deed.TRAINING:
        wanted = HORIZONS if asked is None else tuple(asked.arguments["horizons"])
        retrain(ledger, desk, audience, clock(), horizons=wanted, is_stopping=is_stopping)
    elif deed is Deed.SCORING:
        rescore(ledger, desk, audience, clock())
    else:
        check(ledger, desk, audience, clock())


def _is_asked(tx: Connection, deed: Deed) -> bool:
    return any(one.kind == kind_of(deed) for one in work.open_work(tx))


def _due(tx: Connection, ledger: Ledger, deed: Deed, now: datetime) -> list[Audience]:
    state = ledger.state()
    if state.degraded or not state.rows:
        return []
    return [one for one in Audience if _is_due(tx, state.rows, one, deed, now)]


def _is_due(tx: Connection, signals: int, audience: Audience, deed: Deed, now: datetime) -> bool:
    last = risk_runs.last(tx, audience, deed)
    if deed is Deed.TRAINING:
        return last is None or now - last.ended_at >= EVERY[deed] or _has_grown(last, signals, now)
    used = risk_models.champions(tx, audience)
    if not used:
        return False
    if last is None or max(one.trained_at for one in used) > last.ended_at:
        return True
    # A training writes its models down one after the other, all with the instant at which it began.
    if deed is Deed.SCORING and set(last.figures.get("models", ())) != {one.id for one in used}:
        return True
    # A snapshot is as it is until the next one comes.
    is_old = now - last.ended_at >= EVERY[deed]
    return is_old and any(one.horizon != SNAPSHOT for one in used)


def _has_grown(last: Run, signals: int, now: datetime) -> bool:
    """Whether so much has come since too little was known that it may be enough."""
    few = bool(last.reason) and now - last.ended_at >= SOONEST
    return few and signals > GROWN * int(last.figures.get("signals", 0))
