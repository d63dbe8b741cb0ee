"""Results of an anonymous survey: of groups of at least five, and from the ledger alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from emptychair.desk import sealed_answers
from emptychair.desk.surveys import Survey
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import answer as answers_of
from emptychair.listen.surveys.asking import is_anonymous
from emptychair.listen.surveys.definition import Definition
from emptychair.listen.surveys.mixing import LEAST
from emptychair.listen.surveys.tallying import Tally, tallies
from emptychair.measure.surveys import Scores
from emptychair.measure.trend import Trend
from emptychair.understand import torn_answers
from emptychair.understand.quotes import Quote, quotes

MOST_QUOTES = 1_000_000


def tallied(ledger: Ledger, survey: Survey, definition: Definition) -> list[Tally]:
    """What was answered to each question, of what was let out."""
    pieces = torn_answers.pieces(ledger, survey.id)
    return tallies(definition, (answers_of.from_data({name: answer}) for name, answer in pieces))


def standings(tx: Connection, survey: Survey, let_out: int) -> dict[str, int]:
    """How many answers stand where: let out, waiting to be mixed, left out."""
    sealed = sealed_answers.counts(tx, survey.id)
    left_out = sum(n for mark, n in sealed.items() if mark is not None)
    return {"completed": let_out, "waiting": sealed.get(None, 0), "marked": left_out}


def marks(tx: Connection, survey: Survey) -> dict[str, int]:
    """Why sealed answers are left out, and how many by each reason."""
    found = Counter(
        {mark.value: n for mark, n in sealed_answers.counts(tx, survey.id).items() if mark is not None}
    )
    return dict(found.most_common())


def without_small_months(scores: Scores) -> Scores:
    """The scores, with no trend in which a month has fewer than five answers."""
    trends = tuple(one for one in scores.trends if not _is_small(one))
    return replace(scores, trends=trends, segments=())


def speakable(ledger: Ledger, survey: Survey, search: str) -> list[Quote]:
    """Words of questions to which at least five wrote something, whatever is searched for."""
    every = quotes(ledger, survey.id, limit=MOST_QUOTES)
    allowed = torn_answers.speakable(every, LEAST)
    found = quotes(ledger, survey.id, search=search, limit=MOST_QUOTES) if search else every
    return [one for one in found if torn_answers.question_of(one) in allowed]


def counts(ledger: Ledger, surveys: Sequence[Survey]) -> dict[str, int]:
    """How many answers of each anonymous survey among these were let out."""
    return torn_answers.counts(ledger, [one.id for one in surveys if is_anonymous(one)])


def _is_small(trend: Trend) -> bool:
    return any(0 < point.n < LEAST for point in trend.points)
