"""The form of a kind of source: its fields with their words, what was typed, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from emptychair.desk.source_secrets import Known
from emptychair.listen.sources.asked import asks
from emptychair.listen.sources.system import Ask, System, Want
from emptychair.web.sources.words import FieldWords, of_choice, of_field


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field. `value` is empty for secrets; `set_at` says when one was given, or None."""

    ask: Ask
    words: FieldWords
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""
    set_at: datetime | None = None

    @property
    def is_needed(self) -> bool:
        """Whether the form cannot be sent without it."""
        return self.ask.is_needed and self.set_at is None


def form_of(
    system: System,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    known: Mapping[str, Known] | None = None,
) -> list[FormField]:
    """The fields in their order."""
    return [_field(system, ask, typed, faults, known or {}) for ask in asks(system)]


def typed_of(system: System, settings: Mapping[str, str]) -> dict[str, str]:
    """The settings of a source as its form would send them."""
    return {ask.name: settings.get(ask.name, "") or _unsaid(ask) for ask in asks(system)}


def as_data(system: System) -> dict[str, object]:
    """The fields of a kind, for programs."""
    return {
        ask.name: {
            "label": of_field(system.key, ask.name).label,
            "is_needed": ask.is_needed,
            "is_secret": ask.is_secret,
            "choices": ask.choices,
            "default": ask.default,
        }
        for ask in asks(system)
    }


def _unsaid(ask: Ask) -> str:
    return ask.default if ask.want is Want.CHOICE else ""


def _field(
    system: System, ask: Ask, typed: Mapping[str, str], faults: Mapping[str, str], known: Mapping[str, Known]
) -> FormField:
    there = known.get(ask.name)
    return FormField(
        ask=ask,
        words=of_field(system.key, ask.name),
        value="" if ask.is_secret else typed.get(ask.name, ask.default),
        choices=tuple((value, of_choice(ask.name, value)) for value in ask.choices),
        error=faults.get(ask.name, ""),
        set_at=None if there is None else there.set_at,
    )
