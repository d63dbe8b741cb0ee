"""A private PostgreSQL from Debian's package, in a temporary folder, gone after the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest


@contextmanager
def private_postgres() -> Iterator[str]:
    """The address of an empty database in UTF-8; skips where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        _unavailable("PostgreSQL is not installed: apt-get install postgresql")
    programs = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="empty-chair-pg-"))
    try:
        # The server refuses to run as root.
        owner = _unprivileged() if os.geteuid() == 0 else None
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        port = _free_port()
        as_owner = _runner(owner)
        # English order of text (a < B < c), as a company's server may have: ours compares by bytes anyway.
        order = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"]
        make: list[str | Path] = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "chair",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        as_owner([*make, *order, "--no-sync"])
        # No sync: this is about answers, not about durability.
        settings = f"-F -p {port} -k {folder} -c listen_addresses=127.0.0.1 -c timezone=Europe/Berlin"
        start: list[str | Path] = [programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
        as_owner([*start, "-o", settings, "start"])
        try:
            as_owner([programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "chair", "chair"])
            yield f"postgresql://chair@127.0.0.1:{port}/chair"
        finally:
            as_owner([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unavailable(why: str) -> NoReturn:
    """Skip at home; in continuous integration a test that does not run is a failure."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    _unavailable("PostgreSQL refuses to run as root and there is no other user")


def _runner(owner: pwd.struct_passwd | None) -> Callable[[Sequence[str | Path]], None]:
    def run(command: Sequence[str | Path]) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command[0]}: {done.stderr}"

    return run


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
