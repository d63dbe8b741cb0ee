"""Keys of `properties` that questions ask for become columns of their own, and stay so over rebuilds."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec

from emptychair.ledger.durable import write_file

KEYS = """
select distinct unnest(json_keys(case when json_valid(properties) then properties end)) as key
from signal_rows where properties <> '{}' order by key
"""


def promoted_keys(path: Path) -> dict[str, str]:
    """The promoted keys and their columns."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}


def keep(path: Path, promoted: Mapping[str, str]) -> None:
    """Write the promoted keys down, durably."""
    write_file(path, msgspec.json.format(msgspec.json.encode(promoted)))


def column_for(key: str, promoted: Mapping[str, str]) -> str:
    """The name of the column of `key`: `p_` and the key in plain letters, marked when another key has it."""
    plain = "p_" + (re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")[:40] or "key")
    if plain in promoted.values() or plain == "p_key":
        plain += "_" + blake2b(key.encode(), digest_size=4).hexdigest()
    return plain


def extraction(key: str) -> str:
    """The SQL for the text under `key` of `properties`: null when absent, JSON null, or no JSON at all."""
    pointer = "/" + key.replace("~", "~0").replace("/", "~1").replace("'", "''")
    return f"case when json_valid(properties) then json_extract_string(properties, '{pointer}') end"


def extracted(promoted: Mapping[str, str]) -> str:
    """The promoted columns as the end of a select list."""
    return "".join(f", {extraction(key)} as {column}" for key, column in promoted.items())
