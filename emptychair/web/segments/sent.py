"""A segment as it was sent: a name, a description, and a definition as JSON or from the builder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, Request

from emptychair.desk.segments import LONGEST_DESCRIPTION, LONGEST_NAME
from emptychair.understand.segments.reading import PLACE
from emptychair.understand.stated import NotADefinition, from_json
from emptychair.web.fields import Fields, checked, sent_fields
from emptychair.web.problem import bad_request
from emptychair.web.segments.board import Board, board_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent. `board` is None when the definition came as JSON; `data` is then what it says."""

    fields: Fields
    board: Board | None
    data: Any = None

    @property
    def name(self) -> str:
        """The name without needless blanks."""
        return " ".join(self.fields.text("name").split())

    @property
    def description(self) -> str:
        """What is said about it."""
        return self.fields.text("description")

    def definition(self) -> Any:
        """The definition as plain values. Raises NotADefinition for a text that is no JSON."""
        if self.board is not None:
            return self.board.as_data()
        return from_json(self.data, PLACE) if isinstance(self.data, str) else self.data


async def sent_segment(request: Request) -> Sent:
    """A form of the builder, a form with JSON in `definition`, or a JSON object. Raises a `Problem`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        found = _object(await request.body())
        definition = found.pop("definition", None)
        told = {name: value for name, value in found.items() if isinstance(value, str)}
        if len(told) != len(found):
            raise bad_request("A segment has a name, a description, an audience and a definition.")
        return Sent(fields=checked(told), board=None, data=definition)
    fields = await sent_fields(request)
    if fields.text("as") == "json":
        return Sent(fields=fields, board=None, data=fields.values.get("definition", ""))
    return Sent(fields=fields, board=board_from(fields))


SentSegment = Annotated[Sent, Depends(sent_segment)]


def faults_of_words(sent: Sent) -> Mapping[str, str]:
    """What is wrong with the name and the description."""
    faults = {}
    if not 0 < len(sent.name) <= LONGEST_NAME:
        faults["name"] = f"A name has 1 to {LONGEST_NAME} letters."
    if len(sent.description) > LONGEST_DESCRIPTION:
        faults["description"] = f"A description has at most {LONGEST_DESCRIPTION} letters."
    return faults


def _object(body: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise bad_request("This JSON cannot be read.") from None
    if not isinstance(found, dict):
        raise bad_request("Send one JSON object.")
    return found


__all__ = ["NotADefinition", "Sent", "SentSegment", "faults_of_words"]
