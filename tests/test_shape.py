"""The shape of the house: what a newcomer may rely on, checked on every change."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "emptychair").rglob("*.py"))
FORBIDDEN = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "service",
    "services",
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def headings(*files: str) -> str:
    lines = "\n".join((ROOT / "docs" / file).read_text() for file in files)
    return "\n".join(line for line in lines.splitlines() if line.startswith("#"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_one_subject_of_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_named_for_its_subject(path: Path) -> None:
    assert not FORBIDDEN & set(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_begins_with_one_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring is not None
    assert len(docstring.splitlines()) == 1, "one sentence, on one line"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_clock_or_randomness_hides_inside(path: Path) -> None:
    """Only the edge reads the clock: the command line and the joining of parts."""
    if path.relative_to(ROOT).parts[1] in {"cli", "app.py"}:
        return
    found = re.findall(
        r"datetime\.(?:now|utcnow|today)\(|date\.today\(|random\.(?:random|choice)\(", path.read_text()
    )
    assert found == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_work_is_left_marked_as_unfinished(path: Path) -> None:
    assert re.findall(r"\b(?:TODO|FIXME|XXX)\b|NotImplementedError|except Exception", path.read_text()) == []


def test_every_signal_kind_is_explained() -> None:
    from emptychair.domain.signal import Kind

    text = headings("signals.md")
    assert [kind for kind in Kind if f"`{kind}`" not in text] == []


def test_every_command_is_explained() -> None:
    from emptychair.cli import commands

    text = headings("commands.md")
    assert [command for command in commands() if f"`emptychair {command}`" not in text] == []


def test_every_setting_is_explained() -> None:
    from emptychair.config import NAMES
    from emptychair.desk import board_settings, mail_settings, risk_settings, writer_settings
    from emptychair.desk.settings import KEYS

    text = headings("settings.md")
    assert [
        key
        for key in (
            *NAMES,
            *KEYS,
            *mail_settings.KEYS,
            *board_settings.KEYS,
            *writer_settings.KEYS,
            *risk_settings.KEYS,
        )
        if f"`{key}`" not in text
    ] == []


def test_every_job_is_explained() -> None:
    from emptychair.jobs import JOBS

    text = headings("operations.md")
    assert [job.name for job in JOBS if f"`{job.name}`" not in text] == []


def test_every_route_is_explained() -> None:
    from emptychair.web.access import RULES

    text = headings("api.md")
    assert [rule.route for rule in RULES if f"`{rule.method} {rule.route}`" not in text] == []


def test_the_host_of_no_registry_is_named() -> None:
    hosts = re.compile(r"pythonhosted|registry\.npmjs|deb\.debian\.org|pypi\.org")
    # Folders that begin with a dot are tools and caches that the commands set up, not the project.
    files = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in {".py", ".md", ".toml", ".html"}
        and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]
    assert [name(path) for path in files if path != Path(__file__) and hosts.search(path.read_text())] == []
