"""Minutes as people say them: in the unit that keeps the number short."""

from babel import units

from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

_UNITS = ((24 * 60, "duration-day"), (60, "duration-hour"), (1, "duration-minute"))


def length(minutes: float, write: Formats, text: Texts) -> str:
    """For instance 4.2 days; below a minute it is less than one."""
    if minutes < 1:
        return text.gettext("less than a minute")
    size, unit = next(pair for pair in _UNITS if minutes >= pair[0])
    value = minutes / size
    digits = "#,##0" if value >= 10 or value == round(value) else "#,##0.#"
    return units.format_unit(value, unit, "long", format=digits, locale=write.locale)
