"""Cues are read month by month: a month again when it has another number of texts, or the rules changed."""

from collections.abc import Sequence
from datetime import UTC

from emptychair.desk import need_cues
from emptychair.desk.desk import Desk
from emptychair.desk.need_cues import KeptCue
from emptychair.domain.period import Period, first_of
from emptychair.ledger.ledger import Ledger
from emptychair.understand.needs import heard
from emptychair.understand.needs.cues import cues
from emptychair.understand.needs.rules import VERSION


def read(ledger: Ledger, desk: Desk, period: Period) -> int:
    """Read the months of a period that changed; how many texts that were. O(texts of these months).

    Safe to be killed anywhere: each month is written with what tells that it was read.
    """
    now = {row["month"]: row["texts"] for row in ledger.ask(heard.texts_by_month(period)).to_pylist()}
    with desk.read() as tx:
        before = need_cues.months(tx, VERSION)
    done = 0
    for month, texts in now.items():
        if before.get(month) != texts:
            found = _cues_in(ledger, month, period)
            with desk.begin() as tx:
                need_cues.keep(tx, month, texts, VERSION, found)
            done += texts
    with desk.begin() as tx:
        need_cues.drop(tx, list(now))
    return done


def _cues_in(ledger: Ledger, month: int, period: Period) -> Sequence[KeptCue]:
    whole = Period(start=max(first_of(month), period.start), end=min(first_of(month + 1), period.end))
    rows = ledger.ask(heard.texts_of(whole)).to_pylist()
    found: dict[tuple[str, int, str], KeptCue] = {}
    for row in rows:
        for one in cues(row["text"], name=row["name"], score=row["score"]):
            found[row["id"], one.place, one.cue.value] = KeptCue(
                signal=row["id"],
                place=one.place,
                cue=one.cue.value,
                said_at=row["occurred_at"].replace(tzinfo=UTC),
                month=month,
            )
    return list(found.values())
