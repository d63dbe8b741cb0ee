"""Everybody who may ask for something, and the groups of them that rules name."""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Everybody who may ask: nobody in particular, the roles of people, and this machine's command line."""

    STRANGER = "stranger"
    VIEWER = "viewer"
    AGENT = "agent"
    ANALYST = "analyst"
    LEAD = "lead"
    OWNER = "owner"
    TOKEN = "token"  # noqa: S105
    WRITE_KEY = "write_key"


EVERYBODY = frozenset(Who)
CLIENTS = frozenset({Who.WRITE_KEY})
PEOPLE = frozenset({Who.VIEWER, Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER})
READERS = PEOPLE | {Who.TOKEN}
IMPORTERS = frozenset({Who.ANALYST, Who.LEAD, Who.OWNER, Who.TOKEN})
LISTENERS = frozenset({Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER, Who.TOKEN})  # who read customers' words
LEADERS = frozenset({Who.LEAD, Who.OWNER, Who.TOKEN})
CARERS = frozenset({Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER, Who.TOKEN})
OWNERS = frozenset({Who.OWNER, Who.TOKEN})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use one method of one route. A page's JSON and CSV twins are the same route."""

    method: str
    route: str
    who: frozenset[Who]
