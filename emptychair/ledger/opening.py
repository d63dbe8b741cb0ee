"""A projection opened whatever state its file is in: an unusable one is set aside and a new one begun."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from emptychair.ledger.errors import LedgerInUseError
from emptychair.ledger.projection import Place, Projection

KEPT_ASIDE = 3
_DAMAGE = (duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


def opened(place: Place) -> Projection:
    """The projection of `place`, empty when there was none or its file was damaged."""
    try:
        return Projection(place)
    except duckdb.Error as error:
        told = str(error).lower()
        if "could not set lock" in told:
            raise LedgerInUseError(f"{place.path} is open in another program: {error}") from error
        if "no space left" in told:
            raise
    set_aside(place.path)
    return Projection(place)


def set_aside(path: Path) -> None:
    """Move a damaged file out of the way under the time of its last change; the newest few are kept."""
    if path.exists():
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        path.replace(path.with_name(f"{path.name}.{changed:%Y%m%dT%H%M%S%f}.bad"))
    _log(path).unlink(missing_ok=True)
    for old in aside(path)[:-KEPT_ASIDE]:
        old.unlink()


def remove(path: Path) -> None:
    """Delete a projection that is sound but not of this lake and journal."""
    path.unlink(missing_ok=True)
    _log(path).unlink(missing_ok=True)


def aside(path: Path) -> list[Path]:
    """The files that were set aside, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.*.bad"))


def is_damage(error: duckdb.Error, path: Path) -> bool:
    """True when the error tells of the file at `path` or of the engine, not of what was asked."""
    if isinstance(error, _DAMAGE):
        return True
    told = str(error).lower()
    if "no space left" in told:
        return False
    return (
        "checksum" in told
        or "corrupt" in told
        or (isinstance(error, duckdb.IOException) and str(path).lower() in told)
    )


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
