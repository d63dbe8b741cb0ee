"""One thing that is wrong in a survey, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`place` is the number of the question (0 the first), -1 for the survey as a whole.

    A grave fault keeps the survey from being opened; the others are worth knowing.
    """

    place: int
    text: str
    is_grave: bool = True

    @property
    def told(self) -> str:
        """The fault with its place, as a sentence.

        >>> here("choice 2: there is no text", 2).told
        'Question 3, choice 2: there is no text.'
        """
        if self.place < 0:
            return f"{self.text[:1].upper()}{self.text[1:]}."
        joint = ", " if self.text.startswith(("choice ", "row ", "jump ")) else ": "
        return f"Question {self.place + 1}{joint}{self.text}."


def here(text: str, place: int = -1, *, is_grave: bool = True) -> Fault:
    """A fault at a place; without one of the whole survey."""
    return Fault(place=place, text=text, is_grave=is_grave)
