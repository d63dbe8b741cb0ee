"""`emptychair demo`: a company with 24 months of life in it, served."""

import os
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from emptychair import app
from emptychair.cli.serve import Home, Host, Port
from emptychair.config import Config, read
from emptychair.demo.company import Generated, generate
from emptychair.home import held


def demo(
    people: Annotated[int, typer.Option(min=50, max=5_000_000, help="Customers to generate.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another company.")] = 7,
    home: Home = None,
    port: Port = None,
    host: Host = None,
    serve: Annotated[bool, typer.Option(help="Serve the pages when the company is made.")] = True,
) -> None:
    """Make the demo company, the same for the same people, seed and month, and serve it."""
    config = read(os.environ, home=home or "demo-home", port=port, host=host)
    with held(config.home):
        made = _generate(config, people, seed)
    typer.echo(f"{made.stored:,} signals of {made.people:,} customers and {made.employees:,} employees; docs/demo.md")
    if serve:
        app.serve(config, typer.echo)


def _generate(config: Config, people: int, seed: int) -> Generated:
    until = _first_of_this_month(app.clock().date())
    ledger = app.open_ledger(config)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Making the company", total=1.0)
            return generate(
                ledger,
                people=people,
                seed=seed,
                until=until,
                progress=lambda share, what: bar.update(task, completed=share, description=what),
            )
    finally:
        ledger.close()


def _first_of_this_month(today: date) -> date:
    return today.replace(day=1)
