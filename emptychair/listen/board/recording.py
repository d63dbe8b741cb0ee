"""What people do on the board becomes part of their story: written into the ledger, once."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from emptychair.desk import board_deeds, board_posts, board_voters
from emptychair.desk.board_deeds import Done
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger

BATCH = 500
SOURCE = CHANNEL = "board"


def is_any(desk: Desk) -> bool:
    """Whether there is something that the ledger does not know yet."""
    with desk.read() as tx:
        return bool(board_deeds.waiting(tx, 1))


def record(desk: Desk, ledger: Ledger, clock: Callable[[], datetime]) -> int:
    """Write down what was done; how much. Killed anywhere it is done again, and nothing is there twice."""
    total = 0
    while True:
        with desk.read() as tx:
            done = board_deeds.waiting(tx, BATCH)
            signals = [_signal(tx, one, clock()) for one in done]
        if not done:
            return total
        ledger.append(signals)
        with desk.begin() as tx:
            board_deeds.written(tx, [one.id for one in done])
        total += len(done)


def _signal(tx: Connection, done: Done, now: datetime) -> Signal:
    voter, post = board_voters.find(tx, done.voter_id), board_posts.find(tx, done.post_id)
    about = {"post": done.post_id, "on_behalf": done.by != done.voter_id}
    if post is not None:
        about["title"] = post.title
    return Signal(
        id=f"board:{done.id}",
        audience=Audience.CUSTOMER,
        person=None if voter is None else voter.person,
        kind=Kind.DID,
        name=done.deed.value,
        channel=CHANNEL,
        source=SOURCE,
        occurred_at=done.at,
        received_at=max(now, done.at),
        properties=msgspec.json.encode(about).decode(),
    )
