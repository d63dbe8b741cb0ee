"""Answers about what employees say, told in groups or not at all (docs/decisions/0133)."""

from collections.abc import Iterable
from dataclasses import replace

from emptychair.understand.ask.answer import Answer, Nothing

FEWEST = 5


def grouped(answer: Answer) -> Answer | Nothing:
    """The answer without any count of fewer than five texts of employees, and without who said what when."""
    if answer.about.texts < FEWEST:
        return Nothing(reason="few", read=answer.read, unread=answer.unread, end=answer.period.end)
    sides = answer.sides
    if sides is not None and not _may_be_told(
        (sides.people_for, sides.people_against, sides.both, sides.unsure)
    ):
        sides = None
    return replace(
        answer,
        sides=sides,
        tones=answer.tones if _may_be_told(answer.tones.values()) else {},
        months=(),
        themes=tuple(one for one in answer.themes if one.texts >= FEWEST),
        segments=(),
        evidence=tuple(
            replace(one, passage=replace(one.passage, person=None, occurred_at=answer.period.start))
            for one in answer.evidence
        ),
    )


def _may_be_told(counts: Iterable[int]) -> bool:
    return all(count == 0 or count >= FEWEST for count in counts)
