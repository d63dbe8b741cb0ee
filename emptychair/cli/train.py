"""`emptychair train`: models of who may leave are trained now."""

import json
import os
from typing import Annotated, Any

import typer

from emptychair import app
from emptychair.cli import remote
from emptychair.cli.serve import Home
from emptychair.config import Config, read
from emptychair.domain.signal import Audience
from emptychair.home import running

Whose = Annotated[Audience, typer.Option(help="Whose.")]


def train(
    audience: Whose = Audience.CUSTOMER,
    horizon: Annotated[int | None, typer.Option(help="30, 60 or 90 days; all when left out.")] = None,
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per model.")] = False,
) -> None:
    """Train models of risk, judge them on a time they have not seen, and use those that are better."""
    from emptychair.anticipate.risk.dates import HORIZONS

    if horizon is not None and horizon not in HORIZONS:
        raise typer.BadParameter(f"choose one of {', '.join(str(one) for one in HORIZONS)}")
    config = read(os.environ, home=home)
    server = running(config.home)
    told = remote.train(server, audience, horizon) if server else _trained(config, audience, horizon)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for one in told:
        name = f"{one['horizon']} days" if one["horizon"] else "snapshot"
        typer.echo(f"{name}: {one['sentence']}")


def _trained(config: Config, audience: Audience, horizon: int | None) -> list[dict[str, Any]]:
    from emptychair.anticipate.risk.dates import HORIZONS
    from emptychair.anticipate.risk.rescoring import rescore
    from emptychair.anticipate.risk.retraining import retrain

    horizons = HORIZONS if horizon is None else (horizon,)
    with app.opened(config) as (ledger, desk):
        outcomes = retrain(ledger, desk, audience, app.clock(), horizons=horizons)
        if any(one.model for one in outcomes):
            rescore(ledger, desk, audience, app.clock())
    return [{"horizon": one.horizon, "sentence": one.sentence} for one in outcomes]
