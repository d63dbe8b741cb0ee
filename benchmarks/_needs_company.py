"""The demo company, with or without what is planted in it, counted by day as the daily look counts it."""

import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from emptychair.demo.company import generate
from emptychair.demo.systems import labels
from emptychair.demo.truths import TRUTHS, Truths
from emptychair.demo.world import world
from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.stats.growth import SHORTEST
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.vectors import KeptVectors
from emptychair.understand.needs import gathering, heard, reading
from emptychair.understand.needs.emerging import Alarm, untold, walk
from emptychair.understand.needs.grouping import Grouped
from emptychair.understand.needs.panel import Kind, Panel

UNTIL = date(2026, 11, 1)
EMPLOYEES = 100
# What the truths besides the need make people speak of: alarms of these are no false ones.
OF_OTHER_TRUTHS = {"slow_refund", "sign_in", "price", "care_wait", "broken_promise"}
WITHOUT_THE_NEED = replace(TRUTHS, emerging_need=replace(TRUTHS.emerging_need, start_rate=0.0))
# Seasons, growth of the company and chance are left.
NOTHING_PLANTED = replace(
    WITHOUT_THE_NEED,
    broken_release=replace(TRUTHS.broken_release, attempt_share=0.0),
    slow_refunds=replace(
        TRUTHS.slow_refunds,
        slow_card_after=TRUTHS.slow_refunds.slow_before,
        slow_bank_after=TRUTHS.slow_refunds.slow_before,
    ),
    care_attrition=replace(TRUTHS.care_attrition, employee_ratio=1.0, enps_effect=0.0),
    price_increase=replace(TRUTHS.price_increase, day=10_000),
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The alarms of 24 months, each day looked at in its turn."""

    panel: Panel
    alarms: list[Alarm]
    start: datetime
    groups: Grouped | None
    seconds: float

    def name(self, alarm: Alarm) -> str:
        """What its series is called."""
        is_group = self.groups is not None and alarm.series.kind is Kind.GROUP
        return self.groups.name(alarm.series.key) if self.groups and is_group else alarm.series.key

    def of_the_need(self, alarm: Alarm) -> bool:
        """Whether it is of the planted need, in whatever it shows."""
        if alarm.series.kind is Kind.GROUP:
            return any(word in self.name(alarm).lower() for word in ("caf", "decaf", "strength", "evening"))
        return of_the_need(alarm)

    def of_another_truth(self, alarm: Alarm) -> bool:
        """Whether it is of what else is planted: of a group, half of what was said in the 12 weeks before."""
        if self.groups is None or alarm.series.kind is not Kind.GROUP:
            return alarm.series.key.rpartition("/")[2] in OF_OTHER_TRUTHS
        rows = self.groups.sentence[self.groups.group == self.groups.keys.index(alarm.series.key)]
        age = alarm.raised - self.groups.said.day[rows]
        themes = self.groups.theme[rows[(age >= 0) & (age < SHORTEST)]].tolist()
        own = [one for one in themes if one >= 0 and self.groups.theme_ids[one] in OF_OTHER_TRUTHS]
        return 2 * len(own) >= len(themes)

    def first_of_the_need(self, kinds: Collection[Kind] = frozenset(Kind)) -> int | None:
        """The day on which it was found, in these kinds of series."""
        own = [one for one in self.alarms if one.series.kind in kinds and self.of_the_need(one)]
        return min(map(self.day, own), default=None)

    def day(self, alarm: Alarm) -> int:
        """The day on which it was raised."""
        return alarm.raised - (self.start - datetime(1970, 1, 1, tzinfo=UTC)).days


def found(people: int, seed: int, truths: Truths, without: str = "") -> Found:
    """The alarms in a company of so many customers; themes are those that its texts were written about.

    Finding themes is measured elsewhere (docs/themes.md). There is no theme `without`, as before themes are
    found anew.
    """
    with _company(people, seed, truths, without) as (ledger, desk, folder, start):
        end = datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC)
        period = Period(start=start, end=end)
        reading.read(ledger, desk, period)
        model = embedder(Tier.FAST)
        kept = KeptVectors(folder, model)
        texts = ledger.ask(heard.texts_of(period))["text"].to_pylist()
        kept.of(sorted({part.text for text in texts for part in sentences(text)}))
        began = time.perf_counter()
        told = gathering.gathered(ledger, desk, period, model.embed, SeenVectors(folder, model))
        taken = time.perf_counter() - began
    panel, groups = told.panel, told.groups
    is_told = untold if groups is None else groups.is_told
    alarms = walk(panel, panel.first, panel.last, is_told=is_told)
    return Found(panel=panel, alarms=alarms, start=start, groups=groups, seconds=taken)


def of_the_need(alarm: Alarm) -> bool:
    """Whether an alarm is of the planted need, in whatever it shows."""
    series = alarm.series
    if series.kind is Kind.SEARCH:
        return "caf" in series.key
    return "half_caf" in series.key or series.key in {"workaround", "sought", "wish"}


@contextmanager
def _company(
    people: int, seed: int, truths: Truths, without: str
) -> Iterator[tuple[Ledger, Desk, Path, datetime]]:
    with tempfile.TemporaryDirectory() as folder:
        ledger, desk = Ledger.open(Path(folder)), Desk.open(Path(folder) / "desk.sqlite3")
        generate(ledger, people=people, employees=EMPLOYEES, seed=seed, until=UNTIL, truths=truths)
        made = world(people=people, employees=EMPLOYEES, seed=seed, until=UNTIL, truths=truths)
        told = labels(made)
        told = told.filter(pc.not_equal(told["theme"], without))
        _put_under_themes(ledger, desk, told)
        try:
            yield ledger, desk, Path(folder) / "language", made.clock.start
        finally:
            ledger.close()
            desk.close()


def _put_under_themes(ledger: Ledger, desk: Desk, told: pa.Table) -> None:
    now = datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC) - timedelta(days=1)
    names = sorted(set(told["theme"].to_pylist()))
    found = [
        Theme(
            id=name, audience=Audience.CUSTOMER, name=name, area="", phrases=(), quoted="", texts=1,
            standing=Standing.FOUND, found_at=now, changed_at=now,
        )
        for name in names
    ]  # fmt: skip
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, found)
    n = told.num_rows
    ids = told["id"].combine_chunks()
    read = {"signal": ids, "language": pa.nulls(n, pa.string()), "tone": pa.nulls(n, pa.string())}
    readings = pa.table({**read, "tone_score": pa.nulls(n, pa.decimal128(9, 4))}).cast(READINGS)
    # Openings and closes stand in sentences of their own; the theme is that of the first ones.
    places = [
        pa.table(
            {
                "signal": ids,
                "place": pa.array([place] * n, pa.int64()),
                "theme": told["theme"].combine_chunks(),
                "confidence": pa.array([Decimal(1)] * n, pa.decimal128(9, 4)),
            }
        ).cast(MENTIONS)
        for place in (0, 1)
    ]
    ledger.readings.keep(readings, pa.concat_tables(places))
