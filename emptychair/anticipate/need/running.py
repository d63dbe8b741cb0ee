"""Once a day what foretells the next need is learnt anew, and kept in the desk."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from emptychair.anticipate.need import things
from emptychair.anticipate.need.keeping import packed
from emptychair.anticipate.need.learning import learned
from emptychair.anticipate.need.things import Goal
from emptychair.desk import next_needs, themes
from emptychair.desk.desk import Desk
from emptychair.desk.next_needs import Kept
from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import arrivals

EVERY = timedelta(days=1)
# Whoever is drawn by lot is drawn the same way each day, so that cards differ only where the data do.
SEED = 20_260_301


def is_due(desk: Desk, now: datetime) -> bool:
    """Whether a goal was not learnt for a day."""
    with desk.read() as tx:
        learnt = next_needs.learnt(tx)
    return any(goal not in learnt or now - learnt[goal] >= EVERY for goal in Goal)


def run(ledger: Ledger, desk: Desk, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Learn what was not learnt for a day; how many goals can be foretold. O(signals), some seconds a goal.

    Safe to be killed anywhere. 0 while the ledger is being prepared.
    """
    with desk.read() as tx:
        learnt = next_needs.learnt(tx)
        named = {theme.id: theme.name for theme in themes.every(tx, Audience.CUSTOMER)}
    done = 0
    try:
        known = things.words(ledger, Audience.CUSTOMER, now, named)
        believed = arrivals(ledger)
        for goal in Goal:
            if goal in learnt and now - learnt[goal] < EVERY:
                continue
            found = None
            if known.has(goal):
                rng = np.random.default_rng(SEED)
                found = learned(ledger, Audience.CUSTOMER, goal, now, believed, known, rng, is_stopping)
            if is_stopping():
                return done
            with desk.begin() as tx:
                text = "" if found is None else packed(found)
                next_needs.keep(tx, Kept(goal=goal.value, learnt_at=now, model=text))
            done += found is not None
    except LedgerDegradedError:
        return done
    return done
