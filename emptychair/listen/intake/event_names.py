"""Which events a source brought that are only told by their name."""

from emptychair.domain.signal import Kind
from emptychair.ledger.question import Question, question

MOST = 100


def event_names(source: str) -> Question:
    """One row per name of what people did, the most frequent first: name, events, last_at. O(rows)."""
    return question(
        f"""
        select name, count(*) as events, max(occurred_at) as last_at
        from signals where source = :source and kind = :kind
        group by name order by events desc, name limit {MOST}
        """,
        source=source,
        kind=Kind.DID.value,
    )
