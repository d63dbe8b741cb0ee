"""The command line: arguments in, one call, out."""

import sys

import typer
from rich.console import Console

from emptychair.cli import demo, imports, link, score, serve
from emptychair.cli.refusals import REFUSALS

app = typer.Typer(
    name="emptychair",
    help="The customer in every decision of your company.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("import")(imports.import_files)
app.command("imports")(imports.list_imports)
app.command("withdraw")(imports.withdraw)
app.command("score")(score.score)
app.command("link")(link.link)


def commands() -> list[str]:
    """The names of all commands, for the check that each is explained in the documentation."""
    return [str(command.name) for command in app.registered_commands]


def main() -> None:
    """Run one command; what a user can mend is one line on standard error and status 1, never a trace."""
    try:
        app()
    except REFUSALS as refusal:
        Console(stderr=True, highlight=False).print(f"[bold red]Not done:[/] {_plain(refusal)}")
        sys.exit(1)


def _plain(refusal: BaseException) -> str:
    return str(refusal).replace("[", r"\[") or type(refusal).__name__
