"""Which themes and touchpoints go with the scores given afterwards: an association, adjusted and counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from emptychair.domain.period import Period, month_number
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.stats.adjusting import Held, adjusted, held
from emptychair.stats.compare import Difference, benjamini_hochberg, means
from emptychair.stats.intervals import MINIMUM_N, Estimate
from emptychair.understand.drivers.before import answered, met, spoke_of, tenures
from emptychair.understand.fields import Field, values_of_people
from emptychair.understand.scores import estimate
from emptychair.understand.spells import Tenure

DAYS = 90
# Of findings called clear a tenth is expected to be chance.
FALSE_SHARE = 0.1
THEME, TOUCHPOINT = "theme", "touchpoint"
# Smaller values of a field are held equal together.
MOST_VALUES = 12

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One theme (its id) or touchpoint (`kind:name`), and the scores of those whom it touched.

    `raw` is the difference of the mean scores of touched and untouched, `adjusted` the same with what else
    is known held equal; `adjusted_p` counts how many were compared. `touched` and `untouched` are the
    score's own numbers (NPS in points, CSAT a share).
    """

    kind: str
    name: str
    n: int
    others: int
    touched: Estimate | None
    untouched: Estimate | None
    raw: Difference | None
    adjusted: Difference | None
    adjusted_p: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether it stands out among all that were compared."""
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers:
    """All drivers of a score, the one with the largest clear harm first. `held` names what is held equal."""

    score: Score
    people: int
    wrote: int
    held: tuple[str, ...]
    found: tuple[Driver, ...]

    @property
    def compared(self) -> int:
        """How many were compared with each other."""
        return sum(one.adjusted_p is not None for one in self.found)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Who answered what and when, in one order."""

    people: Mapping[str, int]
    scores: NDArray[np.float64]
    instants: Sequence[datetime]


def drivers(
    ledger: Ledger,
    audience: Audience,
    score: Score,
    period: Period,
    *,
    tenure: Tenure | None = None,
    fields: Sequence[Field] = (),
    days: int = DAYS,
    minimum_n: int = MINIMUM_N,
) -> Drivers:
    """Every theme and touchpoint in the days before people answered, one answer each: the last of the period.

    Held equal: the quarter of the answer, tenure, the `fields`; for themes also whether they wrote at all,
    so that who speaks of something is compared with others who speak. O(answers x touchpoints).
    """
    answers = _answers(ledger, audience, score, period)
    spoken = _touched(answers, ledger.ask(spoke_of(audience, score, period, days)).to_pylist(), "theme")
    wrote = spoken.pop("", np.zeros(len(answers.scores), dtype=bool))
    touched = _touched(answers, ledger.ask(met(audience, score, period, days)).to_pylist(), "touchpoint")
    names, columns = _known(ledger, audience, score, period, answers, tenure, fields)
    plain = held(columns, len(answers.scores)) if len(answers.scores) else None
    speaking = np.column_stack([columns, wrote]) if len(answers.scores) else columns
    found: list[Driver] = []
    if plain is not None:
        equal = held(speaking, len(answers.scores))
        found += [
            _driver(THEME, name, score, answers, mask, equal, minimum_n) for name, mask in spoken.items()
        ]
        found += [
            _driver(TOUCHPOINT, name, score, answers, mask, plain, minimum_n)
            for name, mask in touched.items()
        ]
    return Drivers(
        score=score,
        people=len(answers.scores),
        wrote=int(wrote.sum()),
        held=names,
        found=tuple(sorted(counted(found), key=_order)),
    )


def counted(found: Sequence[Driver]) -> list[Driver]:
    """The same with p values that count how many were compared (Benjamini-Hochberg)."""
    compared = [(one.kind, one.name, one.adjusted.p) for one in found if one.adjusted is not None]
    p_values = benjamini_hochberg([p for _, _, p in compared])
    told = {(kind, name): p for (kind, name, _), p in zip(compared, p_values, strict=True)}
    return [replace(one, adjusted_p=told.get((one.kind, one.name))) for one in found]


def _order(one: Driver) -> tuple[bool, bool, float, str]:
    """Clear ones first, the most harmful of them at the top, then by how surely they differ."""
    value = one.adjusted.value if one.adjusted else 0.0
    rest = value if one.is_clear else (one.adjusted.p if one.adjusted else 2.0)
    return (not one.is_clear, one.adjusted is None, rest, one.name)


def _answers(ledger: Ledger, audience: Audience, score: Score, period: Period) -> Answers:
    rows = ledger.ask(answered(audience, score, period)).to_pylist()
    rows.sort(key=lambda row: row["person"])
    return Answers(
        {row["person"]: place for place, row in enumerate(rows)},
        np.array([float(row["score"]) for row in rows]),
        [row["occurred_at"].replace(tzinfo=UTC) for row in rows],
    )


def _touched(answers: Answers, rows: Sequence[Mapping[str, str]], name: str) -> dict[str, Flags]:
    """For each theme or touchpoint, which of those who answered it touched."""
    found: dict[str, Flags] = {}
    for row in rows:
        mask = found.setdefault(row[name], np.zeros(len(answers.scores), dtype=bool))
        mask[answers.people[row["person"]]] = True
    return found


def _known(
    ledger: Ledger,
    audience: Audience,
    score: Score,
    period: Period,
    answers: Answers,
    tenure: Tenure | None,
    fields: Sequence[Field],
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """What is held equal: the names of it, and its columns."""
    n = len(answers.scores)
    names = ["quarter"]
    parts = [_one_hot([str(month_number(at) // 3) for at in answers.instants])]
    if tenure is not None:
        names.append("tenure")
        lengths = np.full(n, np.nan)
        for row in ledger.ask(tenures(tenure, score, period)).to_pylist():
            lengths[answers.people[row["person"]]] = float(row["days"])
        absent = np.isnan(lengths)
        # Tenure bends: its logarithm and its square are closer to how people settle in than its days.
        grown = np.log1p(np.where(absent, 0.0, np.maximum(lengths, 0.0)))
        parts.append(np.column_stack([grown, grown**2, absent]))
    for one in fields:
        names.append(one.name)
        known = ledger.ask(values_of_people(one, audience, period.start, period.end)).to_pylist()
        values = {row["person"]: row["value"] for row in known}
        parts.append(_one_hot([values.get(person, "") for person in answers.people]))
    return tuple(names), np.column_stack(parts) if n else np.empty((0, 0))


def _one_hot(values: Sequence[str]) -> NDArray[np.float64]:
    """A column for each of the commonest values but one; the others are together."""
    kinds, counts = np.unique(np.array(values, dtype=str), return_counts=True)
    kept = [kinds[place] for place in np.argsort(-counts, kind="stable")[:MOST_VALUES]][1:]
    each = np.array(values, dtype=str)
    columns = [(each == kind).astype(np.float64) for kind in kept]
    return np.column_stack(columns) if columns else np.empty((len(values), 0))


def _driver(
    kind: str, name: str, score: Score, answers: Answers, mask: Flags, equal: Held, minimum_n: int
) -> Driver:
    inside, outside = answers.scores[mask], answers.scores[~mask]
    return Driver(
        kind=kind,
        name=name,
        n=len(inside),
        others=len(outside),
        touched=_own(score, inside, minimum_n),
        untouched=_own(score, outside, minimum_n),
        raw=means(_sums(inside), _sums(outside), minimum_n=minimum_n),
        adjusted=adjusted(answers.scores, mask, equal, minimum_n=minimum_n),
    )


def _sums(values: NDArray[np.float64]) -> tuple[float, float, int]:
    return float(values.sum()), float((values**2).sum()), len(values)


def _own(score: Score, values: NDArray[np.float64], minimum_n: int) -> Estimate | None:
    """The score's own number, None below n."""
    if len(values) < minimum_n:
        return None
    kinds, counts = np.unique(values, return_counts=True)
    return estimate(
        score,
        {
            Decimal(str(kind)).normalize(): int(count)
            for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)
        },
    )
