"""A transcript: who said what, in turns of a length that can be read and quoted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

LONGEST_SPEAKER = 80
# A turn is one text of the ledger: short enough to be read at once, long enough to be understood alone.
LONGEST_TURN, JOINED_UP_TO, JOINED_UNNAMED = 4_000, 1_200, 400
MOST_TURNS = 5_000
# Within a longer silence somebody has thought, and says something new.
PAUSE_MS = 4_000
DAY_MS = 24 * 3_600_000


class NotATranscript(ValueError):
    """A file that cannot be taken in as a transcript; the text is for the person who sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker ("": nobody is named) says at a stretch; its times count from the beginning."""

    speaker: str
    text: str
    begins_ms: int | None = None
    ends_ms: int | None = None


def joined(turns: Iterable[Turn]) -> list[Turn]:
    """The turns with what the same speaker says next put together, as captions cut it up; none is empty."""
    found: list[Turn] = []
    for turn in turns:
        if not turn.text:
            continue
        last = found[-1] if found else None
        if last is not None and _belongs(last, turn):
            found[-1] = replace(last, text=f"{last.text} {turn.text}", ends_ms=turn.ends_ms or last.ends_ms)
        else:
            found.append(turn)
    return found


def bounded(turns: Iterable[Turn]) -> list[Turn]:
    """The turns, long ones cut where a word ends. Raises NotATranscript when there are none or too many."""
    found = [part for turn in turns for part in _cut(turn)]
    if not found:
        raise NotATranscript("Nobody says anything in this file.")
    if len(found) > MOST_TURNS:
        raise NotATranscript(f"More than {MOST_TURNS:,} turns: cut the file into several interviews.")
    return found


def _belongs(last: Turn, turn: Turn) -> bool:
    most = JOINED_UP_TO if turn.speaker else JOINED_UNNAMED
    if last.speaker != turn.speaker or len(last.text) + len(turn.text) >= most:
        return False
    if last.ends_ms is None or turn.begins_ms is None:
        return True
    return turn.begins_ms - last.ends_ms <= PAUSE_MS


def _cut(turn: Turn) -> Iterator[Turn]:
    rest = turn.text.strip()
    while len(rest) > LONGEST_TURN:
        end = max(rest.rfind(sign, 0, LONGEST_TURN) for sign in (". ", "? ", "! ")) + 1
        end = end if end > LONGEST_TURN // 2 else rest.rfind(" ", 1, LONGEST_TURN)
        end = end if end > 0 else LONGEST_TURN
        yield replace(turn, text=rest[:end].strip(), speaker=turn.speaker[:LONGEST_SPEAKER])
        rest = rest[end:].strip()
    if rest:
        yield replace(turn, text=rest, speaker=turn.speaker[:LONGEST_SPEAKER])
