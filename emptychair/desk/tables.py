"""All tables of the desk in one place, for the migrations and for tests."""

from emptychair.desk import (
    attempts,
    audit,
    fetching,
    imports,
    jobs,
    judgements,
    links,
    parked,
    parked_events,
    samples,
    sessions,
    settings,
    source_secrets,
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
    fetching,
    imports,
    jobs,
    judgements,
    links,
    parked,
    parked_events,
    samples,
    sessions,
    settings,
    source_secrets,
    sources,
    turned_away,
    users,
    work,
    write_keys,
)
