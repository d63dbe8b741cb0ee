"""WebVTT and SubRip: captions with times, as meeting programs and transcription write them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

from emptychair.understand.research.labels import labels, milliseconds
from emptychair.understand.research.transcript import DAY_MS, Turn, joined

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
TIMING = re.compile(rf"[ \t]{{0,8}}({_TIME})[ \t]{{0,8}}-->[ \t]{{0,8}}({_TIME})(?=[ \t]|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]+([^<>]{1,200})>")
_TAG = re.compile(r"<[^<>]{0,300}>|\{\\[^{}]{0,80}\}")
_SILENT = ("NOTE", "STYLE", "REGION", "WEBVTT")


def is_captions(text: str) -> bool:
    """Whether there are captions in it: the head of WebVTT, or a line with two times and an arrow."""
    return text.startswith("WEBVTT") or any(TIMING.match(line) for line in text.splitlines()[:200])


def turns_of(text: str) -> list[Turn]:
    """What is said in the captions, with its times, cues of one speaker put together."""
    said = list(_said(text))
    told = labels([turn.text for turn in said])
    speaker, found = "", []
    for turn, label in zip(said, told, strict=True):
        if turn.speaker:
            found.append(turn)
            continue
        # A caption without a name goes on with what the one before it says.
        speaker = speaker if label is None else label.name
        words = turn.text if label is None else turn.text[label.end :].strip()
        found.append(replace(turn, speaker=speaker, text=words))
    return joined(found)


def _said(text: str) -> Iterator[Turn]:
    for begins, ends, lines in _cues(text, is_vtt=text.startswith("WEBVTT")):
        for speaker, line in _voices(lines):
            words = " ".join(unescape(_TAG.sub("", line)).split())
            if words:
                yield Turn(speaker=speaker, text=words, begins_ms=begins, ends_ms=ends)


def _cues(text: str, *, is_vtt: bool) -> Iterator[tuple[int, int, list[str]]]:
    """Each cue with its times; in SubRip, words after an empty line belong to the cue before."""
    cue: tuple[int, int, list[str]] | None = None
    is_open = is_note = False
    for line in text.splitlines():
        timing = TIMING.match(line)
        if timing is not None:
            if cue is not None:
                yield _without_number(cue) if is_open else cue
            begins, ends = (min(milliseconds(part), DAY_MS) for part in timing.groups())
            cue, is_open, is_note = (begins, max(begins, ends), []), True, False
        elif not line.strip():
            is_open = is_note = False
        elif cue is not None and not is_note:
            if not is_open and (is_vtt or line.strip().isdigit()):
                is_note = is_vtt and line.startswith(_SILENT)
            else:
                cue[2].append(line)
    if cue is not None:
        yield cue


def _without_number(cue: tuple[int, int, list[str]]) -> tuple[int, int, list[str]]:
    """Where no empty line stands between two cues, the number of the second is no word of the first."""
    begins, ends, lines = cue
    return (begins, ends, lines[:-1]) if lines and lines[-1].strip().isdigit() else cue


def _voices(lines: list[str]) -> Iterator[tuple[str, str]]:
    """What each voice says in one cue. A dash at the beginning of a line is another one, unnamed."""
    text = "\n".join(lines)
    marks = list(_VOICE.finditer(text))
    if not marks:
        for line in lines if any(line.lstrip().startswith("-") for line in lines) else [" ".join(lines)]:
            yield "", line
        return
    yield "", text[: marks[0].start()]
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        yield " ".join(unescape(mark[1]).split()), text[mark.end() : end]
