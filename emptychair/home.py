"""The one folder of an installation: who holds it, and how to reach who does."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server of this home: where it listens, and the token that lets this machine's owner in."""

    url: str
    token: str


class HomeInUse(Exception):
    """Another process holds this home and cannot be asked to do the work."""


def new_token(home: Path) -> str:
    """A fresh token for the command line of this machine, readable by the owner of the folder alone."""
    token = secrets.token_urlsafe(32)
    _write_private(home / "run" / "token", token)
    return token


def announce(home: Path, url: str) -> None:
    """Tell the command line where the server of this home listens."""
    _write_private(home / "run" / "server.json", json.dumps({"url": url, "pid": os.getpid()}))


def running(home: Path) -> Server | None:
    """The server that holds this home, or None when nobody does: a dead one's note does not count."""
    if not _is_held(home):
        return None
    try:
        note = json.loads((home / "run" / "server.json").read_text())
        return Server(url=note["url"], token=(home / "run" / "token").read_text())
    except (FileNotFoundError, ValueError, KeyError):
        return None


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold this home alone: one process owns the ledger's file.

    Raises `HomeInUse` when another process has it. The lock dies with the process, also when it is killed.
    """
    (home / "run").mkdir(parents=True, exist_ok=True)
    with (home / "run" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeInUse(
                f"{home} is in use by another command or server; try again when it has ended"
            ) from None
        for note in ("server.json", "token"):
            (home / "run" / note).unlink(missing_ok=True)
        yield


def _is_held(home: Path) -> bool:
    if not (home / "run" / "lock").exists():
        return False
    with (home / "run" / "lock").open("r") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
