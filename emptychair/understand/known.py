"""What is known of one person: the newest value of a field."""

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.fields import Field


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
    """The newest value of the promoted field of this name, or None when nothing is known."""
    column = ledger.promoted.get(name)
    if column is None:
        return None
    rows = ledger.ask(newest_value(audience, person, Field(name=name, column=column))).to_pylist()
    return str(rows[0]["value"]) if rows else None
