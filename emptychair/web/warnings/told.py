"""Warnings, who they touch and what is overdue as pages show them, kept while nothing behind them changes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from emptychair.anticipate.warnings import promised
from emptychair.anticipate.warnings.touched import Scope, scope
from emptychair.desk.early_warnings import KeptWarning
from emptychair.domain.period import Period
from emptychair.understand.person.promises import Outcome, Promise
from emptychair.web.parts import Parts

# What was due longer ago is not what today is about.
OVERDUE = timedelta(days=90)


def scope_of(parts: Parts, warning: KeptWarning) -> Scope:
    """Who is touched."""
    key = ("warning", warning.id, warning.last_at, str(warning.cell), parts.ledger.state().version)
    return parts.kept.get(key, lambda: scope(parts.ledger, warning))


def overdue(parts: Parts) -> list[Promise]:
    """Promises to customers that were due in the last 90 days and are not kept, the one due last first."""
    now = parts.clock()

    def found() -> list[Promise]:
        told = promised.all_promises(parts.ledger, Period(start=now - OVERDUE, end=now))
        open_ones = [one for one in told if one.outcome is Outcome.BROKEN]
        return sorted(open_ones, key=lambda one: one.due_at or now, reverse=True)

    return parts.kept.get(("overdue promises", parts.ledger.state().version), found)


def warning_as_data(warning: KeptWarning) -> dict[str, Any]:
    """One warning as JSON."""
    figures = {
        name: value
        for name, value in warning.figures.items()
        if name not in ("root", "course", "course_ends", "clearest")
    }
    return {
        "id": warning.id,
        "kind": warning.kind,
        "key": warning.key,
        "cell": _named(warning.cell),
        "standing": warning.standing,
        "since": warning.since_at.date(),
        "raised_on": warning.raised_at.date(),
        "last_on": warning.last_at.date(),
        "ended_on": None if warning.ended_at is None else warning.ended_at.date(),
        "people": warning.people,
        "reason": warning.reason,
        "also": [{**one, "cell": _named(one["cell"])} for one in warning.also],
        **figures,
    }


def promise_as_data(promise: Promise) -> dict[str, Any]:
    """One promise as JSON."""
    return {"person": promise.person, "what": promise.what, "due_at": promise.due_at, "by": promise.by}


def _named(cell: Sequence[Sequence[str]]) -> dict[str, str]:
    return {pair[0]: pair[1] for pair in cell}
