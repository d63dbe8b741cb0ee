"""Descriptions of Debian's packages as translators wrote them: title, first sentence and section of each."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

# By the codes of language.tongue: what Debian calls them.
LANGUAGES = {"es": "es", "pt": "pt_BR", "ru": "ru", "ja": "ja", "zh": "zh_CN"}
MOST = 2_000
_TITLE = re.compile(r"^Description-(?!md5)\w+: (.*)\n((?: .*\n?)*)", re.MULTILINE)
_STOP = re.compile(r"(?<=[.。])\s*")


@dataclass(frozen=True, slots=True)
class Description:
    """What a package is, in a line and in a sentence, and where Debian's archive has it."""

    title: str
    sentence: str
    section: str


def descriptions() -> dict[str, list[Description]]:
    """By language up to 2,000 different ones. Raises OSError or CalledProcessError where there is no apt."""
    with TemporaryDirectory() as folder:
        lists = Path(folder)
        (lists / "partial").mkdir()
        told = {
            "Dir::State::Lists": folder, "Acquire::Languages": ",".join(["en", *LANGUAGES.values()]),
            "Acquire::GzipIndexes": "false", "Dir::Etc::SourceParts": "/dev/null" if _plain() else "",
            "APT::Sandbox::User": "root",
        }  # fmt: skip
        options = [part for name, value in told.items() if value for part in ("-o", f"{name}={value}")]
        subprocess.run(["apt-get", *options, "update"], check=True, capture_output=True)
        sections = _sections(lists)
        return {code: _of(lists, name, sections) for code, name in LANGUAGES.items()}


def _plain() -> bool:
    """Whether the archive itself is named beside other sources, which are of no use here."""
    plain = Path("/etc/apt/sources.list")
    return plain.exists() and "debian" in plain.read_text()


def _sections(lists: Path) -> dict[str, str]:
    found = {}
    for path in sorted(lists.glob("*_main_binary-*_Packages")):
        for block in path.read_text().split("\n\n"):
            told = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line[:40])
            if "Package" in told:
                found[told["Package"]] = told.get("Section", "")
    return found


def _of(lists: Path, name: str, sections: dict[str, str]) -> list[Description]:
    found: dict[str, Description] = {}
    for path in sorted(lists.glob(f"*Translation-{name.replace('_', '%5f')}")):
        for block in path.read_text().split("\n\n"):
            package, told = re.search(r"^Package: (\S+)", block), _TITLE.search(block)
            if package is None or told is None:
                continue
            lines = [line.strip() for line in told[2].split("\n")]
            paragraph = " ".join(lines[: lines.index(".")] if "." in lines else lines).strip()
            sentence = _STOP.split(paragraph)[0][:600]
            if len(paragraph) >= 30 and (section := sections.get(package[1])):
                found.setdefault(sentence, Description(told[1].strip(), sentence, section))
    return list(found.values())[:MOST]
