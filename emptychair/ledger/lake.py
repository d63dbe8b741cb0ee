"""The truth: sorted Parquet by month, changed only by commits that happen whole or not at all."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from secrets import token_hex

import msgspec

from emptychair.ledger.bookkeeping import BookRow
from emptychair.ledger.durable import sync_file, sync_folder, write_file

_RECORD = re.compile(r"^(\d{10})\.json$")
# A file with this in its name holds rows in the order they came in: 0000000007-0.parquet.
AS_THEY_CAME = "-"


class Change(StrEnum):
    """Why files of the lake changed."""

    ADMIT = "admit"
    SEAL = "seal"
    COMPACT = "compact"
    WITHDRAW = "withdraw"


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the lake: files added and removed, as paths below `signals`.

    `sealed` is the last journal segment whose rows are in the lake, carried from commit to commit. `books`
    tell what became of the events of a seal. Of a withdrawal `ids` are the rows that went; None: the whole
    source.
    """

    number: int
    change: Change
    source: str | None
    sealed: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    books: tuple[BookRow, ...] = ()
    ids: tuple[str, ...] | None = None


class Lake:
    """The folder of Parquet files; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        """Open, finishing the commit that a crash left half done and discarding what was never committed."""
        self.signals = folder / "signals"
        self._staging = folder / "_staging"
        self._commits = folder / "_commits"
        self._aside: set[str] = set()
        for part in (self.signals, self._staging, self._commits):
            part.mkdir(parents=True, exist_ok=True)
        self.head = self.record(0)
        self.recover()

    def files(self) -> list[str]:
        """The Parquet files below `signals`, in order of month, then of commit."""
        return sorted(str(path.relative_to(self.signals)) for path in self.signals.glob("month=*/*.parquet"))

    def months(self) -> dict[str, list[str]]:
        """The files of each month (YYYY-MM)."""
        found: dict[str, list[str]] = {}
        for file in self.files():
            found.setdefault(file.split("/")[0].removeprefix("month="), []).append(file)
        return found

    def staged(self, month: str) -> Path:
        """Where the next commit's file of `month` (YYYY-MM) is to be written."""
        number = self.head.number + 1
        folder = self._staging / f"{number:010d}" / f"month={month}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{number:010d}.parquet"

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """A folder for files that are written over a longer time, as <folder>/month=YYYY-MM/<name>.parquet.

        `take` stages them. What is left at the end is removed.
        """
        folder = self._staging / f"aside-{token_hex(8)}"
        folder.mkdir()
        self._aside.add(folder.name)
        try:
            yield folder
        finally:
            self._aside.discard(folder.name)
            shutil.rmtree(folder, ignore_errors=True)

    def take(self, folder: Path) -> None:
        """Move the files of a folder that `aside` gave to the next commit, which gives them its number."""
        for path in folder.glob("month=*/*.parquet"):
            month = path.parent.name.removeprefix("month=")
            target = self.staged(month)
            path.rename(target.with_stem(f"{target.stem}{AS_THEY_CAME}{path.stem}"))

    def commit(
        self,
        change: Change,
        *,
        source: str | None = None,
        sealed: int | None = None,
        removed: Iterable[str] = (),
        books: tuple[BookRow, ...] = (),
        ids: Iterable[str] | None = None,
    ) -> Commit:
        """Make the staged files part of the lake and remove others, as one; durable when it returns."""
        number = self.head.number + 1
        staging = self._staging / f"{number:010d}"
        staging.mkdir(exist_ok=True)
        files = sorted(staging.glob("month=*/*.parquet"))
        _sync_all([*files, *{file.parent for file in files}, staging, self._staging])
        record = Commit(
            number=number,
            change=change,
            source=source,
            sealed=self.head.sealed if sealed is None else sealed,
            added=tuple(str(file.relative_to(staging)) for file in files),
            removed=tuple(removed),
            books=books,
            ids=None if ids is None else tuple(ids),
        )
        # From here on it has happened: a crash is followed by `recover`.
        write_file(self._commits / f"{number:010d}.json", msgspec.json.format(msgspec.json.encode(record)))
        self.head = record
        self._apply(record)
        return record

    def recover(self) -> None:
        """Finish what was committed, discard what was not, and know the last commit."""
        numbers = self._numbers()
        self.head = self.record(max(numbers, default=0))
        for staging in sorted(self._staging.iterdir()):
            if staging.name.isdecimal() and int(staging.name) in numbers:
                self._apply(self.record(int(staging.name)))
            elif staging.name not in self._aside:
                shutil.rmtree(staging)

    def _apply(self, record: Commit) -> None:
        staging = self._staging / f"{record.number:010d}"
        for name in record.added:
            (self.signals / name).parent.mkdir(exist_ok=True)
            if (staging / name).exists():
                (staging / name).rename(self.signals / name)
        for name in record.removed:
            (self.signals / name).unlink(missing_ok=True)
        touched = {(self.signals / name).parent for name in (*record.added, *record.removed)}
        _sync_all([self.signals, *(folder for folder in touched if folder.exists())])
        for folder in touched:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        shutil.rmtree(staging)

    def _numbers(self) -> set[int]:
        return {int(found[1]) for path in self._commits.iterdir() if (found := _RECORD.match(path.name))}

    def records(self) -> Iterator[Commit]:
        """Every commit there was, oldest first. O(commits)."""
        return (self.record(number) for number in sorted(self._numbers()))

    def record(self, number: int) -> Commit:
        """The commit with this number; 0 is the empty lake before the first."""
        if number == 0:
            return Commit(number=0, change=Change.SEAL, source=None, sealed=0, added=(), removed=())
        return msgspec.json.decode((self._commits / f"{number:010d}.json").read_bytes(), type=Commit)


def is_sorted(names: list[str]) -> bool:
    """True when these files of a month are one, and it lies sorted by person and time."""
    return len(names) == 1 and AS_THEY_CAME not in Path(names[0]).name


def _sync_all(paths: list[Path]) -> None:
    """Sync many files at once: the disk joins what waits together."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1) * 4) as pool:
        list(pool.map(lambda path: sync_folder(path) if path.is_dir() else sync_file(path), paths))
