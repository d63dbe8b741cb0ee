"""The rules by which cues are found, as they stand in `rules.toml`."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from importlib.resources import files

_TEXT = (files(__package__) / "rules.toml").read_text("utf-8")
# Another text of the rules is another reading of all words.
VERSION = blake2b(_TEXT.encode(), digest_size=8).hexdigest()
_PARTS = "parts"


def _compiled() -> Mapping[str, Sequence[re.Pattern[str]]]:
    told = tomllib.loads(_TEXT)
    parts = told.pop(_PARTS)
    return {
        name: [
            re.compile(_filled(rule, parts), re.IGNORECASE) for rules in languages.values() for rule in rules
        ]
        for name, languages in told.items()
    }


def _filled(rule: str, parts: Mapping[str, str]) -> str:
    for name, pattern in parts.items():
        rule = rule.replace(f"{{{name}}}", pattern)
    return rule


# By the name of the cue; "any" is what every text with a cue has.
RULES: Mapping[str, Sequence[re.Pattern[str]]] = _compiled()
