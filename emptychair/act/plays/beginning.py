"""What a play begins with: an early warning, a need, a segment, or who may leave, and whom it touches."""

from dataclasses import dataclass
from datetime import datetime

from emptychair.anticipate.risk.at_risk import at_risk
from emptychair.anticipate.warnings.touched import MOST_LISTED, scope
from emptychair.desk import (
    early_warnings,
    need_cards,
    need_evidence,
    need_looks,
    risk_runs,
    risk_scores,
    segments,
)
from emptychair.desk.desk import Desk
from emptychair.desk.plays import About
from emptychair.desk.risk_runs import Deed
from emptychair.desk.risk_scores import Filter, Order
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.needs.evidence import evidence
from emptychair.understand.segments import saved, standing
from emptychair.understand.tenure import end_of_data


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a play is about. `meant` are touched by it, of whom at most 10,000 are in `people`.

    `name` is what people called it; "" where pages name it in the reader's words. `refusal` says why no play
    may begin with it, "" when one may.
    """

    about: About
    id: str
    name: str
    meant: int
    people: tuple[str, ...]
    refusal: str = ""


def beginning(
    desk: Desk, ledger: Ledger, about: About, about_id: str, now: datetime, *, first: int = 0
) -> Beginning | None:
    """What this is and whom it touches now; None when there is no such thing of customers.

    Of those who may leave the `first` so many are taken; `about_id` is a currency, or "" for the commonest.
    O(signals of the days of a warning, or of the year of a need).
    """
    if about is About.RISK:
        return _of_risk(desk, about_id, first)
    if about is About.WARNING:
        return _of_warning(desk, ledger, about_id)
    if about is About.NEED:
        return _of_need(desk, ledger, about_id, now)
    return _of_segment(desk, ledger, about_id, now)


def _of_warning(desk: Desk, ledger: Ledger, warning_id: str) -> Beginning | None:
    with desk.read() as tx:
        warning = early_warnings.find(tx, warning_id)
    if warning is None:
        return None
    found = scope(ledger, warning)
    people = tuple(one.person for one in found.people)
    return Beginning(about=About.WARNING, id=warning.id, name="", meant=found.total, people=people)


def _of_need(desk: Desk, ledger: Ledger, need_id: str, now: datetime) -> Beginning | None:
    """Whoever showed the need, or one that was merged into it, in the year before it was last looked at."""
    with desk.read() as tx:
        card = need_cards.find(tx, need_id)
        if card is None:
            return None
        family = [one.id for one in need_cards.family(tx, card.root_id)]
        grounds, last = need_evidence.of(tx, family), need_looks.last(tx)
    people = evidence(ledger, desk, grounds, now if last is None else last.as_of).people
    return Beginning(
        about=About.NEED, id=card.id, name=card.title, meant=len(people), people=people[:MOST_LISTED]
    )


def _of_risk(desk: Desk, currency: str, first: int) -> Beginning | None:
    """Those with whom most is to be expected to be lost. A model that is not reliable begins nothing."""
    found = at_risk(desk)
    with desk.read() as tx:
        run = risk_runs.last(tx, Audience.CUSTOMER, Deed.SCORING, with_result=True)
        if run is None:
            return None
        known = risk_scores.currencies(tx, run.id)
        if currency and currency not in known:
            return None
        wanted = Filter(run=run.id, currency=currency or next(iter(known), None))
        people = risk_scores.people(tx, wanted, Order.LOSS)
    return Beginning(
        about=About.RISK,
        id=currency,
        name="",
        meant=min(first, len(people)),
        people=tuple(people[:first]),
        refusal=found.unreliable,
    )


def _of_segment(desk: Desk, ledger: Ledger, segment_id: str, now: datetime) -> Beginning | None:
    end = end_of_data(ledger, Audience.CUSTOMER, now) or now
    with desk.read() as tx:
        segment = segments.find(tx, segment_id)
        if segment is None or segment.audience is not Audience.CUSTOMER:
            return None
        looked = saved.chosen(tx, ledger, saved.condition_of(segment), segment.audience, end)
    rows = ledger.ask(standing.listed(looked.condition, looked.sight, MOST_LISTED, 0)).to_pylist()
    return Beginning(
        about=About.SEGMENT,
        id=segment.id,
        name=segment.name,
        meant=saved.size(ledger, looked).members,
        people=tuple(row["person"] for row in rows),
    )
