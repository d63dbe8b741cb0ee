"""When a signal became known: what had arrived by an instant, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.fields import Field

# A file tells when things happened and not when they became known.
FROM_FILE = "imp_"
# A source that is new sends its past first; that took it no longer.
FIRST_SENDING = timedelta(days=1)
_PAST = timedelta(days=7)
_COLUMNS = ("id", "person", "kind", "name", "channel", "occurred_at", "text", "score", "value", "currency")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is believed of arrivals. Signals of files are taken as known when they happened, and so are those
    that a source in `past_until` sent before the instant beside it; all others are known from `received_at`
    on.
    """

    past_until: tuple[tuple[str, datetime], ...] = ()


def arrivals(ledger: Ledger) -> Arrivals:
    """The sources whose first sending had something older than a week in it. O(signals), one pass."""
    rows = ledger.ask(first_sendings()).to_pylist()
    return Arrivals(
        tuple((row["source"], row["first_at"].replace(tzinfo=UTC) + FIRST_SENDING) for row in rows)
    )


def first_sendings() -> Question:
    """One row per source, files apart, whose first sending has a past: source, first_at (received)."""
    return question(
        """
        with firsts as (
            select source, min(received_at) as first_at from signals
            where not starts_with_text(source, :files) group by source
        )
        select firsts.source, firsts.first_at
        from firsts inner join signals on signals.source = firsts.source
        where signals.received_at < add_days(firsts.first_at, 1)
        group by firsts.source, firsts.first_at
        having max(micros_between(signals.occurred_at, signals.received_at)) > :past
        order by source
        """,
        files=FROM_FILE,
        past=_PAST // timedelta(microseconds=1),
    )


def arrived(audience: Audience, as_of: datetime, believed: Arrivals, more: Sequence[Field] = ()) -> Question:
    """One row per signal of somebody named that had happened and was known before `as_of`.

    Columns: id, person, kind, name, channel, occurred_at, text, score, value, currency, and those of `more`.
    """
    columns = dict.fromkeys((*_COLUMNS, *(one.column for one in more)))
    asked: dict[str, Parameter] = {"audience": audience.value, "as_of": as_of, "files": FROM_FILE}
    past = []
    for number, (source, until) in enumerate(believed.past_until):
        past.append(f"or (source = :source_{number} and received_at < :until_{number})")
        asked[f"source_{number}"], asked[f"until_{number}"] = source, until
    return question(
        f"""
        select {", ".join(columns)} from signals
        where audience = :audience and person is not null and occurred_at < :as_of
          and (received_at < :as_of or starts_with_text(source, :files) {" ".join(past)})
        """,
        **asked,
    )
