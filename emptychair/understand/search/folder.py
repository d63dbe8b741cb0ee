"""Where the index lies, under which mark, and whether it is whole: it can always be made again."""

import secrets
import shutil
from pathlib import Path

from tantivy import Index

from emptychair.understand.language.embedding import Tier
from emptychair.understand.search import meanings, words
from emptychair.understand.search.torn import TornError, noticed

# Of another version than this nothing is read, and everything is made anew.
VERSION = 1
_MARK = "mark"


def folder_of(language: Path, tier: Tier) -> Path:
    """Where the index of a tier lies."""
    return language / f"search-{VERSION}-{tier}"


def mark(folder: Path) -> str | None:
    """What tells this index from one that was made before or after it; None where there is none."""
    try:
        return (folder / _MARK).read_text() or None
    except FileNotFoundError:
        return None


def ready(language: Path, tier: Tier, *, check: bool) -> str:
    """The mark of the index, which is begun anew where it is missing, torn or of another version.

    Whoever has read texts under another mark has to read them again. With `check` its files are looked at,
    which nobody may do while somebody writes.
    """
    folder = folder_of(language, tier)
    for other in language.glob("search-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    found = mark(folder)
    if found is not None and not (check and is_torn(folder)):
        return found
    return _begun(folder)


def current(language: Path) -> tuple[Path, Tier] | None:
    """The index that there is, and its tier."""
    return next(
        ((folder, tier) for tier in Tier if mark(folder := folder_of(language, tier)) is not None), None
    )


def is_torn(folder: Path) -> bool:
    """Whether files of an index are missing or shorter than they say."""
    try:
        with noticed():
            Index.open(str(folder / "words")).searcher()
            meanings.check(folder / "meanings")
    except TornError:
        return True
    return False


def _begun(folder: Path) -> str:
    """The mark comes last: a folder without one counts for nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "meanings").mkdir(parents=True)
    words.create(folder / "words")
    fresh = secrets.token_hex(4)
    written = folder / f"{_MARK}.new"
    written.write_text(fresh)
    written.replace(folder / _MARK)
    return fresh
