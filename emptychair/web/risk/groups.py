"""Employees in groups of five and more, for leads who do not see single people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.anticipate.features.heard import traits_told
from emptychair.desk import risk_runs, risk_scores
from emptychair.desk.risk_runs import Deed
from emptychair.desk.risk_scores import Filter, Order
from emptychair.domain.signal import Audience
from emptychair.understand.arrival import arrivals
from emptychair.understand.fields import UnknownFieldError, field
from emptychair.web.parts import Parts
from emptychair.web.segments.looked import FEWEST_OF_EMPLOYEES

# Fields by which employees are usually grouped, the first that is known.
BY = ("team", "department", "location", "site", "office", "country")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People of one value, how many of them are to be expected to leave, with the range of that."""

    name: str
    n: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """By a field (None: nobody told one), and everybody together; `hidden` are in groups too small."""

    by: str | None
    everybody: Group | None
    groups: tuple[Group, ...]
    hidden: int


def groups(parts: Parts) -> Groups:
    """The groups of the last scores. Who is not shown is never the rest of somebody who is: where fewer than
    five are left over, the smallest group is hidden with them.
    """
    with parts.desk.read() as tx:
        run = risk_runs.last(tx, Audience.EMPLOYEE, Deed.SCORING, with_result=True)
        rows = [] if run is None else risk_scores.ranked(tx, Filter(run=run.id), Order.CHANCE, 1_000_000, 0)
    if run is None or len(rows) < FEWEST_OF_EMPLOYEES:
        return Groups(by=None, everybody=None, groups=(), hidden=len(rows))
    by, values = _values(parts, run.as_of or parts.clock())
    parted: dict[str, list[tuple[float, float, float]]] = {}
    for one in rows:
        parted.setdefault(values.get(one.person, ""), []).append((one.chance, one.low, one.high))
    shown = sorted(
        ((name, of) for name, of in parted.items() if name and len(of) >= FEWEST_OF_EMPLOYEES),
        key=lambda pair: -len(pair[1]),
    )
    hidden = len(rows) - sum(len(of) for _, of in shown)
    while shown and 0 < hidden < FEWEST_OF_EMPLOYEES:
        hidden += len(shown.pop()[1])
    every = _group("", [(one.chance, one.low, one.high) for one in rows])
    return Groups(by=by, everybody=every, groups=tuple(_group(*one) for one in shown), hidden=hidden)


def _group(name: str, of: Sequence[tuple[float, float, float]]) -> Group:
    expected, low, high = (sum(column) for column in zip(*of, strict=True))
    return Group(name=name, n=len(of), expected=expected, low=low, high=high)


def _values(parts: Parts, at: datetime) -> tuple[str | None, dict[str, str]]:
    """The field, and the newest value that was told of everybody in it."""
    for name in BY:
        try:
            known = field(parts.ledger, name)
        except UnknownFieldError:
            continue
        asked = traits_told(Audience.EMPLOYEE, at, arrivals(parts.ledger), known)
        values = {row["person"]: row["value"] for row in parts.ledger.ask(asked).to_pylist() if row["value"]}
        if len(set(values.values())) > 1:
            return name, values
    return None, {}
