"""What the simulation of the customers leaves behind: columns of spells, returns, contacts, surveys."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emptychair.demo.clock import Flags, Floats, Ints


class Log:
    """Columns that grow week by week."""

    def __init__(self, *names: str) -> None:
        self._parts: dict[str, list[Floats]] = {name: [] for name in names}

    def add(self, **columns: npt.NDArray[np.generic]) -> None:
        """One batch of rows; every column of the log must be given."""
        for name, parts in self._parts.items():
            parts.append(columns[name].astype(np.float64))

    def columns(self) -> dict[str, Floats]:
        """Each column as one array."""
        return {
            name: np.concatenate(parts) if parts else np.zeros(0, dtype=np.float64)
            for name, parts in self._parts.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """One row per subscription: its person and days (`end` infinite while open), what weighed at its end."""

    person: Ints
    start: Floats
    end: Floats
    theme: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """One row per parcel sent back: asked for at, whether its refund was slow, paid back at."""

    person: Ints
    at: Floats
    is_slow: Flags
    paid_at: Floats

    @classmethod
    def of(cls, log: Log) -> "Returns":
        """The rows of the log."""
        row = log.columns()
        return cls(
            person=row["person"].astype(np.int64),
            at=row["at"],
            is_slow=row["is_slow"] > 0,
            paid_at=row["paid_at"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """One row per contact: its theme, the loss of the care team then, a promise (infinite: none, never)."""

    person: Ints
    at: Floats
    theme: Ints
    loss: Floats
    due_at: Floats
    resolved_at: Floats

    @classmethod
    def of(cls, log: Log) -> "Contacts":
        """The rows of the log."""
        row = log.columns()
        return cls(
            person=row["person"].astype(np.int64),
            at=row["at"],
            theme=row["theme"].astype(np.int64),
            loss=row["loss"],
            due_at=row["due_at"],
            resolved_at=row["resolved_at"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """One row per customer whose sign-in the release broke: the first time it failed."""

    person: Ints
    at: Floats

    @classmethod
    def of(cls, log: Log) -> "Failures":
        """The rows of the log."""
        row = log.columns()
        return cls(person=row["person"].astype(np.int64), at=row["at"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveys:
    """One row per survey sent: the score that the person would give (0-10), and whether they answered."""

    person: Ints
    at: Floats
    score: Ints
    is_answered: Flags
    theme: Ints

    @classmethod
    def of(cls, log: Log) -> "Surveys":
        """The rows of the log."""
        row = log.columns()
        return cls(
            person=row["person"].astype(np.int64),
            at=row["at"],
            score=row["score"].astype(np.int64),
            is_answered=row["is_answered"] > 0,
            theme=row["theme"].astype(np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """One row per cue of the emerging need: a search without a result, or words."""

    person: Ints
    at: Floats
    is_search: Flags

    @classmethod
    def of(cls, log: Log) -> "Cues":
        """The rows of the log."""
        row = log.columns()
        return cls(person=row["person"].astype(np.int64), at=row["at"], is_search=row["is_search"] > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Everything that happened to the customers; `failed_at`: one entry per customer, mostly infinite."""

    spells: Spells
    returns: Returns
    contacts: Contacts
    failures: Failures
    surveys: Surveys
    cues: Cues
    failed_at: Floats
