"""`emptychair import`, `imports` and `withdraw`: files taken in, looked up, and taken back."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from emptychair import app
from emptychair.cli import planned as shown
from emptychair.cli import remote
from emptychair.cli.serve import Home
from emptychair.config import Config, read
from emptychair.desk import imports, parked
from emptychair.desk.desk import Desk
from emptychair.desk.imports import Import
from emptychair.domain.signal import Audience
from emptychair.home import Server, running
from emptychair.ledger.ledger import Ledger
from emptychair.listen.imports.carrying import dry_run
from emptychair.listen.imports.direct import planned, take_in
from emptychair.listen.imports.plan import Shape
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.queue import close_hopeless
from emptychair.listen.imports.queue import withdraw as take_back
from emptychair.listen.imports.stated import Stated

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Which = Annotated[str, typer.Argument(metavar="IMPORT", help="The id that the import printed: imp_...")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the command was asked for, and where it tells what it does."""

    config: Config
    stated: Stated
    is_dry: bool
    console: Console


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to take in.")],
    shape: Annotated[
        Shape | None, typer.Option("--as", help="What one row is; proposed when left out.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Where a field comes from, e.g. time=Date:dmy."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day a snapshot was taken."),
    ] = None,
    audience: Annotated[Audience | None, typer.Option(help="Whose signals; proposed when left out.")] = None,
    home: Home = None,
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done; store nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take files in: show what was found, store what is sound, park the rest with its reason."""
    stated = Stated(
        shape=shape,
        audience=audience,
        as_of=None if as_of is None else as_of.date(),
        mapping=_pairs(mapping or []),
    )
    config = read(os.environ, home=home)
    work = Work(config=config, stated=stated, is_dry=is_dry, console=Console(quiet=as_json))
    server = running(config.home)
    if server:
        told = [_sent(server, path, work) for path in files]
    elif is_dry:
        told = [_looked_at(path, work) for path in files]
    else:
        with _opened(config, files) as (ledger, desk):
            told = [_stored(path, ledger, desk, work) for path in files]
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False, default=str))
    if any(one.get("error") or one.get("questions") for one in told):
        raise typer.Exit(1)


def list_imports(
    which: Annotated[
        str | None, typer.Argument(metavar="IMPORT", help="One import; all when left out.")
    ] = None,
    home: Home = None,
    with_parked: Annotated[bool, typer.Option("--parked", help="With its parked rows.")] = False,
    as_json: Json = False,
) -> None:
    """List what was imported, newest first."""
    config = read(os.environ, home=home)
    server = running(config.home)
    found = remote.recent(server) if server else _kept(config)
    if which is not None:
        found = [one for one in found if one["id"] == which]
        if not found:
            raise ImportRefused(f"there is no import {which}")
    rows = (
        (remote.parked(server, which) if server else _parked(config, which)) if which and with_parked else []
    )
    if as_json:
        extra = {"parked_rows": rows} if with_parked else {}
        typer.echo(json.dumps([one | extra for one in found], indent=2, ensure_ascii=False, default=str))
        return
    console = Console()
    for one in found:
        line = f"{one['id']}  {one['status']:<10} {one['shape']:<10} {one['file_name']}"
        console.print(line, markup=False, highlight=False)
        shown.print_books(console, one, None)
    shown.print_parked(console, rows, len(rows), limit=None)
    if not found:
        typer.echo("Nothing was imported yet.")


def withdraw(which: Which, home: Home = None) -> None:
    """Take an import back: every signal it brought is removed."""
    config = read(os.environ, home=home)
    server = running(config.home)
    if server:
        one = remote.withdraw(server, which)
        typer.echo(f"{one['file_name']} was taken back.")
        return
    with _opened(config, []) as (ledger, desk):
        with desk.read() as tx:
            known = imports.find(tx, which)
        if known is None:
            raise ImportRefused(f"there is no import {which}")
        gone = take_back(ledger, desk, which, by="cli", now=app.clock())
    typer.echo(f"{known.file_name} was taken back: {gone:,} signals removed.")


def _pairs(stated: list[str]) -> dict[str, str]:
    pairs = {}
    for pair in stated:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise ImportRefused(f"--map takes FIELD=COLUMN, not {pair!r}")
        pairs[name.strip().lower()] = value
    return pairs


@contextmanager
def _opened(config: Config, files: list[Path]) -> Iterator[tuple[Ledger, Desk]]:
    """Ledger and desk of a home that nobody else holds, with what a killed command left put right."""
    folders = (path.absolute().parent for path in files)
    with app.opened(config, *folders, memory=app.FOR_IMPORTS) as (ledger, desk):
        close_hopeless(desk, app.clock())
        yield ledger, desk


def _looked_at(path: Path, work: Work) -> dict[str, Any]:
    """A dry run: the plan, and the books as they would be in an empty ledger."""
    try:
        with planned(path, work.stated, work.config.home) as file:
            shown.print_plan(work.console, path.name, file.plan)
            told = {"file": path.name, **shown.as_data(file.plan)}
            if not file.plan.is_ready:
                return told
            summary = dry_run(file.plan, now=app.clock())
    except ImportRefused as refusal:
        return _refused(path, str(refusal), work)
    rows = summary.parked_rows.slice(0, shown.LISTED).to_pylist()
    shown.print_books(work.console, shown.books(summary), None)
    shown.print_parked(work.console, rows, summary.parked)
    work.console.print("  Nothing was stored: this was a dry run.", highlight=False)
    return told | {"summary": shown.books(summary), "parked_rows": rows}


def _stored(path: Path, ledger: Ledger, desk: Desk, work: Work) -> dict[str, Any]:
    try:
        with planned(path, work.stated, work.config.home) as file:
            shown.print_plan(work.console, path.name, file.plan)
            told = {"file": path.name, **shown.as_data(file.plan)}
            if not file.plan.is_ready:
                return told
            with work.console.status(f"Storing {path.name}") as status:
                one, summary = take_in(
                    file,
                    ledger,
                    desk,
                    clock=app.clock,
                    progress=lambda progress: status.update(f"{progress.rows:,} rows of {path.name}"),
                )
    except ImportRefused as refusal:
        return _refused(path, str(refusal), work)
    rows = summary.parked_rows.slice(0, shown.LISTED).to_pylist()
    shown.print_books(work.console, shown.books(summary), one.id)
    shown.print_parked(work.console, rows, summary.parked)
    return told | {"import": one.id, "summary": shown.books(summary), "parked_rows": rows}


def _sent(server: Server, path: Path, work: Work) -> dict[str, Any]:
    """The same through the server that holds this home."""
    try:
        if not path.is_file():
            raise ImportRefused(f"{path} is no file")
        answer = remote.send(server, path, work.stated)
        plan, import_id = answer["plan"], answer["import"]["id"]
        shown.print_sent(work.console, path.name, plan)
        told = {"file": path.name, "import": import_id, **plan}
        told["questions"] = [asked["question"] for asked in plan["questions"]]
        if told["questions"] or work.is_dry:
            remote.withdraw(server, import_id)
            return told
        with work.console.status(f"Storing {path.name}") as status:
            one = remote.carry_out(
                server, import_id, lambda rows: status.update(f"{rows:,} rows of {path.name}")
            )
    except (ImportRefused, remote.ServerRefused) as refusal:
        return _refused(path, str(refusal), work)
    rows = remote.parked(server, import_id)[: shown.LISTED] if one["parked"] else []
    shown.print_books(work.console, one, import_id)
    shown.print_parked(work.console, rows, one["parked"])
    return told | {"summary": {name: one[name] for name in shown.COUNTS}, "parked_rows": rows}


def _refused(path: Path, why: str, work: Work) -> dict[str, Any]:
    if not work.console.quiet:
        Console(stderr=True, highlight=False).print(f"Not imported: {path.name}: {why}", markup=False)
    return {"file": path.name, "error": why}


def _kept(config: Config) -> list[dict[str, Any]]:
    desk = app.open_desk(config)
    try:
        with desk.read() as tx:
            return [_as_data(one) for one in imports.recent(tx, limit=10_000)]
    finally:
        desk.close()


def _parked(config: Config, import_id: str) -> list[dict[str, Any]]:
    desk = app.open_desk(config)
    try:
        with desk.read() as tx:
            rows = parked.every(tx, import_id)
            return [
                {name: getattr(row, name) for name in ("row", "field", "value", "expected")} for row in rows
            ]
    finally:
        desk.close()


def _as_data(one: Import) -> dict[str, Any]:
    names = (
        "id",
        "file_name",
        "size",
        "shape",
        "audience",
        "status",
        "error",
        "by",
        "created_at",
        "finished_at",
    )
    return {name: getattr(one, name) for name in names} | {
        name: getattr(one.counts, name) for name in shown.COUNTS
    }
