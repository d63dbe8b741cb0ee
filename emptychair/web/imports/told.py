"""An import as data for programs, and how its file was read, in words."""

from dataclasses import asdict
from typing import Any

from emptychair.desk.imports import Import


def as_data(one: Import) -> dict[str, Any]:
    """The documented object of an import: flat, counts included."""
    names = ("id", "file_name", "size", "sha256", "shape", "audience", "status", "bytes_read", "error", "by")
    instants = ("created_at", "started_at", "finished_at", "withdrawn_by", "withdrawn_at")
    return (
        {name: getattr(one, name) for name in names}
        | asdict(one.counts)
        | {name: getattr(one, name) for name in instants}
    )


def as_found(one: Import) -> list[tuple[str, str]]:
    """What was stated about the file, where anything was."""
    kept = {"Shape": one.shape, "Audience": one.audience.value, "As of": one.plan.get("as_of") or ""}
    mapping = {f"Field {name}": value for name, value in (one.plan.get("mapping") or {}).items()}
    return [(name, value) for name, value in (kept | mapping).items() if value]
