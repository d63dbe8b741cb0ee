"""Installs the Debian packages that the tests of real parts need, or says plainly what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = {
    "chromium": "chromium",
    "java": "openjdk-17-jre-headless",
    "/usr/lib/postgresql/*/bin/initdb": "postgresql",
    "/usr/sbin/postfix": "postfix",
    "/usr/sbin/dovecot": "dovecot-imapd",
}


def is_there(program: str) -> bool:
    """True when the program is on the path, or a file matches the pattern."""
    if program.startswith("/"):
        return any(Path("/").glob(program[1:]))
    return shutil.which(program) is not None


def main() -> int:
    """Zero when everything is there; one when continuous integration would go on without it."""
    missing = [package for program, package in NEEDED.items() if not is_there(program)]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        subprocess.run(install, check=False, env=environment, stdout=subprocess.DEVNULL)
        missing = [package for program, package in NEEDED.items() if not is_there(program)]
    if missing:
        print(f"Not installed: {', '.join(missing)}. The tests that need them will be skipped.")
        print(f"To run them: sudo apt-get install {' '.join(missing)}")
    return 1 if missing and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
