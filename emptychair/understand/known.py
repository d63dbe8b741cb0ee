"""What is known of one person: the newest value of a field."""

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.fields import Field, UnknownFieldError, field


def newest_value(audience: Audience, person: str, by: Field) -> Question:
    """At most one row: value, the newest one of this field that any signal of the person has."""
    return question(
        f"""
        select {by.column} as value
        from signals
        where audience = :audience and person = :person and {by.column} <> ''
        order by occurred_at desc, id desc
        limit 1
        """,
        audience=audience.value,
        person=person,
    )


def known(ledger: Ledger, audience: Audience, person: str, name: str) -> str | None:
    """The newest value of the field of this name, or None when nothing is known or there is no such field."""
    try:
        chosen = field(ledger, name)
    except UnknownFieldError:
        return None
    rows = ledger.ask(newest_value(audience, person, chosen)).to_pylist()
    return str(rows[0]["value"]) if rows else None
