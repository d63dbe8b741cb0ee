"""`emptychair ask`: a question in words, answered in the terminal by what people said."""

import json
import os
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from emptychair import app
from emptychair.cli import remote
from emptychair.cli.search import plain
from emptychair.cli.serve import Home
from emptychair.config import Config, read
from emptychair.domain.signal import Audience
from emptychair.home import running

Question = Annotated[str, typer.Argument(help="A claim, or what you want to know.")]


def ask(
    question: Question,
    audience: Annotated[Audience, typer.Option(help="Whose words.")] = Audience.CUSTOMER,
    channel: Annotated[str, typer.Option(help="Words of one channel alone.")] = "",
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day that counts.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day that counts.")
    ] = None,
    prose: Annotated[
        bool, typer.Option("--prose", help="Written by the model that the owner chose.")
    ] = False,
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Answer a question with what people said for and against it, how many, and who is silent."""
    config = read(os.environ, home=home)
    said = {
        "q": question.encode("utf-8", "replace").decode(),
        "audience": audience.value,
        "channel": channel,
        "from": start.date().isoformat() if start else "",
        "to": end.date().isoformat() if end else "",
    }
    if start and end and start > end:
        raise remote.DatesInDisorder("the last day is before the first")
    server = running(config.home)
    found = remote.ask(server, said, is_written=prose) if server else _found(config, said, is_written=prose)
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, default=str))
    else:
        _print(Console(), found)


def _found(config: Config, said: dict[str, str], *, is_written: bool) -> dict[str, Any]:
    """The answer from the folder itself, when no server has it."""
    from emptychair.channels.outside import Outside, networks
    from emptychair.understand.ask.asking import Ask
    from emptychair.understand.search.finding import Search
    from emptychair.web.ask.alone import answered

    with app.opened(config) as (ledger, desk):
        outside = Outside(clock=app.clock, allowed=networks(config.allowed_networks))
        try:
            search = Search(config.home / "language", ledger, app.own_model(config))
            return answered(
                Ask(config.home / "language", ledger, search),
                ledger,
                desk,
                outside if is_written else None,
                said,
                app.clock(),
            )
        finally:
            outside.close()


_REASONS = {
    "empty": "There is no word in this question.",
    "unread": "Nothing has been read yet.",
    "unsaid": "Nobody has said anything yet.",
    "early": "Nothing was said yet on the first day that counts.",
    "unreachable": "The model that reads does not answer now.",
    "few": "What fewer than five texts of employees say is told nowhere.",
}
_TITLES = {"for": "For it", "against": "Against it", "unsure": "On no clear side"}


def _print(console: Console, found: dict[str, Any]) -> None:
    if not found["answered"]:
        console.print(_REASONS[found["reason"]], highlight=False)
        return
    console.print(Text(plain(found["sentence"]), "bold"))
    if found["prose"]:
        _print_prose(console, found["prose"])
    last = None
    for one in found["evidence"]:
        if one["side"] != last and found["sides"] is not None:
            console.print(f"\n{_TITLES[one['side']]}", style="bold")
        last = one["side"]
        before, told, after = one["text"].partition(one["sentence"])
        console.print(Text.assemble(plain(before[-200:]), (plain(told), "bold yellow"), plain(after[:200])))
        alike = f", {one['alike']} say nearly this" if one["alike"] > 1 else ""
        who = (
            f"{one['person'] or 'nobody known'}, {one['occurred_at'][:10]}, "
            if found["audience"] == "customer"
            else ""
        )
        console.print(
            plain(f"  {one['id']}: {who}{one['channel']}{alike}"), style="dim", markup=False, highlight=False
        )
    _print_silence(console, found)


def _print_prose(console: Console, prose: dict[str, Any]) -> None:
    if prose["problem"]:
        console.print(Text(plain(f"\n{prose['problem']}")))
    for one in prose["sentences"]:
        console.print(Text(plain(f"{one['text']} [{', '.join(one['sources']) or 'counts'}]")))
    removed = sum(prose["removed"].values())
    if removed:
        console.print(f"{removed} sentences that did not hold were taken out.", style="dim", highlight=False)


def _print_silence(console: Console, found: dict[str, Any]) -> None:
    quiet = found["silence"]
    if quiet is not None:
        everybody = quiet["silent"]["people"] + quiet["spoke"]["people"]
        console.print(
            f"\n{quiet['silent']['people']:,} of {everybody:,} customers said nothing at all in this period.",
            highlight=False,
        )
    unknown = sum(found["unknown_languages"].values())
    if unknown:
        console.print(
            f"{unknown:,} texts are in languages that the model does not know"
            f" ({', '.join(found['unknown_languages'])}): found by their words alone.",
            highlight=False,
        )
