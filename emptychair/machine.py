"""What the machine has: how much of its memory questions may take before they work on disk."""

import os
from contextlib import suppress
from pathlib import Path

LEAST = 10**9
"""On a small machine too: a server with much to do stays at about so much (reliability)."""

_SHARE = 4
# What a container may take, of the second and the first version of control groups.
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def for_questions(total: int | None = None) -> str:
    """A quarter of the memory that is there, in whole gigabytes, and 1GB at least.

    Counts of a million people take 2.5 GB; in one they take twice as long, in four none of it goes to disk.

    >>> for_questions(4 * 10**9), for_questions(10**9), for_questions(24 * 10**9)
    ('1GB', '1GB', '6GB')
    """
    there = memory() if total is None else total
    return f"{max(there // _SHARE, LEAST) // 10**9}GB"


def memory(limits: tuple[Path, ...] = _LIMITS) -> int:
    """Bytes of memory of this machine, or of the container where that allows less."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in limits:
        with suppress(OSError, ValueError):  # no such file, or "max"
            found.append(int(path.read_text()))
    return min(found)
