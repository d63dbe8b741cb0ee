"""All tables of the desk in one place, for the migrations and for tests."""

from emptychair.desk import (
    attempts,
    audit,
    consents,
    contacts_refused,
    imports,
    jobs,
    lines,
    links,
    outbox,
    parked,
    parked_events,
    recipients,
    secrets,
    sessions,
    settings,
    sources,
    stops,
    touches,
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
    consents,
    contacts_refused,
    imports,
    jobs,
    lines,
    links,
    outbox,
    parked,
    parked_events,
    recipients,
    secrets,
    sessions,
    settings,
    sources,
    stops,
    touches,
    turned_away,
    users,
    work,
    write_keys,
)
