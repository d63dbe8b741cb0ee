"""What a start finds in the journal: a torn tail is cut and counted, damage elsewhere is kept aside."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from emptychair.ledger import segment
from emptychair.ledger.durable import sync_file, sync_folder, write_file

_NAME = re.compile(r"^(\d{10})\.journal$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """The segments found: where each ends, bytes cut from the tail, and files of damaged bytes kept aside."""

    ends: dict[int, int]
    next_sequence: int
    cut_bytes: int
    damaged: tuple[Path, ...]


def segment_path(folder: Path, number: int) -> Path:
    """Where the segment with this number lies."""
    return folder / f"{number:010d}.journal"


def recover(folder: Path) -> Recovered:
    """Read every segment once: O(bytes). Nothing that proves itself with a checksum is ever removed."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = sorted(int(name[1]) for path in folder.iterdir() if (name := _NAME.match(path.name)))
    ends: dict[int, int] = {}
    sequence, cut = 1, 0
    for number in numbers:
        path = segment_path(folder, number)
        data = path.read_bytes()
        first = segment.first_sequence(data)
        found = list(segment.records(data, segment.HEADER_BYTES if first is not None else 0))
        kept = [one for one in found if isinstance(one, segment.Record)]
        sequence = max(sequence, first or 0) + len(kept)
        torn = _torn(found, len(data)) if number == numbers[-1] else None
        for one in found:
            if isinstance(one, segment.Damage) and one is not torn:
                _set_aside(folder, number, one, data)
        if torn is not None:
            _set_aside(folder, number, torn, data, kind="cut")
            cut += torn.end - torn.start
            _truncate(path, torn.start)
        ends[number] = torn.start if torn is not None else len(data)
    return Recovered(ends=ends, next_sequence=sequence, cut_bytes=cut, damaged=_damaged(folder))


def _torn(found: list[segment.Record | segment.Damage], size: int) -> segment.Damage | None:
    last = found[-1] if found else None
    return last if isinstance(last, segment.Damage) and last.end == size else None


def _truncate(path: Path, size: int) -> None:
    os.truncate(path, size)
    sync_file(path)


def _set_aside(
    folder: Path, number: int, damage: segment.Damage, data: bytes, *, kind: str = "damaged"
) -> None:
    aside = folder / "aside"
    aside.mkdir(exist_ok=True)
    target = aside / f"{number:010d}-{damage.start}.{kind}"
    if not target.exists():
        write_file(target, data[damage.start : damage.end])
        sync_folder(folder)


def _damaged(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted((folder / "aside").glob("*.damaged")))
