"""The commands as a person runs them: a process, what it prints, and how it ends."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `emptychair` on a home of its own, in a wide terminal."""

    def command(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
        words = [sys.executable, "-m", "emptychair", *map(str, arguments)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("EMPTYCHAIR_")}
        settings = {
            **clean,
            "EMPTYCHAIR_HOME": str(tmp_path / "home"),
            "COLUMNS": "200",
            "EMPTYCHAIR_READING": "off",
            **environment,
        }
        return subprocess.run(words, capture_output=True, text=True, env=settings, timeout=120, check=False)

    return command
