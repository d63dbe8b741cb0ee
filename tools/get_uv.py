"""Puts a pinned uv into .tools/bin, with what a machine that has only Python offers."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

PIN = "uv==0.13.9"
TOOLS = Path(__file__).resolve().parent.parent / ".tools"


def main() -> int:
    """Try a virtual environment first; Debian may lack ensurepip, then pip installs into a folder."""
    try:
        venv.create(TOOLS, with_pip=True)
        subprocess.run([TOOLS / "bin" / "python", "-m", "pip", "install", "--quiet", PIN], check=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(TOOLS, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOLS), PIN]
        if subprocess.run(command, check=False).returncode != 0:
            print("Empty Chair needs uv. Install python3-venv or python3-pip, or uv itself, and try again.")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
