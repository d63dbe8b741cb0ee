"""`emptychair score`: the scorecard in the terminal."""

import json
import os
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from emptychair import app
from emptychair.cli import remote
from emptychair.cli.serve import Home
from emptychair.cli.table import print_metrics
from emptychair.config import Config, read
from emptychair.domain.metric import Metric
from emptychair.domain.period import Period, midnight, months_later
from emptychair.domain.signal import Audience
from emptychair.home import held, running
from emptychair.measure.choices import decided
from emptychair.measure.export import as_objects
from emptychair.measure.scorecard import scorecard

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")]


class DatesInDisorder(Exception):
    """The days of a period are the wrong way round."""


def score(
    audience: Annotated[Audience | None, typer.Option(help="Whose numbers; both when left out.")] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="First day of the period."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="The day after its last."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="See nothing after the end of this day."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="FIELD", help="Split by this field.")] = None,
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per metric.")] = False,
) -> None:
    """Print every number with its interval, its n, and who is missing from it."""
    config = read(os.environ, home=home)
    until = None if as_of is None else midnight(as_of.date() + timedelta(days=1))
    period = _period(_day(start), _day(end), until)
    server = running(config.home)
    asked = remote.Asked(audience=audience, period=period, as_of=_day(as_of), by=by)
    metrics = remote.metrics(server, asked) if server else _metrics(config, asked, until)
    if as_json:
        typer.echo(json.dumps(as_objects(metrics), indent=2, ensure_ascii=False))
    elif metrics:
        print_metrics(Console(), metrics)
    else:
        typer.echo(f"Nothing is known yet: import a file with `emptychair import FILE --home {config.home}`.")


def _metrics(config: Config, asked: remote.Asked, until: datetime | None) -> tuple[Metric, ...]:
    with held(config.home):
        desk = app.open_desk(config)
        ledger = app.open_ledger(config)
        try:
            with desk.read() as tx:
                choices = decided(tx)
            return scorecard(
                ledger,
                now=app.clock(),
                audience=asked.audience,
                period=asked.period,
                as_of=until,
                by=asked.by,
                choices=choices,
            ).metrics
        finally:
            ledger.close()
            desk.close()


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _period(start: date | None, end: date | None, until: datetime | None) -> Period | None:
    """What `--from` and `--to` say; one alone: up to the end of what is seen, or the year before."""
    if start is None and end is None:
        return None
    last = midnight(end) if end else until or midnight(app.clock().date() + timedelta(days=1))
    first = midnight(start) if start else months_later(last, -12)
    if first >= last:
        raise DatesInDisorder(f"the period must end after it starts: {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    return Period(first, last)
