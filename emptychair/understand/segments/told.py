"""One condition of a segment as an expression on a person, and where its values come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from emptychair.ledger.question import Parameter, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """2 where it holds, 0 where not, 1 where it cannot be told; `source` has its values, a row per person."""

    value: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    source: Question | None = None
