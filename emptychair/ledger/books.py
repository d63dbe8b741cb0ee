"""What the ledger did, counted, and how it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One step of the loader: rows stored and rows refused because their id was known."""

    stored: int
    duplicate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """One relation let in: rows stored and rows refused because their id was known or came twice."""

    stored: int
    duplicate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Journal segments that became Parquet: how many, their rows, and late duplicates refused."""

    segments: int
    stored: int
    duplicate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """Closed months that became one sorted file, and the files that they were before."""

    months: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """How the ledger is: `degraded` says why questions wait, and is None when they do not.

    `journal_lag` is durable bytes that questions do not see yet. `cut_bytes` were torn from the journal's
    tail at this start, never acknowledged. `damaged` are files of bytes whose checksum failed, kept for a
    person to look at. `set_aside` are projections that could not be used. `version` is another text after
    every change that questions can see.
    """

    version: str
    rows: int
    people: int
    journal_lag: int
    cut_bytes: int
    damaged: tuple[str, ...]
    set_aside: tuple[str, ...]
    degraded: str | None
