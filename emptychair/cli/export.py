"""`emptychair export`: everything about one customer as a ZIP file."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from emptychair import app
from emptychair.cli import remote
from emptychair.cli.serve import Home
from emptychair.config import Config, read
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.signal import Audience
from emptychair.home import running

Person = Annotated[str, typer.Option(metavar="ID", help="Whose; any id of theirs.")]
Out = Annotated[Path | None, typer.Option(help="Where to; person.zip when left out.")]


def export(person: Person, out: Out = None, home: Home = None) -> None:
    """Write everything that is kept about a customer into one ZIP file."""
    config = read(os.environ, home=home)
    server = running(config.home)
    path = out or Path("person.zip")
    pieces = remote.everything(server, person) if server else _found(config, person)
    size = 0
    # Only its owner reads it. An older file of the name is written over; a part of one is not left behind.
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in pieces:
                size += file.write(piece)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    typer.echo(f"{path}: {size:,} bytes")


def _found(config: Config, person: str) -> Iterator[bytes]:
    from emptychair.desk import audit
    from emptychair.desk.columns import shown
    from emptychair.understand.person.everything import Everything

    with app.opened(config) as (ledger, desk):
        who = ledger.who.resolve(Audience.CUSTOMER.value, [person]).get(person) or person
        found = Everything(ledger, desk, config.home, who)
        if not found.is_known:
            raise Refused(Reason.NOBODY_HAS_THIS_ID, f"no signal is of {person}")
        with desk.begin() as tx:
            audit.record(tx, who="cli", verb="export_person", thing=shown(who, 80), now=app.clock())
        yield from found.zip(app.clock())
