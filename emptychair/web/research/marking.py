"""A turn with what is highlighted in it, for a page."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.desk.research_highlights import Highlight
from emptychair.desk.research_turns import Utterance


def marked(turn: Utterance, highlights: Sequence[Highlight]) -> Markup:
    """The words, with those marked that any of these highlights has; marks that overlap are one."""
    parts, place = [], 0
    for begin, end in _spans(highlights):
        begin = max(begin, place)
        if end > begin:
            parts += [Markup("{}<mark>{}</mark>").format(turn.text[place:begin], turn.text[begin:end])]
            place = end
    parts.append(Markup("{}").format(turn.text[place:]))
    return Markup("").join(parts)


def clock(milliseconds: int | None) -> str:
    """A time in a recording, as players show it; empty where none is known.

    >>> clock(3_725_900), clock(62_000), clock(None)
    ('1:02:05', '1:02', '')
    """
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _spans(highlights: Sequence[Highlight]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted((one.begin, one.end) for one in highlights):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found
