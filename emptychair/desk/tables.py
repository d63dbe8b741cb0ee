"""All tables of the desk in one place, for the migrations and for tests."""

from emptychair.desk import attempts, audit, imports, jobs, links, parked, sessions, settings, users, work
from emptychair.desk.columns import METADATA

__all__ = ["METADATA", "NOUNS"]

NOUNS = (attempts, audit, imports, jobs, links, parked, sessions, settings, users, work)
