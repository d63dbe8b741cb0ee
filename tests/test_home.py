"""The home folder is held by one process, and a dead one's traces do not count."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from emptychair.home import HomeInUse, announce, held, new_token, running

HOLD = """
import sys, time
from pathlib import Path
from emptychair.home import announce, held, new_token
home = Path(sys.argv[1])
with held(home):
    new_token(home)
    announce(home, "http://127.0.0.1:4711")
    print("held", flush=True)
    time.sleep(60)
"""


def holder(home: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_refused_and_finds_the_server(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(HomeInUse, match="in use by another command or server"), held(tmp_path):
            pass
        server = running(tmp_path)
        assert server is not None
        assert server.url == "http://127.0.0.1:4711"
        assert len(server.token) >= 40
        process.kill()


def test_a_killed_server_leaves_the_home_free(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert running(tmp_path) is None
        with held(tmp_path):
            assert not (tmp_path / "run" / "token").exists()


def test_nobody_but_the_owner_of_the_folder_reads_the_token(tmp_path: Path) -> None:
    new_token(tmp_path)
    announce(tmp_path, "http://127.0.0.1:1")
    modes = {stat.S_IMODE((tmp_path / "run" / name).stat().st_mode) for name in ("token", "server.json")}
    assert modes == {0o600}


def test_a_home_that_was_never_used_is_not_held(tmp_path: Path) -> None:
    assert running(tmp_path / "new") is None
