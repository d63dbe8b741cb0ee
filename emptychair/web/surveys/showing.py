"""What the form says about showing a survey inside the product."""

from emptychair.listen.surveys.widget import USUAL_DELAY, Trait, Widget
from emptychair.web.fields import Fields
from emptychair.web.problem import refused
from emptychair.web.surveys.forms import whole_number


def widget_sent(fields: Fields) -> Widget:
    """The settings as the form says. Raises a `Problem` where a number or a line cannot be read."""
    return Widget(
        is_on=fields.text("is_on") in ("1", "on", "true"),
        urls=_lines(fields, "urls"),
        events=_lines(fields, "events"),
        traits=tuple(_trait(line) for line in _lines(fields, "traits")),
        share=_share(fields.text("share", "100")),
        delay=whole_number(fields, "delay") if fields.text("delay") else USUAL_DELAY,
        again_days=whole_number(fields, "again_days") if fields.text("again_days") else 0,
        side="start" if fields.text("side") == "start" else "end",
    )


def _lines(fields: Fields, name: str) -> tuple[str, ...]:
    found = (line.strip() for line in fields.values.get(name, "").splitlines())
    return tuple(dict.fromkeys(line for line in found if line))


def _trait(line: str) -> Trait:
    name, sign, values = line.partition("=")
    found = tuple(dict.fromkeys(value.strip() for value in values.split(",") if value.strip()))
    if not (sign and name.strip() and found):
        raise refused(
            {"traits": f"“{line[:80]}”: expected a field and its values, such as plan = pro, team."}
        )
    return Trait(field=name.strip(), values=found)


def _share(text: str) -> float:
    try:
        found = float(text.replace(",", ".").removesuffix("%").strip()) / 100
    except ValueError:
        found = -1.0
    if not 0 < found <= 1:
        raise refused({"share": "Expected a share above 0 and at most 100 %."})
    return found
