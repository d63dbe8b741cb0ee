"""The drivers of a score, from memory while nothing behind them changes, with who is missing from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from emptychair.desk import themes
from emptychair.domain.period import Period
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.measure.choices import Choices, decided
from emptychair.understand import tenure
from emptychair.understand.drivers.drivers import THEME, Driver, Drivers, drivers
from emptychair.understand.fields import UnknownFieldError, field
from emptychair.understand.satisfaction import silent, unheard
from emptychair.understand.spells import Tenure
from emptychair.web.parts import Parts
from emptychair.web.problem import refused

SCORES = (Score.NPS, Score.CSAT)
PERIODS = (90, 365, 730)
BEFORE = (30, 90, 180)
CUSTOMER = Audience.CUSTOMER
# Held equal unless it is said otherwise, where there is such a field.
USUAL = "plan"
MOST_FIELDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What goes with a score in the last `days`; `before` is how many days before an answer are looked at.

    `quiet` are people there at the end who did not answer, None where nothing tells who is there; `unnamed`
    answers name nobody. `found` is None without any data.
    """

    score: Score
    days: int
    before: int
    fields: tuple[str, ...]
    period: Period | None
    found: Drivers | None
    names: Mapping[str, str]
    quiet: int | None
    unnamed: int

    def name(self, one: Driver) -> str:
        """What a driver is called."""
        return self.names.get(one.name, one.name) if one.kind == THEME else one.name

    @property
    def worst(self) -> Driver | None:
        """The clear one that goes with the lowest scores."""
        first = self.found.found[0] if self.found and self.found.found else None
        is_harm = first is not None and first.adjusted is not None and first.adjusted.value < 0
        return first if first is not None and first.is_clear and is_harm else None

    @property
    def best(self) -> Driver | None:
        """The clear one that goes with the highest scores."""
        clear = [one for one in (self.found.found if self.found else ()) if one.is_clear and one.adjusted]
        last = max(clear, key=lambda one: one.adjusted.value if one.adjusted else 0.0, default=None)
        return last if last is not None and last.adjusted and last.adjusted.value > 0 else None


def driven(parts: Parts, score: Score, days: int, before: int, fields: Sequence[str] | None) -> Driven:
    """The drivers of a score; `fields` None: `plan`, if there is one. Raises a `Problem` for unknown ones."""
    with parts.desk.read() as tx:
        choices = decided(tx)
        names = {theme.id: theme.name for theme in themes.every(tx, CUSTOMER)}
    held = _fields(parts, fields)
    state = (parts.ledger.state().version, parts.ledger.readings.changes(), tuple(names.items()))
    key = ("drivers", score, days, before, held, state, choices.minimum_n, *choices.gap_days.items())
    return parts.kept.get(key, lambda: _driven(parts, score, days, before, held, names, choices))


def _driven(
    parts: Parts,
    score: Score,
    days: int,
    before: int,
    fields: tuple[str, ...],
    names: Mapping[str, str],
    choices: Choices,
) -> Driven:
    end = tenure.end_of_data(parts.ledger, CUSTOMER, parts.clock())
    if end is None:
        return Driven(
            score=score, days=days, before=before, fields=fields, period=None, found=None, names=names,
            quiet=None, unnamed=0,
        )  # fmt: skip
    period = Period(start=end - timedelta(days=days), end=end)
    kept = _tenure(parts, period, choices)
    found = drivers(
        parts.ledger,
        CUSTOMER,
        score,
        period,
        tenure=kept,
        fields=[field(parts.ledger, name) for name in fields],
        days=before,
        minimum_n=choices.minimum_n,
    )
    known = [one for one in found.found if one.kind != THEME or one.name in names]
    return Driven(
        score=score,
        days=days,
        before=before,
        fields=fields,
        period=period,
        found=Drivers(
            score=found.score, people=found.people, wrote=found.wrote, held=found.held, found=tuple(known)
        ),
        names=names,
        quiet=None if kept is None else silent(parts.ledger, kept, [score], period)[score],
        unnamed=unheard(parts.ledger, CUSTOMER, score, period).unnamed,
    )


def _tenure(parts: Parts, period: Period, choices: Choices) -> Tenure | None:
    seen = tenure.evidence(parts.ledger, CUSTOMER, period.end)
    gap = choices.gap_days.get(CUSTOMER)
    return tenure.choose(parts.ledger, CUSTOMER, period.end, seen, gap_days=gap).tenure


def _fields(parts: Parts, wanted: Sequence[str] | None) -> tuple[str, ...]:
    found = []
    for name in (USUAL,) if wanted is None else wanted[:MOST_FIELDS]:
        try:
            found.append(field(parts.ledger, name).name)
        except UnknownFieldError:
            if wanted is not None:
                raise refused({"held": f"Nobody has a field {name[:80]}."}) from None
    return tuple(dict.fromkeys(found))
