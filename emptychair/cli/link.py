"""`emptychair link`: a way in for who has forgotten a password, printed to the machine's owner."""

import os
from typing import Annotated

import typer

from emptychair import app
from emptychair.cli.serve import Home
from emptychair.config import read
from emptychair.web.access import first_link, sign_in_link

Email = Annotated[str | None, typer.Argument(help="Whom to sign in; the owner when left out.")]


def link(email: Email = None, home: Home = None) -> None:
    """Print a link that signs a person in, once."""
    config = read(os.environ, home=home)
    desk = app.open_desk(config)
    try:
        typer.echo(
            first_link(desk, config.url, app.clock()) or sign_in_link(desk, config.url, app.clock(), email)
        )
    finally:
        desk.close()
