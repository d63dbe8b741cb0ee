"""The command line: arguments in, one call, out."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer

# Only the command that was called is loaded: each start costs what it needs, not what all need.
COMMANDS = {
    "serve": ("emptychair.cli.serve", "serve"),
    "demo": ("emptychair.cli.demo", "demo"),
    "import": ("emptychair.cli.imports", "import_files"),
    "imports": ("emptychair.cli.imports", "list_imports"),
    "withdraw": ("emptychair.cli.imports", "withdraw"),
    "score": ("emptychair.cli.score", "score"),
    "search": ("emptychair.cli.search", "search"),
    "export": ("emptychair.cli.export", "export"),
    "train": ("emptychair.cli.train", "train"),
    "score-people": ("emptychair.cli.score_people", "score_people"),
    "ask": ("emptychair.cli.ask", "ask"),
    "link": ("emptychair.cli.link", "link"),
}


def commands() -> list[str]:
    """The names of all commands, for the check that each is explained in the documentation."""
    return list(COMMANDS)


def main() -> None:
    """Run one command; what a user can mend is one line on standard error and status 1, never a trace."""
    try:
        _app(sys.argv[1:])()
    except BaseException as problem:
        if not _is_told(problem):
            raise
        sys.exit(1)


def _app(arguments: Sequence[str]) -> typer.Typer:
    app = typer.Typer(
        name="emptychair",
        help="The customer in every decision of your company.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_product)
    called = next((word for word in arguments if not word.startswith("-")), None)
    for name in [called] if called in COMMANDS else COMMANDS:
        app.command(name)(_function(*COMMANDS[str(name)]))
    return app


def _product() -> None:
    """The customer in every decision of your company."""


def _function(module: str, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def _is_told(problem: BaseException) -> bool:
    if isinstance(problem, SystemExit | KeyboardInterrupt):
        return False
    from emptychair.cli.refusals import REFUSALS  # all of them are only needed when something was refused

    if not isinstance(problem, REFUSALS):
        return False
    sys.stderr.write(f"Not done: {problem or type(problem).__name__}\n")
    return True
