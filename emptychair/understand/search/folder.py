"""Where the index lies, under which mark, and whether it is whole: it can always be made again."""

import secrets
import shutil
from pathlib import Path

from tantivy import Index

from emptychair.understand.language.embedding import Model, Tier
from emptychair.understand.language.own import Own
from emptychair.understand.search import meanings, words
from emptychair.understand.search.torn import TornError, noticed

# Of another version than this nothing is read, and everything is made anew.
VERSION = 1
_MARK = "mark"


def folder_of(language: Path, model: Model) -> Path:
    """Where the index of a model lies. Raises ModelTrouble for a folder without a model."""
    return language / f"search-{VERSION}-{model if isinstance(model, Tier) else model.name}"


def own_folder(folder: Path, spaces: str) -> Path:
    """Where the meanings lie that spaces of own words with this mark tell."""
    return folder / f"own-{spaces}"


def mark(folder: Path) -> str | None:
    """What tells this index from one that was made before or after it; None where there is none."""
    try:
        return (folder / _MARK).read_text() or None
    except FileNotFoundError:
        return None


def ready(language: Path, model: Model, *, check: bool) -> str:
    """The mark of the index, which is begun anew where it is missing, torn or of another version.

    Whoever has read texts under another mark has to read them again. With `check` its files are looked at,
    which nobody may do while somebody writes.
    """
    folder = folder_of(language, model)
    for other in language.glob("search-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    found = mark(folder)
    if found is not None and not (check and is_torn(folder)):
        return found
    return _begun(folder)


def current(language: Path, own: Own | None = None) -> tuple[Path, Model] | None:
    """The index that there is, and its model: one that comes with the product, or the company's `own`."""
    models: list[Model] = [*Tier, *([] if own is None else [own])]
    return next(
        ((folder, model) for model in models if mark(folder := folder_of(language, model)) is not None), None
    )


def is_torn(folder: Path) -> bool:
    """Whether files of an index are missing or shorter than they say."""
    try:
        with noticed():
            Index.open(str(folder / "words")).searcher()
            for each in (folder / "meanings", *folder.glob("own-*")):
                meanings.check(each)
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
