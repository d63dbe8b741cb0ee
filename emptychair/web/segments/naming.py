"""What themes and segments are called, for definitions that name them by id."""

from sqlalchemy import Connection

from emptychair.desk import segments, themes
from emptychair.domain.signal import Audience


def names_of(tx: Connection, audience: Audience) -> dict[str, str]:
    """The names of an audience's themes and segments by id, of those gone or archived too."""
    named = {one.id: one.name for one in segments.every(tx, audience, with_archived=True)}
    return named | {one.id: one.name for one in themes.every(tx, audience, with_gone=True)}
