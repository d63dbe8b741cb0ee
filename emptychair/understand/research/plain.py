"""A transcript as plain text: paragraphs, with the names of those who speak where they are written."""

from emptychair.understand.research.labels import Label, labels
from emptychair.understand.research.transcript import DAY_MS, Turn, joined


def turns_of(text: str) -> list[Turn]:
    """What is said, in order. Where nobody is named each paragraph is a turn of its own."""
    lines = text.splitlines()
    told = labels(lines)
    return _by_speaker(lines, told) if any(told) else _paragraphs(lines)


def _by_speaker(lines: list[str], told: list[Label | None]) -> list[Turn]:
    found: list[Turn] = []
    speaker, at_ms, words = "", None, list[str]()

    def end() -> None:
        found.append(Turn(speaker=speaker, text=" ".join(" ".join(words).split()), begins_ms=at_ms))

    for line, label in zip(lines, told, strict=True):
        if label is not None:
            end()
            speaker, words = label.name, [line[label.end :]]
            at_ms = None if label.at_ms is None else min(label.at_ms, DAY_MS)
        else:
            words.append(line)
    end()
    return joined(found)


def _paragraphs(lines: list[str]) -> list[Turn]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        else:
            found.append([])
    return [Turn(speaker="", text=" ".join(" ".join(part).split())) for part in found if part]
