"""`emptychair score`: the scorecard in the terminal."""

import json
import os
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console

from emptychair import app
from emptychair.cli import remote
from emptychair.cli.serve import Home
from emptychair.cli.table import print_metrics
from emptychair.config import Config, read
from emptychair.domain.metric import Metric
from emptychair.domain.signal import Audience
from emptychair.home import running
from emptychair.ledger.ledger import Ledger
from emptychair.measure.choices import decided
from emptychair.measure.export import as_objects
from emptychair.measure.scorecard import scorecard
from emptychair.understand.tenure import end_of_data


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
    server = running(config.home)
    asked = remote.Asked(audience=audience, start=_day(start), end=_day(end), as_of=_day(as_of), by=by)
    metrics = remote.metrics(server, asked) if server else _metrics(config, asked)
    if as_json:
        typer.echo(json.dumps(as_objects(metrics), indent=2, ensure_ascii=False))
    elif metrics:
        print_metrics(Console(), metrics)
    else:
        typer.echo(f"Nothing is known yet: import a file with `emptychair import FILE --home {config.home}`.")


def _metrics(config: Config, asked: remote.Asked) -> tuple[Metric, ...]:
    with app.opened(config) as (ledger, desk):
        with desk.read() as tx:
            choices = decided(tx)
        cards = [
            scorecard(
                ledger,
                now=app.clock(),
                audience=audience,
                period=remote.period(asked, end_of_data(ledger, audience, app.clock())),
                as_of=asked.seen_until,
                by=asked.by,
                choices=choices,
            )
            for audience in _known(ledger, asked)
        ]
    return tuple(metric for card in cards for metric in card.metrics)


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _known(ledger: Ledger, asked: remote.Asked) -> list[Audience]:
    """The audience that was asked for, or each that anything is known of."""
    if asked.audience is not None:
        return [asked.audience]
    return [audience for audience in Audience if end_of_data(ledger, audience, app.clock()) is not None]
