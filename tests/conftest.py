"""What every test may ask for: the engines and desks to run on, and the real data."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

# A busy machine is no fault of what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

ENGINES = ("duckdb", "spark", "clickhouse", "postgresql")
DESKS = ("sqlite", "postgresql")
# One server with a demo company and one Chromium; one Java and one PostgreSQL.
TOGETHER = ("tests/browser/", "tests/engines/")
# Each test has a home of its own, with some dozen synced writes: in memory, where there is much of it.
MEMORY, ENOUGH = Path("/dev/shm"), 8_000_000_000
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", default="duckdb", help=f"engines to ask, a comma list of {', '.join(ENGINES)}"
    )
    parser.addoption(
        "--desk", default="sqlite", help=f"desks to write on, a comma list of {', '.join(DESKS)}"
    )


def chosen(config: pytest.Config, option: str, known: tuple[str, ...]) -> list[str]:
    """The values of a comma-list option, refused when one is not known."""
    values = [value for value in str(config.getoption(option)).split(",") if value]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise pytest.UsageError(f"{option}: {', '.join(unknown)} not known; choose from {', '.join(known)}")
    return values


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `engine_name` or `desk_name` runs once on each that was chosen."""
    if "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", chosen(metafunc.config, "--engine", ENGINES), scope="session")
    if "desk_name" in metafunc.fixturenames:
        metafunc.parametrize("desk_name", chosen(metafunc.config, "--desk", DESKS), scope="session")


def pytest_configure(config: pytest.Config) -> None:
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class ByWhatTheyStart(LoadFileScheduling):
    """A file of tests runs in one process, and so do folders whose files share what is dear to start."""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        return folder or str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWhatTheyStart:
    return ByWhatTheyStart(config, log)


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays: looking for garbage in it took a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def programs_without_pandas() -> Iterator[None]:
    """Programs that tests start find what an installation has: Arrow takes half a second to load pandas."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent / "absent"), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real public data; tests that read it skip where it is absent."""
    folder = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (folder / "README.md").exists():
        pytest.skip(f"no real data here: set EMPTYCHAIR_DATA to a folder with them (looked in {folder})")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        message = "no Chromium here: install the package chromium (make system)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found
