"""A page of people by what would be lost with them, or by their chance of leaving."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from emptychair.anticipate.risk.at_risk import AtRisk, at_risk
from emptychair.desk import risk_runs, risk_scores, segments
from emptychair.desk.risk_runs import Deed, Run
from emptychair.desk.risk_scores import Filter, Order, Score
from emptychair.domain.signal import Audience
from emptychair.understand import profile
from emptychair.understand.segments import saved, standing
from emptychair.web.parts import Parts
from emptychair.web.problem import refused
from emptychair.web.segments.looked import chosen

HEAD = (
    "person", "horizon", "chance", "low", "high", "worth", "currency", "expected_loss", "reason", "reasons",
    "changes",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is asked for: an order, from a chance on, of a saved segment, in a currency (""; all).

    `search` is a part of a name or an id, or a whole address.
    """

    order: Order
    least: float
    segment: str
    currency: str
    search: str = ""

    @property
    def query(self) -> str:
        """The address of the same list without its page."""
        told = {"sort": self.order.value, "least": f"{self.least * 100:.0f}", "segment": self.segment}
        return urlencode({**told, "currency": self.currency, "search": self.search})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of it. `run` None: nobody was scored yet. `margin` is the share of payments that is earned."""

    summary: AtRisk
    run: Run | None
    scores: tuple[Score, ...]
    total: int
    currencies: tuple[str, ...]
    margin: float


def listed(parts: Parts, audience: Audience, asked: Asked, limit: int, offset: int, margin: float) -> Listed:
    """The page. Amounts are ordered within one currency: the commonest, unless another is asked for."""
    with parts.desk.read() as tx:
        run = risk_runs.last(tx, audience, Deed.SCORING, with_result=True)
        known = () if run is None else tuple(risk_scores.currencies(tx, run.id))
    summary = at_risk(parts.desk, audience)
    if run is None:
        return Listed(summary=summary, run=None, scores=(), total=0, currencies=(), margin=margin)
    wanted = Filter(run=run.id, least=asked.least, currency=_currency(asked, known))
    inside = narrowed(parts, audience, asked.segment, asked.search, run.as_of)
    with parts.desk.read() as tx:
        if inside is None:
            scores = risk_scores.ranked(tx, wanted, asked.order, limit, offset)
            total = risk_scores.count(tx, wanted)
        else:
            people = [one for one in risk_scores.people(tx, wanted, asked.order) if one in inside]
            scores, total = risk_scores.of(tx, run.id, people[offset : offset + limit]), len(people)
    return Listed(
        summary=summary, run=run, scores=tuple(scores), total=total, currencies=known, margin=margin
    )


def as_data(score: Score, margin: float) -> dict[str, Any]:
    """One person as JSON has them."""
    return {
        "person": score.person,
        "horizon": score.horizon,
        "chance": score.chance,
        "low": score.low,
        "high": score.high,
        "nearer": score.nearer,
        "worth": None if score.worth is None else round(score.worth * margin, 4),
        "currency": score.currency,
        "expected_loss": None if score.loss is None else round(score.loss * margin, 4),
        "reasons": told(score.reasons),
        "changes": told(score.changes),
    }


def as_row(data: Mapping[str, Any]) -> list[Any]:
    """One person as a row of a table with `HEAD`."""
    reasons = data["reasons"] or []
    towards = [one["words"] for one in reasons if one["weight"] > 0]
    many = ("; ".join(one["words"] for one in data[name] or []) for name in ("reasons", "changes"))
    plain = [data[name] for name in HEAD[:8]]
    return [*plain, next(iter(towards), ""), *many]


def told(reasons: Any) -> list[dict[str, Any]] | None:
    """Reasons by name; None for somebody for whom none were looked for."""
    return None if reasons is None else [{"words": words, "weight": weight} for words, weight in reasons]


def _currency(asked: Asked, known: tuple[str, ...]) -> str | None:
    if asked.currency in known:
        return asked.currency
    return known[0] if len(known) > 1 and asked.order is Order.LOSS else None


def narrowed(
    parts: Parts, audience: Audience, segment_id: str, search: str, at: datetime | None
) -> frozenset[str] | None:
    """Those to whom a list is narrowed, by a saved segment, by a search, or by both; None: to nobody."""
    inside = members(parts, audience, segment_id, at) if segment_id else None
    if not search:
        return inside
    fits = profile.fitting(parts.ledger, audience, search)
    return fits if inside is None else fits & inside


def members(parts: Parts, audience: Audience, segment_id: str, at: datetime | None) -> frozenset[str]:
    """Those who are in a saved segment as of an instant. Raises a `Problem` without such a segment."""
    with parts.desk.read() as tx:
        segment = segments.find(tx, segment_id[:40])
    # Employees are in no list by a segment: two that differ in one person would tell of that person.
    if segment is None or segment.audience is not audience or audience is Audience.EMPLOYEE or at is None:
        raise refused({"segment": "There is no such segment of customers."})

    def computed() -> frozenset[str]:
        looked = chosen(parts, saved.condition_of(segment), audience, at)
        found = parts.ledger.ask(standing.members(looked.condition, looked.sight))
        return frozenset(found["person"].to_pylist())

    with parts.desk.read() as tx:
        every = [(one.id, one.version) for one in segments.every(tx, audience, with_archived=True)]
    state = (parts.ledger.state().version, parts.ledger.readings.changes())
    key: Hashable = ("members", segment_id, tuple(every), state, at)
    return parts.kept.get(key, computed)
