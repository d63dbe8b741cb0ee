"""`emptychair search`: what people said, found again in the terminal."""

import json
import os
from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from emptychair import app
from emptychair.cli import remote
from emptychair.cli.serve import Home
from emptychair.config import Config, read
from emptychair.domain.signal import Audience
from emptychair.home import running

Words = Annotated[str, typer.Argument(help='Words, and "words in a row".')]
Limit = Annotated[int, typer.Option(min=1, max=1_000, help="How many quotes.")]


def search(
    words: Words,
    audience: Annotated[Audience, typer.Option(help="Whose words.")] = Audience.CUSTOMER,
    limit: Limit = 20,
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Find what people said, by its words and by what it means, as far as it was read by the server."""
    config = read(os.environ, home=home)
    server = running(config.home)
    found = remote.search(server, words, audience) if server else _found(config, words, audience)
    found["quotes"] = found["quotes"][:limit]
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, default=str))
    else:
        _print(Console(), found)


def _found(config: Config, words: str, audience: Audience) -> dict[str, Any]:
    from emptychair.understand.search.finding import Search
    from emptychair.understand.search.words import Among

    with app.opened(config) as (ledger, _):
        found = Search(config.home / "language", ledger, app.own_model(config)).find(
            words, Among(audience=audience.value), limit=1_000
        )
        read, unread = ledger.readings.progress()
    quotes = [
        {
            **{one.name: getattr(hit, one.name) for one in fields(hit)},
            "occurred_at": hit.occurred_at.isoformat(),
            "parts": [{"text": part.text, "is_marked": part.is_marked} for part in hit.parts],
        }
        for hit in found.hits
    ]
    counts = {"total": found.total, "with_words": found.with_words, "read": read, "unread": unread}
    return {**counts, "quotes": quotes}


def _print(console: Console, found: dict[str, Any]) -> None:
    for one in found["quotes"]:
        line = Text.assemble(
            *((plain(part["text"]), "bold yellow" if part["is_marked"] else "") for part in one["parts"])
        )
        console.print(line)
        copies = f", {one['copies']} times" if one["copies"] > 1 else ""
        told = f"  {one['person'] or 'nobody known'}, {one['occurred_at'][:10]}, {one['channel']}{copies}\n"
        console.print(plain(told), style="dim", markup=False, highlight=False)
    console.print(
        f"{found['total']:,} different texts fit; {found['read']:,} of"
        f" {found['read'] + found['unread']:,} texts can be searched.",
        highlight=False,
    )


def plain(text: str) -> str:
    """A customer's text commands no terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
