"""Anonymous answers as the ledger has them: torn apart, each question for itself."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.quotes import Quote


def counts_of(sources: Sequence[str]) -> Question:
    """One row per source with answers: source, answers."""
    return question(
        """
        select source, count(*) as answers
        from signals
        where source in (:sources) and kind = 'did' and name = 'survey answered'
        group by source
        order by source
        """,
        sources=tuple(sources),
    )


def pieces_of(source: str) -> Question:
    """One row per question that somebody answered: properties."""
    return question(
        """
        select properties
        from signals
        where source = :source and kind = 'did' and name = 'survey question answered'
        order by id
        """,
        source=source,
    )


def counts(ledger: Ledger, sources: Sequence[str]) -> dict[str, int]:
    """How many answers each of these surveys has."""
    if not sources:
        return {}
    rows = ledger.ask(counts_of(sources)).to_pylist()
    return {str(row["source"]): int(row["answers"]) for row in rows}


def pieces(ledger: Ledger, source: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Each answered question of a survey with its answer, in no order. O(signals of the source)."""
    told = [json.loads(row["properties"]) for row in ledger.ask(pieces_of(source)).to_pylist()]
    return [(str(one["question"]), one["answer"]) for one in told]


def speakable(quotes: Iterable[Quote], least: int) -> frozenset[str]:
    """The questions to which at least so many wrote something."""
    found = Counter(question_of(one) for one in quotes)
    return frozenset(name for name, n in found.items() if n >= least)


def question_of(quote: Quote) -> str:
    """The question that was answered with these words."""
    return str(json.loads(quote.properties).get("question", ""))
