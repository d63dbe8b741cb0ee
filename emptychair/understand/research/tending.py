"""What the loop does for research: it ends what is over, tells the ledger, and writes to people."""

from collections.abc import Callable
from datetime import datetime

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.understand.research import hearing, inviting


def has_work(desk: Desk, now: datetime) -> bool:
    """Whether there is something to do."""
    return hearing.has_work(desk, now) or inviting.has_work(desk)


def tend(desk: Desk, ledger: Ledger, base_url: str, clock: Callable[[], datetime]) -> int:
    """Do it; how much that was. Safe to be killed anywhere, and for one process at a time."""
    done = hearing.tend(desk, ledger, clock)
    return done + inviting.send_waiting(desk, ledger, base_url, clock())
