"""A plan while it is being made."""

from dataclasses import dataclass, field

from emptychair.domain.signal import Audience
from emptychair.listen.imports.plan import FieldPlan, Shape
from emptychair.listen.imports.problem import Problem
from emptychair.listen.imports.reading import Reading


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is settled so far, and what is still open; `stated` are the fields that `--map` spoke of."""

    reading: Reading
    shape: Shape
    audience: Audience
    fields: dict[str, FieldPlan] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stated: frozenset[str] = frozenset()
