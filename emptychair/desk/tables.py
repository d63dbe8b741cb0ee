"""All tables of the desk in one place, for the migrations and for tests."""

from emptychair.desk import (
    attempts,
    audit,
    imports,
    jobs,
    judgements,
    links,
    parked,
    parked_events,
    sessions,
    settings,
    sources,
    turned_away,
    users,
    work,
    write_keys,
)
from emptychair.desk.columns import METADATA

__all__ = ["METADATA", "NOUNS"]

NOUNS = (
    attempts,
    audit,
    imports,
    jobs,
    judgements,
    links,
    parked,
    parked_events,
    sessions,
    settings,
    sources,
    turned_away,
    users,
    work,
    write_keys,
)
