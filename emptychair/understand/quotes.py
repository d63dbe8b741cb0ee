"""What people said in their own words, found again: page by page, newest first."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question

LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words as they were said; `score` is the one they belong to, `properties` the signal's, as JSON."""

    id: str
    person: str | None
    name: str
    text: str
    score: Decimal | None
    occurred_at: datetime
    properties: str


def quotes_of(source: str, search: str, skipped: int, limit: int) -> Question:
    """One row per signal with words of a source in which `search` stands (capitals or not), newest first."""
    wanted = "".join(letter.lower() if letter.isascii() else letter for letter in search.strip())
    return question(
        """
        select id, person, name, text, score, occurred_at, properties
        from signals
        where source = :source and text <> '' and (:wanted = '' or has_text(ascii_lower(text), :wanted))
        order by occurred_at desc, id
        limit :limit offset :skipped
        """,
        source=source,
        wanted=wanted[:LONGEST_SEARCH],
        limit=limit,
        skipped=skipped,
    )


def quotes(
    ledger: Ledger, source: str, *, search: str = "", skipped: int = 0, limit: int = 50
) -> list[Quote]:
    """Words said to one source. O(signals of the source)."""
    found = ledger.ask(quotes_of(source, search, skipped, limit)).to_pylist()
    return [
        Quote(
            id=row["id"],
            person=row["person"],
            name=row["name"],
            text=row["text"],
            score=None if row["score"] is None else Decimal(f"{row['score'].normalize():f}"),
            occurred_at=row["occurred_at"],
            properties=row["properties"] or "{}",
        )
        for row in found
    ]
