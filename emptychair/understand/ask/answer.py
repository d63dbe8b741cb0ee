"""The answer to a question: evidence, counts with their intervals, and who is silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.stats.intervals import Estimate
from emptychair.understand.ask.gathering import Passage
from emptychair.understand.ask.inquiry import Inquiry
from emptychair.understand.ask.siding import Side
from emptychair.understand.ask.silence import Silence
from emptychair.understand.ask.speakers import Speakers
from emptychair.understand.ask.tally import Sides, Tally, Theme
from emptychair.understand.voice.course import Month
from emptychair.understand.voice.who import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One passage that is shown: its side, its tone, and where in the text it tells (`begin`, `end`).

    `copies` counts the same words and `alike` what says nearly the same, this one with them; `id` (e1,
    e2 ...) names it within one answer.
    """

    id: str
    passage: Passage
    side: Side
    tone: str | None
    begin: int
    end: int
    copies: int
    alike: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What people said about `inquiry` in a period, as far as it was read.

    `tones` counts the telling sentences by their tone, "" where none can be read. `sides` is None of what is
    no claim, `silence` where `why_no_silence` says so. `is_all` is False when there was more than is looked
    at: then counts are at least these. `unknown` are texts of the period in languages that the model does
    not know.
    """

    inquiry: Inquiry
    audience: Audience
    period: Period
    channel: str
    speakers: Speakers
    about: Tally
    share: Estimate | None
    sides: Sides | None
    tones: Mapping[str, int]
    evidence: Sequence[Evidence]
    months: Sequence[Month]
    themes: Sequence[Theme]
    segments: Sequence[Group]
    silence: Silence | None
    why_no_silence: str
    unknown: Mapping[str, int]
    is_all: bool
    read: int
    unread: int

    def of(self, side: Side) -> list[Evidence]:
        """The evidence of one side."""
        return [one for one in self.evidence if one.side == side]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """There is no answer, because of `reason`.

    `empty`: no word in the question; `unread`: no index yet; `unsaid`: nobody said anything; `few`: fewer
    than five texts of employees, which are told nowhere; `early`: nothing was
    said yet on the first day that counts; `unreachable`: the model elsewhere does not answer.
    """

    reason: str
    read: int
    unread: int
    end: datetime | None = None
