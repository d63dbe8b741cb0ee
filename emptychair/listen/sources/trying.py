"""Trying a source before it is kept, or as it is: what it would bring, or what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emptychair.channels.outside import OutsideError
from emptychair.domain.signal import Audience
from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.understood import Outcome
from emptychair.listen.intake.keys import terms_of
from emptychair.listen.intake.translating import Translator
from emptychair.listen.sources.asked import Told
from emptychair.listen.sources.system import Errand, Fetched, Means, SourceTrouble, System

SHOWN = 5
_NOBODY = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the first step brought: how many items, and the first signals that they would be.

    `trouble` is None when it works; otherwise it says what is wrong. `unheard` are reasons why items were not
    understood, `refused` counts items that are not wanted.
    """

    items: int = 0
    is_more: bool = False
    signals: tuple[Mapping[str, Any], ...] = ()
    unheard: tuple[str, ...] = ()
    refused: int = 0
    note: str | None = None
    trouble: str | None = None


def tried(means: Means, system: System, told: Told, secrets: Mapping[str, str], audience: Audience) -> Trial:
    """One step of a source that does not exist yet, or as it is; nothing is kept and nothing is changed."""
    if system.step is None:
        return Trial()
    errand = Errand(
        source=_NOBODY,
        settings=told.settings,
        secrets={**secrets, **told.secrets},
        cursor={},
        tokens={},
        means=means,
        now=means.clock(),
        is_trial=True,
        audience=audience,
    )
    try:
        fetched = system.step(errand)
    except (OutsideError, SourceTrouble) as problem:
        return Trial(trouble=str(problem))
    return _shown(system, fetched, told, audience, errand)


def _shown(system: System, fetched: Fetched, told: Told, audience: Audience, errand: Errand) -> Trial:
    found = Trial(items=len(fetched.items), is_more=fetched.is_more, note=fetched.note)
    if system.door is None or system.is_mapped:
        return found
    newest = list(reversed(fetched.items))[: 4 * SHOWN]
    envelope = Envelope(
        door=system.door,
        source=_NOBODY,
        received_at=errand.now,
        client=None,
        body=b"\n".join(newest),
    )
    said = {"audience": audience.value, "meanings": {}, "settings": dict(told.settings), "mapping": None}
    terms = terms_of(said)
    understood = Translator(lambda source: terms)([packed(envelope)])
    return Trial(
        items=found.items,
        is_more=found.is_more,
        note=found.note,
        signals=tuple(understood.signals.slice(0, SHOWN).to_pylist()),
        unheard=tuple(f"{event.field}: expected {event.expected}" for event in understood.parked[:SHOWN]),
        refused=sum(n for line, n in understood.counts.items() if line.outcome is Outcome.REFUSED),
    )
