"""The steps of a journey as they are typed: rows of a form, and the definition that they say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emptychair.desk.journeys import LONGEST_DESCRIPTION, LONGEST_NAME
from emptychair.understand.journeys.steps import FEWEST, MOST, USUAL_DAYS
from emptychair.understand.stated import from_json
from emptychair.web.fields import Fields
from emptychair.web.segments.row import SIGNALS


@dataclass(frozen=True, slots=True)
class Typed:
    """One step: what it is called, its kind, its names divided by semicolons, and one property if any."""

    called: str = ""
    of: str = "did"
    names: str = ""
    property: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """All that is typed. `definition`, a JSON text, is taken instead of the rows where it was sent."""

    name: str = ""
    description: str = ""
    days: str = str(USUAL_DAYS)
    order: str = "loose"
    steps: tuple[Typed, ...] = field(default_factory=lambda: (Typed(),) * FEWEST)
    definition: str = ""

    def as_data(self) -> Any:
        """The definition as plain values. Raises NotADefinition for a text that is no JSON."""
        if self.definition:
            return from_json(self.definition, "definition")
        days = int(self.days) if self.days.isdecimal() and len(self.days) < 6 else self.days
        return {"steps": [_as_data(one) for one in self.steps], "days": days, "order": self.order}

    def faults(self) -> Mapping[str, str]:
        """What is wrong with the words around the steps."""
        found = {}
        if not 0 < len(self.name) <= LONGEST_NAME:
            found["name"] = f"A name has 1 to {LONGEST_NAME} letters."
        if len(self.description) > LONGEST_DESCRIPTION:
            found["description"] = f"A description has at most {LONGEST_DESCRIPTION} letters."
        return found


def form_from(fields: Fields) -> Form:
    """What was sent: `name`, `description`, `days`, `order`, and `s0.of`, `s0.names` and so on."""
    steps = []
    for place in range(MOST):
        sent = fields.under(f"s{place}")
        if sent:
            of = sent.get("of", "did")
            told = {name: sent.get(name, "") for name in ("called", "names", "property", "values")}
            steps.append(Typed(of=of if of in SIGNALS else "did", **told))
    return Form(
        name=" ".join(fields.text("name").split()),
        description=fields.text("description"),
        days=fields.text("days", str(USUAL_DAYS)),
        order=fields.text("order", "loose"),
        steps=tuple(steps) or Form().steps,
        definition=fields.text("definition"),
    )


def done_to(form: Form, deed: str) -> Form:
    """The form after a button: `add`, `remove:2`, `up:2`; any other leaves it as it is."""
    what, _, number = deed.partition(":")
    place = int(number) if number.isdecimal() else -1
    steps = list(form.steps)
    if what == "add" and len(steps) < MOST:
        steps.append(Typed())
    elif what == "remove" and 0 <= place < len(steps) > FEWEST:
        del steps[place]
    elif what == "up" and 0 < place < len(steps):
        steps[place - 1], steps[place] = steps[place], steps[place - 1]
    return Form(form.name, form.description, form.days, form.order, tuple(steps), form.definition)


def form_of(name: str, description: str, definition: Mapping[str, Any]) -> Form:
    """The form that says this definition; as JSON when a step knows more than a row can show."""
    steps = [_typed(step) for step in definition["steps"]]
    return Form(
        name=name,
        description=description,
        days=str(definition.get("days", USUAL_DAYS)),
        order=definition.get("order", "loose"),
        steps=tuple(step for step in steps if step is not None),
        definition=json.dumps(definition, ensure_ascii=False, indent=2) if None in steps else "",
    )


def _as_data(step: Typed) -> dict[str, Any]:
    data: dict[str, Any] = {"signal": step.of}
    if step.called:
        data["called"] = step.called
    if _several(step.names):
        data["name"] = _several(step.names)
    if step.property:
        data["where"] = [{"property": step.property, "is": _several(step.values)}]
    return data


def _typed(step: Mapping[str, Any]) -> Typed | None:
    where = step.get("where", [])
    if len(where) > 1 or any(set(one) != {"property", "is"} for one in where):
        return None
    names, values = step.get("name", []), where[0]["is"] if where else []
    return Typed(
        called=step.get("called", ""),
        of=step["signal"],
        names="; ".join(names if isinstance(names, list) else [names]),
        property=where[0]["property"] if where else "",
        values="; ".join(values if isinstance(values, list) else [values]),
    )


def _several(text: str) -> list[str]:
    return [one.strip() for one in text.split(";") if one.strip()]
