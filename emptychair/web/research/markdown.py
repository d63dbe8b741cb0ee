"""An insight as Markdown: what it says, how much speaks for it and against it, and each quote."""

import re

from emptychair.desk.research_insights import Side
from emptychair.understand.research.evidence import Piece, Rests, Weight

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|<>~-])")


def as_markdown(found: Rests, base_url: str) -> str:
    """The insight; what people said is text in it, whatever signs it has."""
    insight, yes, no = found.insight, found.weight(Side.FOR), found.weight(Side.AGAINST)
    parts = [
        f"# {_text(insight.statement)}",
        f"{insight.standing.value.capitalize()}. It rests on {_weight(yes)}; {_weight(no)} against it.",
    ]
    if found.gone:
        gone = ", ".join(f"{n} {why}" for why, n in found.gone.items())
        parts.append(f"Evidence that is gone: {gone}.")
    if insight.note:
        parts.append(_text(insight.note))
    for side, title in ((Side.FOR, "What speaks for it"), (Side.AGAINST, "What speaks against it")):
        if found.on(side):
            parts += [f"## {title}", *(_quote(piece) for piece in found.on(side))]
    parts.append(f"<{base_url}/voice/research/insights/{insight.id}>")
    return "\n\n".join(parts) + "\n"


def _weight(one: Weight) -> str:
    quotes = "1 quote" if one.quotes == 1 else f"{one.quotes} quotes"
    people = "1 person" if one.people == 1 else f"{one.people} people"
    sessions = "1 interview" if one.sessions == 1 else f"{one.sessions} interviews"
    return f"{quotes} of {people} in {sessions}" if one.sessions else f"{quotes} of {people}"


def _quote(one: Piece) -> str:
    said = "\n".join(f"> {_text(line)}" for line in one.text.splitlines() or [""])
    day = f", {one.said_at.date().isoformat()}" if one.said_at is not None else ""
    return f"{said}\n>\n> {_text(one.channel)}{day}"


def _text(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)
