"""`emptychair score-people`: everybody's chance of leaving, now or as it would have been told on a day."""

import json
import os
import sys
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from emptychair import app
from emptychair.cli import remote
from emptychair.cli.serve import Home
from emptychair.cli.train import Whose
from emptychair.config import Config, read
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.period import midnight
from emptychair.domain.signal import Audience
from emptychair.home import running

MOST_SHOWN = 20


def score_people(
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Know nothing that came after this day."),
    ] = None,
    audience: Whose = Audience.CUSTOMER,
    home: Home = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="A row for everybody.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with everybody.")] = False,
) -> None:
    """Print who may leave, with bands, what would be lost, and why; only what had arrived by then counts."""
    config = read(os.environ, home=home)
    server = running(config.home)
    day = None if as_of is None else as_of.date().isoformat()
    told = remote.score_people(server, audience, day) if server else _scored(config, audience, as_of)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif as_csv:
        sys.stdout.write(_table(told["people"]))
    else:
        _show(told)


def _scored(config: Config, audience: Audience, as_of: datetime | None) -> dict[str, Any]:
    from emptychair.anticipate.risk.rescoring import foreseen_as_of
    from emptychair.anticipate.risk.telling import rows
    from emptychair.anticipate.risk.training import NotEnough

    now = app.clock()
    at = now if as_of is None else min(midnight(as_of.date() + timedelta(days=1)), now)
    with app.opened(config) as (ledger, desk):
        found = foreseen_as_of(ledger, desk, audience, at)
        if isinstance(found, NotEnough):
            raise Refused(Reason.NOTHING_TO_FORESEE, found.sentence.rstrip("."))
        people = rows(found, desk)
    return {"as_of": found.as_of.isoformat(), "people": people}


def _table(people: list[dict[str, Any]]) -> str:
    from emptychair.measure.export import rows_as_csv

    horizons = list(people[0]["chances"]) if people else []
    ends = ("", "_low", "_high")
    head = ["person", *(f"chance_{one}{end}" for one in horizons for end in ends)]
    return rows_as_csv(
        [*head, "worth", "currency", "expected_loss", "reasons"],
        (
            [
                one["person"],
                *(value for horizon in horizons for value in one["chances"][horizon]),
                one["worth"],
                one["currency"],
                one["expected_loss"],
                "; ".join(one["reasons"]),
            ]
            for one in people
        ),
    )


def _show(told: dict[str, Any]) -> None:
    typer.echo(f"As of {told['as_of'][:10]}: {len(told['people']):,} people in a relationship.")
    for one in told["people"][:MOST_SHOWN]:
        horizon, (chance, low, high) = list(one["chances"].items())[-1]
        within = f"within {horizon} days" if horizon != "0" else "like those who left"
        loss = ""
        if one["expected_loss"] is not None:
            loss = f", expected loss {one['expected_loss']:,.2f} {one['currency'] or ''}".rstrip()
        why = f": {one['reasons'][0]}" if one["reasons"] else ""
        typer.echo(f"{one['person']}  {chance:.1%} ({low:.1%} – {high:.1%}) {within}{loss}{why}")
    if len(told["people"]) > MOST_SHOWN:
        typer.echo(f"… and {len(told['people']) - MOST_SHOWN:,} more: --csv and --json have everybody.")
