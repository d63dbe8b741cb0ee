"""What was found in a file and what would be done with it, as data and as a person reads it."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from emptychair.listen.imports.carrying import Summary
from emptychair.listen.imports.plan import Plan
from emptychair.listen.imports.reading import Reading

COUNTS = ("read", "stored", "duplicate", "refused", "parked")
LISTED = 10


def as_data(plan: Plan) -> dict[str, Any]:
    """The plan as one JSON object: what was found, where each field comes from and why, what is asked."""
    return {
        "format": _format(plan.reading),
        "shape": plan.shape,
        "audience": plan.audience,
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "fields": {
            name: {
                "column": field.column.name if field.column else None,
                "constant": field.constant,
                "written": field.written,
                "reason": field.reason,
            }
            for name, field in plan.fields.items()
        },
        "kept": [column.name for column in plan.kept],
        "reasons": list(plan.reasons),
        "warnings": list(plan.warnings),
        "questions": [str(problem) for problem in plan.problems],
    }


def books(summary: Summary) -> dict[str, int]:
    """The counts of an import: read = stored + duplicate + refused + parked."""
    return {name: getattr(summary, name) for name in COUNTS}


def print_plan(console: Console, name: str, plan: Plan) -> None:
    """Everything that decides what will be stored, before it is."""
    _rule(console, name)
    found = _format(plan.reading)
    _line(console, "Found", ", ".join(str(value) for value in found.values() if value is not None))
    for note in plan.reading.notes:
        _line(console, "", note)
    as_of = f", as of {plan.as_of}" if plan.as_of else ""
    _line(console, "Taken as", f"{plan.shape or 'nothing yet'} of {plan.audience}s{as_of}")
    for name_, field in plan.fields.items():
        origin = field.column.name if field.column else f"always {field.constant}"
        written = f" ({field.written})" if field.written else ""
        _line(console, "", f"{name_} <- {origin}{written}: {field.reason}")
    if plan.kept:
        _line(console, "Also kept", ", ".join(column.name for column in plan.kept))
    for warning in plan.warnings:
        _line(console, "Note", warning)
    for problem in plan.problems:
        _line(console, "Question", str(problem))


def print_sent(console: Console, name: str, plan: Mapping[str, Any]) -> None:
    """The same of a plan that the running server made."""
    _rule(console, name)
    for heading, lines in (
        ("Found", plan.get("facts") or [plan.get("error") or ""]),
        ("Taken as", [f"{plan.get('shape') or 'nothing yet'} of {plan.get('audience')}s"]),
        ("", plan.get("reasons") or []),
        ("Note", plan.get("warnings") or []),
        ("Question", [asked["question"] for asked in plan.get("questions") or []]),
    ):
        for line in lines:
            _line(console, heading, str(line))


def print_books(console: Console, counts: Mapping[str, int], import_id: str | None) -> None:
    """The counts, as a sum that a person can check."""
    parts = " + ".join(f"{counts[name]:,} {name}" for name in COUNTS[1:])
    _line(console, "Books", f"{counts['read']:,} read = {parts}")
    if import_id is not None:
        _line(console, "Import", f"{import_id} (take it back with: emptychair withdraw {import_id})")


def print_parked(
    console: Console, rows: list[dict[str, Any]], total: int, limit: int | None = LISTED
) -> None:
    """The first parked rows, each with what was expected."""
    if not rows:
        return
    table = Table("row", "field", "value", "expected", box=None, header_style="dim", pad_edge=False)
    for row in rows[:limit]:
        table.add_row(*(_short(row[name]) for name in ("row", "field", "value", "expected")))
    console.print(table)
    if limit is not None and total > limit:
        console.print(f"{total - limit:,} more parked rows: emptychair imports IMPORT --parked", markup=False)


def _format(reading: Reading) -> dict[str, Any]:
    return {
        "container": str(reading.container),
        "compression": None if str(reading.compression) == "none" else str(reading.compression),
        "encoding": reading.encoding.name if reading.encoding else None,
        "delimiter": reading.dialect.delimiter_name if reading.dialect else None,
        "header": None if reading.dialect is None else "header" if reading.dialect.header else "no header",
        "sheet": reading.sheet,
        "columns": f"{len(reading.columns)} columns",
    }


def _rule(console: Console, name: str) -> None:
    console.print(f"\n{name}", style="bold", markup=False, highlight=False)


def _line(console: Console, heading: str, text: str) -> None:
    console.print(f"  {heading:<9} {text}", markup=False, highlight=False)


def _short(value: object) -> str:
    text = str(value if value is not None else "").replace("[", r"\[")
    return text if len(text) <= 80 else f"{text[:79]}…"
