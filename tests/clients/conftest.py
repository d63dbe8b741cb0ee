"""The libraries of others for Node, installed once from their registry as the lock file says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
INSTALLED = Path(__file__).parents[2] / ".clients"


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of the packages."""
    npm = Path(sys.executable).parent / "npm"
    lock = (HERE / "node" / "package-lock.json").read_text()
    told = INSTALLED / "package-lock.json"
    if not (told.exists() and told.read_text() == lock and (INSTALLED / "complete").exists()):
        shutil.rmtree(INSTALLED, ignore_errors=True)
        shutil.copytree(HERE / "node", INSTALLED)
        words = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(words, cwd=INSTALLED, capture_output=True, text=True, check=False)
        if done.returncode:
            _unavailable(f"the packages for Node could not be installed: {done.stderr[-500:]}")
        (INSTALLED / "complete").touch()
    return INSTALLED / "node_modules"


@pytest.fixture(scope="session")
def node() -> str:
    """The Node that the tests were installed with."""
    return str(Path(sys.executable).parent / "node")


def _unavailable(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
