"""What stands in the way of an import, in sentences that say what to do."""

from dataclasses import dataclass


class ImportRefused(Exception):
    """The file cannot be imported as it is; the message says why and what to do."""


class PlanIncomplete(ImportRefused):
    """The plan still has questions; the message is their sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A question that must be answered before anything is stored.

    `field` is the field (or "shape", "as_of") it is about; `question` is what is not known and why;
    `answer` is what to pass, for example `--map time=Date:dmy`.
    """

    field: str
    question: str
    answer: str

    def __str__(self) -> str:
        return f"{self.question} {self.answer}"
