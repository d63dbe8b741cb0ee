"""Arms: who is acted for and who is held out, by a lot that anybody can draw again."""

from collections.abc import Collection
from enum import StrEnum
from hashlib import sha256


class Arm(StrEnum):
    """One side of a comparison."""

    TREATED = "treated"
    HELD_OUT = "held_out"


def lot(salt: str, unit: str) -> int:
    """The lot of a unit (a person, a device) in what `salt` names: a whole number in [0, 2^32).

    The first 32 bits of SHA-256 over `salt:unit` in UTF-8, so that it is the same in Python, in JavaScript
    (SubtleCrypto) and in SQL (`sha256` of DuckDB and PostgreSQL, `sha2` of Spark, `SHA256` of ClickHouse).

    >>> lot("ply_1", "ada"), lot("ply_1", "ben"), lot("ply_2", "ada"), lot("ply_1", "Zoë")
    (3779294665, 3818437595, 2365625883, 1977504634)
    """
    return int.from_bytes(sha256(f"{salt}:{unit}".encode()).digest()[:4], "big")


def held_out(salt: str, units: Collection[str], share: float) -> frozenset[str]:
    """Those of the units who are held out: the smallest lots, `share` of all to the nearest whole one.

    Of a list that is known from the beginning exactly the share is held out, whoever is on it; at least one
    is, and one is not, where the share is between 0 and 1 and there are two. Raises ValueError for a share
    outside [0, 1].

    >>> sorted(held_out("ply_1", ["ada", "ben", "cyd", "dan"], 0.5))
    ['cyd', 'dan']
    >>> held_out("ply_1", ["ada", "ben"], 0.01), held_out("ply_1", ["ada"], 0.0)
    (frozenset({'ada'}), frozenset())
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    in_order = sorted(set(units), key=lambda unit: (lot(salt, unit), unit))
    count = round(share * len(in_order))
    if 0 < share < 1 and len(in_order) > 1:
        count = min(max(count, 1), len(in_order) - 1)
    return frozenset(in_order[:count])
