"""What a person stated about a file, as it is kept on the desk until the import runs."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from emptychair.domain.signal import Audience
from emptychair.listen.imports.plan import Plan, Shape, options_and_mapping
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.proposal import propose
from emptychair.listen.imports.reading import Options, Reading, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """None or absent means: as it is found. `mapping` is what `--map` takes, options of the file included."""

    shape: Shape | None = None
    audience: Audience | None = None
    as_of: date | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> Options:
        """What was stated about the file itself. Raises ImportRefused when it cannot be."""
        return self._split()[0]

    def plan(self, reading: Reading) -> Plan:
        """What the import would do with this reading. Raises ImportRefused for what does not exist."""
        return propose(
            reading, shape=self.shape, mapping=self._split()[1], audience=self.audience, as_of=self.as_of
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads again."""
        return {
            "shape": self.shape,
            "audience": self.audience,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "mapping": dict(self.mapping),
        }

    def _split(self) -> tuple[Options, dict[str, str]]:
        return options_and_mapping([f"{name}={value}" for name, value in self.mapping.items()])


def from_json(kept: Mapping[str, Any]) -> Stated:
    """What `as_json` wrote."""
    return from_texts(
        shape=kept.get("shape") or "",
        audience=kept.get("audience") or "",
        as_of=kept.get("as_of") or "",
        mapping=kept.get("mapping") or {},
    )


def from_texts(*, shape: str, audience: str, as_of: str, mapping: Mapping[str, str]) -> Stated:
    """What somebody typed; empty means: as it is found. Raises ImportRefused for a word that is not known."""
    return Stated(
        shape=_one_of(Shape, shape, "shape"),
        audience=_one_of(Audience, audience, "audience"),
        as_of=_day(as_of),
        mapping=dict(mapping),
    )


def read_as(path: Path, name: str, folder: Path, stated: Stated) -> Reading:
    """The file, called by the name that its sender gave it. Raises ImportRefused, in that name."""
    try:
        return replace(read(path, folder=folder, options=stated.options), name=name)
    except ImportRefused as refusal:
        raise ImportRefused(str(refusal).replace(path.name, name)) from None


def _one_of(choices: Any, text: str, what: str) -> Any:
    if not text:
        return None
    with suppress(ValueError):
        return choices(text)
    raise ImportRefused(f"{text[:40]!r} is no {what}: choose from {', '.join(choices)}")


def _day(text: str) -> date | None:
    if not text:
        return None
    with suppress(ValueError):
        return date.fromisoformat(text)
    raise ImportRefused(f"{text[:40]!r} is no day: expected one such as 2026-01-31")
