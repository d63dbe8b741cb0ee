"""`emptychair serve`: pages and the loop until they are stopped."""

import os
from pathlib import Path
from typing import Annotated

import typer

from emptychair import app
from emptychair.config import read

Home = Annotated[
    Path | None, typer.Option(help="The one folder in which everything lives.", show_default="home")
]
Port = Annotated[int | None, typer.Option(help="Port of the pages.", show_default="8080")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")]


def serve(home: Home = None, port: Port = None, host: Host = None) -> None:
    """Serve the pages and run the loop."""
    app.serve(read(os.environ, home=home, port=port, host=host), typer.echo)
