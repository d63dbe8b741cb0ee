"""A folder into which files are dropped: each is taken in as an import under one plan, and moved aside."""

import fnmatch
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

from emptychair.desk import imports
from emptychair.desk.imports import Import, Status
from emptychair.listen.imports import queue
from emptychair.listen.imports.direct import planned
from emptychair.listen.imports.plan import Shape
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.stated import Stated
from emptychair.listen.sources.asked import matching
from emptychair.listen.sources.system import Ask, Errand, Fetched, SourceTrouble, System, Want

DONE, FAILED = "done", "failed"
# A file that changed so lately may still be written.
SETTLED = timedelta(seconds=10)
AT_ONCE = 5
_WAIT = timedelta(seconds=3)
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", "~")


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file that is being taken in: its import, and what it was like then."""

    id: str
    size: int
    changed: int


def step(errand: Errand) -> Fetched:
    """Settle what ended, and take up what is new, a few files at once."""
    place = _place(errand)
    if errand.is_trial:
        return Fetched(cursor={}, note=_looked_at(errand, place))
    taken = {name: _Taken(**told) for name, told in (errand.cursor.get("taken") or {}).items()}
    try:
        (place / DONE).mkdir(parents=True, exist_ok=True)
        (place / FAILED).mkdir(exist_ok=True)
        before = len(taken)
        taken = {name: one for name, one in taken.items() if not _is_settled(errand, place, name, one)}
        brought = before - len(taken)
        fresh = [name for name in _files(errand, place) if name not in taken]
        for name in fresh[: AT_ONCE - len(taken)]:
            one = _taken_up(errand, place, name)
            if one is not None:
                taken[name] = one
    except OSError as problem:
        what = problem.strerror or str(problem)
        raise SourceTrouble(f"The folder {place} cannot be used: {what}.", is_temporary=True) from None
    return Fetched(
        cursor={"taken": {name: asdict(one) for name, one in taken.items()}},
        is_more=bool(taken) or len(fresh) > AT_ONCE,
        wait=_WAIT,
        brought=brought,
        note=_note(place),
    )


def place_of(home: Path, folders: tuple[Path, ...], told: str) -> Path:
    """The folder that is meant: inside `<home>/drop`, or inside one that the operator allows.

    Raises SourceTrouble for any other.
    """
    root = (home / "drop").resolve()
    path = (root / told).resolve()
    for allowed in (root, *(folder.resolve() for folder in folders)):
        if path == allowed or allowed in path.parents:
            return path
    raise SourceTrouble(
        f"{path} is neither inside {root} nor in a folder that is allowed; whoever operates this "
        "installation can allow one with EMPTYCHAIR_FOLDERS."
    )


def _place(errand: Errand) -> Path:
    place = place_of(errand.means.home, errand.means.folders, errand.setting("folder"))
    if place.is_dir():
        return place
    if (errand.means.home / "drop").resolve() in place.parents:
        if not errand.is_trial:
            place.mkdir(parents=True, exist_ok=True)
        return place
    raise SourceTrouble(f"There is no folder {place}.")


def _files(errand: Errand, place: Path) -> Iterator[str]:
    """Names of files that are there as a whole, oldest first; no links, which may lead anywhere."""
    pattern = errand.setting("pattern", "*")
    found = []
    with os.scandir(place) as entries:
        for entry in entries:
            is_meant = not entry.name.startswith(".") and not entry.name.endswith(_UNFINISHED)
            if not is_meant or not fnmatch.fnmatch(entry.name, pattern) or not entry.name.isprintable():
                continue
            if entry.is_file(follow_symlinks=False):
                found.append((entry.stat(follow_symlinks=False).st_mtime, entry.name))
    latest = (errand.now - SETTLED).timestamp()
    yield from (name for changed, name in sorted(found) if changed <= latest)


def _taken_up(errand: Errand, place: Path, name: str) -> _Taken | None:
    """The file as an import that waits for its turn; None when it was refused and moved aside."""
    folder = errand.means.home / "imports" / "incoming" / token_hex(8)
    folder.mkdir(parents=True)
    copy = folder / ("file" + "".join(Path(name).suffixes[-2:])[:40])
    try:
        stat, digest = _copied(place / name, copy)
        try:
            one = _import(errand, name, stat.st_size, digest, copy)
        except ImportRefused as refusal:
            _set_aside(errand, place, name, FAILED, str(refusal))
            return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    queue.start(errand.means.desk, one.id, by="system", now=errand.now)
    return _Taken(one.id, stat.st_size, stat.st_mtime_ns)


def _import(errand: Errand, name: str, size: int, digest: str, copy: Path) -> Import:
    """Raises ImportRefused when it cannot be taken in under the plan."""
    stated = _stated(errand)
    with planned(copy, stated, errand.means.home, name) as file:
        shape = file.plan.ready_shape()
        audience = file.plan.audience
    with errand.means.desk.begin() as tx:
        # One that waits is of a process that died before it had written down that it took the file up.
        for same in (
            *imports.recent(tx, status=Status.RUNNING),
            *imports.recent(tx, status=Status.PREVIEWED),
        ):
            if same.sha256 == digest and same.plan.get("drop") == errand.source:
                return same
        one = imports.preview(
            tx,
            file_name=name,
            size=size,
            sha256=digest,
            shape=shape,
            audience=audience,
            plan=stated.as_json() | {"file": copy.name, "drop": errand.source},
            by="system",
            now=errand.now,
        )
        copy.parent.rename(errand.means.home / "imports" / one.id)
    return one


def _is_settled(errand: Errand, place: Path, name: str, one: _Taken) -> bool:
    """Whether its import has ended; then the file is moved aside, unless it is another one by now."""
    with errand.means.desk.read() as tx:
        found = imports.find(tx, one.id)
    if found is not None and found.status in (Status.RUNNING, Status.PREVIEWED):
        return False
    path = place / name
    if not path.exists():
        return True
    stat = path.stat()
    if (stat.st_size, stat.st_mtime_ns) != (one.size, one.changed):
        return True
    if found is None or found.status is not Status.DONE:
        why = "it was taken back" if found is None else found.error or found.status.value
        _set_aside(errand, place, name, FAILED, why)
    else:
        _set_aside(errand, place, name, DONE, None)
    return True


def _set_aside(errand: Errand, place: Path, name: str, where: str, why: str | None) -> None:
    """Move the file; another of its name that lies there keeps it. The reason lies beside it."""
    target = place / where / name
    if target.exists():
        target = target.with_name(f"{errand.now:%Y-%m-%dT%H%M%S}-{token_hex(2)}-{name}")
    (place / name).rename(target)
    if why is not None:
        target.with_name(f"{target.name}.reason.txt").write_text(why + "\n", "utf-8")


def _copied(path: Path, copy: Path) -> tuple[os.stat_result, str]:
    source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(source, "rb") as file, copy.open("wb") as target:
        stat = os.fstat(file.fileno())
        shutil.copyfileobj(file, target, 1 << 20)
    with copy.open("rb") as file:
        return stat, hashlib.file_digest(file, "sha256").hexdigest()


def _stated(errand: Errand) -> Stated:
    shape = errand.setting("shape")
    return Stated(
        shape=Shape(shape) if shape else None,
        audience=errand.audience,
        mapping=_pairs(errand.setting("mapping")),
    )


def _pairs(text: str) -> dict[str, str]:
    pairs = {}
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        name, sign, value = line.partition("=")
        if not sign or not name.strip():
            raise ValueError(f"expected FIELD=COLUMN in each line, not {line[:60]!r}")
        pairs[name.strip().lower()] = value
    return pairs


def _note(place: Path) -> str | None:
    failed = sum(1 for path in (place / FAILED).iterdir() if path.name.endswith(".reason.txt"))
    if not failed:
        return None
    return f"Files that were refused lie in {place / FAILED}, with their reasons beside them: {failed:,}."


def _looked_at(errand: Errand, place: Path) -> str:
    """What is there, and what the first of it would be taken for."""
    if not place.is_dir():
        return f"The folder {place} is made when the source is."
    names = list(_files(errand, place))
    if not names:
        return f"{place} is there and has no file to take in."
    first = place / names[0]
    try:
        with planned(first, _stated(errand), errand.means.home, names[0]) as file:
            shape = file.plan.ready_shape()
    except ImportRefused as refusal:
        raise SourceTrouble(f"{names[0]} could not be taken in: {refusal}") from None
    except OSError as problem:
        raise SourceTrouble(f"{first} cannot be read: {problem.strerror}.") from None
    return f"Files to take in: {len(names):,}. The first, {names[0]}, is taken for {shape}."


def _checked_mapping(text: str) -> str:
    _pairs(text)
    return text


SYSTEM = System(
    key="folder",
    door=None,
    step=step,
    every=timedelta(minutes=5),
    asks=(
        Ask(name="folder", is_needed=True, longest=500),
        Ask(
            name="pattern",
            default="*",
            check=matching(r"[^/\\\0]{1,100}", "a pattern of names such as *.csv"),
        ),
        Ask(name="shape", want=Want.CHOICE, choices=("", *Shape), moves=False),
        Ask(name="mapping", want=Want.LINES, check=_checked_mapping, moves=False),
    ),
)
