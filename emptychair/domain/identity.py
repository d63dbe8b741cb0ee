"""What people decided about who is who; the rest of it follows from what was told (ledger/links)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """Two known people are one, and are called `into`."""

    audience: str
    gone: str
    into: str


@dataclass(frozen=True, slots=True, order=True)
class Separation:
    """What was told notwithstanding, a device is not this person's."""

    audience: str
    device: str
    person: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions that hold."""

    merges: tuple[Merge, ...] = ()
    separations: tuple[Separation, ...] = ()


def roots(merges: tuple[Merge, ...]) -> dict[tuple[str, str], str]:
    """What everybody who was merged into somebody is called in the end, by audience and id.

    Of several merges of one id the first in order holds; a merge that would close a circle does not.

    >>> roots((Merge("customer", "a", "b"), Merge("customer", "b", "c")))
    {('customer', 'a'): 'c', ('customer', 'b'): 'c'}
    """
    into: dict[tuple[str, str], str] = {}
    for merge in sorted(merges):
        begin = (merge.audience, merge.gone)
        if begin not in into and _end(into, (merge.audience, merge.into)) != merge.gone:
            into[begin] = merge.into
    return {begin: _end(into, begin) for begin in into}


def _end(into: dict[tuple[str, str], str], begin: tuple[str, str]) -> str:
    audience, person = begin
    while (audience, person) in into:
        person = into[audience, person]
    return person
