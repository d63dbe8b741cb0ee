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
from emptychair.demo.company import AnotherCompanyError, Generated, generate

PEOPLE, SEED = 20_000, 7


def demo(
    people: Annotated[int, typer.Option(min=50, max=200_000, help="Customers to generate.")] = PEOPLE,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another company.")] = SEED,
    home: Home = None,
    port: Port = None,
    host: Host = None,
    serve: Annotated[bool, typer.Option(help="Serve the pages when the company is made.")] = True,
) -> None:
    """Make the demo company, the same for the same people, seed and month, and serve it."""
    config = read(os.environ, home=home or "demo-home", port=port, host=host)
    try:
        typer.echo(_told(_generate(config, people, seed)))
    except AnotherCompanyError:
        # Asked for nothing in particular, an earlier month's company is as good as a new one.
        if (people, seed) != (PEOPLE, SEED):
            raise
        typer.echo(f"{config.home} holds a demo company made earlier; delete the folder for a new one.")
    if serve:
        app.serve(config, typer.echo)


def _told(made: Generated) -> str:
    if made.stored == 0:
        return f"The company is there already: {made.duplicate:,} signals."
    people = f"{made.people:,} customers and {made.employees:,} employees"
    return f"{made.stored:,} signals of {people}; docs/demo.md tells what is planted in them."


def _generate(config: Config, people: int, seed: int) -> Generated:
    until = _first_of_this_month(app.clock().date())
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with (
        app.opened(config) as (ledger, _),
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("Making the company", total=1.0)
        made = generate(
            ledger,
            people=people,
            seed=seed,
            until=until,
            progress=lambda share, what: bar.update(task, completed=share, description=what),
        )
        if made.stored:
            bar.update(task, description="Laying the months in order")
            ledger.compact(app.clock())
        return made


def _first_of_this_month(today: date) -> date:
    return today.replace(day=1)
