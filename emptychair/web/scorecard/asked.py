"""The scorecard that is asked for: from memory while the ledger and the settings stay as they are."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from emptychair.domain.signal import Audience
from emptychair.measure.choices import Choices, decided
from emptychair.measure.periods import PeriodNotOverError
from emptychair.measure.scorecard import Scorecard, scorecard
from emptychair.understand.fields import UnknownFieldError, fields
from emptychair.web.parts import Parts
from emptychair.web.problem import refused
from emptychair.web.scorecard import build
from emptychair.web.scorecard.build import Measured
from emptychair.web.scorecard.choice import Choice, chosen
from emptychair.web.scorecard.division import division, label
from emptychair.web.scorecard.division import key as divided_by
from emptychair.web.scorecard.view import Page
from emptychair.web.scorecard.words import Pen

OTHER = {Audience.CUSTOMER: Audience.EMPLOYEE, Audience.EMPLOYEE: Audience.CUSTOMER}


def measured(parts: Parts, choice: Choice) -> Measured | None:
    """What was measured for a choice; None when nothing is known of its audience.

    Raises a `Problem` when the choice names a field or a period that there is not.
    """
    with parts.desk.read() as tx:
        choices = decided(tx)
    others = None if choice.by else _asked(parts, replace(choice, audience=OTHER[choice.audience]), choices)
    return build.measured(_asked(parts, choice, choices), others, choices.minimum_n)


def view(parts: Parts, choice: Choice, found: Measured, pen: Pen) -> Page:
    """The page of what was measured, in the reader's language."""
    key = ("page", id(found.standing), id(found.other), choice.query, str(pen.write.locale))
    # What was measured is kept beside the page: as long as it is, no other thing has its identity.
    _, page = parts.kept.get(
        key, lambda: (found, build.page(found, choice, pen, label(parts, choice))), lambda answer: True
    )
    return page


def field_names(parts: Parts) -> Sequence[str]:
    """The fields by which everybody can be split."""
    key = ("fields", parts.ledger.state().version)
    names: Sequence[str] = parts.kept.get(key, lambda: fields(parts.ledger), lambda answer: True)
    return names


def warm(parts: Parts) -> None:
    """Ask for what most people open first, so that the first of them does not wait."""
    measured(parts, chosen({}, Audience.CUSTOMER))
    field_names(parts)


def _asked(parts: Parts, choice: Choice, choices: Choices) -> Scorecard:
    plain = replace(choice, value=None)
    try:
        return parts.kept.get(
            _key(parts, plain, choices), lambda: _computed(parts, plain, choices), _is_past(parts)
        )
    except UnknownFieldError as unknown:
        raise refused({"by": _sentence(unknown)}) from None
    except PeriodNotOverError as early:
        raise refused({"period": _sentence(early)}) from None


def _key(parts: Parts, choice: Choice, choices: Choices) -> Hashable:
    state = parts.ledger.state()
    settled = (choices.minimum_n, *sorted(choices.gap_days.items()), *sorted(choices.observed_since.items()))
    return ("scorecard", state.version, choice.query, settled, divided_by(parts, choice))


def _is_past(parts: Parts) -> Callable[[Scorecard], bool]:
    """Whether the numbers are of a time that is over: they stay as they are while the ledger does."""
    now = parts.clock()
    return lambda found: all(standing.as_of < now for standing in found.standings)


def _computed(parts: Parts, choice: Choice, choices: Choices) -> Scorecard:
    return scorecard(
        parts.ledger,
        now=parts.clock(),
        audience=choice.audience,
        period=choice.period,
        as_of=choice.as_of,
        by=division(parts, choice) or choice.by,
        choices=choices,
        with_pictures=True,
    )


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
