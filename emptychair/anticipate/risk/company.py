"""How the relationships of an audience are told as of an instant, and in which words people are looked at."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from emptychair.anticipate.features.leaks import too_telling
from emptychair.anticipate.features.vocabulary import Vocabulary, vocabulary
from emptychair.anticipate.risk.training import NotEnough
from emptychair.desk import settings, themes
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import Arrivals, arrivals
from emptychair.understand.spells import Tenure
from emptychair.understand.tenure import choose, end_of_data, evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One audience of a company as of `tenure.as_of`: what tells who is in a relationship, since when endings
    are known, and what is believed of arrivals.
    """

    tenure: Tenure
    first_at: datetime
    believed: Arrivals


def company(ledger: Ledger, desk: Desk, audience: Audience, at: datetime) -> Company | NotEnough:
    """The audience as of the end of its data, at most `at`; the rule is the one of the scorecard."""
    as_of = end_of_data(ledger, audience, at)
    if as_of is None:
        return NotEnough(f"Nothing is known of {audience.value}s yet: import contracts, orders or events.")
    with desk.read() as tx:
        gap = settings.get(tx, settings.GAP_DAYS, audience)
        observed = settings.get(tx, settings.OBSERVED_SINCE, audience)
    seen = evidence(ledger, audience, as_of)
    chosen = choose(ledger, audience, as_of, seen, gap_days=gap)
    if chosen.tenure is None or seen.first_at is None:
        return NotEnough(chosen.reason)
    believed = arrivals(ledger)
    first_at = seen.began_at or seen.first_at
    if observed is not None:
        first_at = max(first_at, datetime.combine(observed, time(), UTC))
    tenure = replace(chosen.tenure, known=believed)
    return Company(tenure=tenure, first_at=first_at, believed=believed)


def words(ledger: Ledger, desk: Desk, found: Company) -> Vocabulary:
    """The words of the audience as of then. O(signals)."""
    tenure = found.tenure
    with desk.read() as tx:
        spoken = {one.id: one.name for one in themes.every(tx, tenure.audience)}
    refused = too_telling(ledger, tenure)
    return vocabulary(ledger, tenure.audience, tenure.as_of, found.believed, spoken, refused)
