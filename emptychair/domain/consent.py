"""Consent: what a person allowed or forbade, for which purpose, and how we know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from emptychair.domain.contact import Channel, Purpose
from emptychair.domain.signal import Audience


class Standing(StrEnum):
    """Where a consent stands."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One thing a person said about one purpose on one channel.

    `evidence` is how we know, in words that somebody else can check; `by` who wrote it down: a user's id,
    `person` for themselves, `system`.
    """

    id: int
    person: str
    audience: Audience
    purpose: Purpose
    channel: Channel
    standing: Standing
    evidence: str
    by: str
    at: datetime


def stricter(standings: Iterable[Standing]) -> Standing:
    """What holds for one person of several ids, from what holds for each: a withdrawal anywhere wins.

    >>> stricter([Standing.GIVEN, Standing.UNKNOWN, Standing.WITHDRAWN]).value
    'withdrawn'
    >>> stricter([]).value
    'unknown'
    """
    found = set(standings)
    for standing in (Standing.WITHDRAWN, Standing.GIVEN):
        if standing in found:
            return standing
    return Standing.UNKNOWN
