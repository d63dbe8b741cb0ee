"""Mails as they came, kept in the home folder before anybody reads them, for 30 days."""

import os
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

KEPT = timedelta(days=30)


def keep(home: Path, source: str, raw: bytes, now: datetime) -> str:
    """Return when the mail is on disk: where it lies, from the home folder. The same mail lies there once."""
    name = f"{blake2b(raw, digest_size=16).hexdigest()}.eml"
    folder = home / "mails" / source / f"{now:%Y-%m-%d}"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".part")
        with aside.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
        _sync(folder)
    return str(path.relative_to(home))


def purge(home: Path, now: datetime) -> int:
    """Drop the mails of days that are more than 30 days ago; how many there were."""
    earliest = f"{now - KEPT:%Y-%m-%d}"
    gone = 0
    for folder in (home / "mails").glob("*/*"):
        if folder.is_dir() and folder.name < earliest:
            for path in folder.iterdir():
                path.unlink()
                gone += path.suffix == ".eml"
            folder.rmdir()
    return gone


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
