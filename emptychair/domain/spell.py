"""A spell is one relationship from its beginning to its end."""

from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.signal import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One relationship of one person. It is open just before `t` when started_at < t and not ended_at < t.

    So an ending at an instant belongs to the period that begins there, as everything else does.
    """

    person: str
    audience: Audience
    started_at: datetime
    ended_at: datetime | None
