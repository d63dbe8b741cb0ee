"""The moments of a life that tell how somebody fares: words, scores, refunds, promises, failures, spells."""

from collections.abc import Sequence

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.person.history import COLUMNS, Happening, happening

# Somebody of whom there is more is told by the newest of it.
MOST = 500
MADE, DONE = "promise_made", "promise_done"
FAILED = "_failed"
RETURNED = "return_requested"


def moments(
    ledger: Ledger, audience: Audience, people: Sequence[str], *, limit: int = MOST
) -> list[Happening]:
    """The telling moments of these people, newest first; `limit` at most."""
    found = [happening(row) for row in ledger.ask(telling_of(audience, people, limit)).to_pylist()]
    return [one for one in found if is_telling(one)]


def is_telling(one: Happening) -> bool:
    """Whether this is such a moment, as the question below has it."""
    if one.kind in (Kind.SAID, Kind.RATED, Kind.JOINED, Kind.LEFT):
        return True
    if one.kind is Kind.PAID:
        return one.value is not None and one.value < 0
    if one.kind is Kind.MET:
        return one.name in (MADE, DONE)
    return one.kind is Kind.DID and (one.name == RETURNED or one.name.endswith(FAILED))


def telling_of(audience: Audience, people: Sequence[str], limit: int) -> Question:
    """One row per telling signal of these people, newest first: never what they merely did or were sent."""
    return question(
        f"""select {COLUMNS} from signals
        where audience = :audience and person in (:people) and (
            kind in ('said', 'rated', 'joined', 'left') or (kind = 'paid' and value < 0)
            or (kind = 'met' and name in (:promises))
            or (kind = 'did' and (name = :returned or has_text(name, :failed))))
        order by occurred_at desc, id limit :limit""",
        audience=audience.value,
        people=list(people),
        promises=[MADE, DONE],
        returned=RETURNED,
        failed=FAILED,
        limit=limit,
    )
