"""How somebody felt over time, as far as they told: by their scores, and by how their words sound."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from emptychair.domain.scale import scale_of
from emptychair.domain.signal import Kind
from emptychair.understand.person.history import Happening
from emptychair.understand.person.said import Read

# How somebody feels "now" is told by the last readings, if they are of the last half year.
LATELY, FRESH = 5, timedelta(days=180)
# The course is the mean of so many readings in a row; with fewer in all there are points and no line.
RUN = 5
# From -1 to 1: beyond these somebody is called happy or unhappy, between them neither.
UNHAPPY, HAPPY = -0.2, 0.2
PASSIVE = Decimal("7.5")


class Feeling(StrEnum):
    """How somebody feels by what they told last."""

    UNHAPPY = "unhappy"
    MIXED = "mixed"
    HAPPY = "happy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """One reading: `value` from -1 (as unhappy as it can be told) to 1.

    `score` is on its scale from `lowest` to `highest`; None where the words alone tell, by their `tone`.
    """

    signal: str
    at: datetime
    value: float
    name: str
    score: Decimal | None
    lowest: int
    highest: int
    tone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """All readings, oldest first, and how somebody feels by the last `n` of them since `since`.

    `feeling` is None where nothing was told lately.
    """

    felt: Sequence[Felt]
    feeling: Feeling | None
    n: int
    since: datetime | None

    @property
    def course(self) -> list[tuple[datetime, float]]:
        """The mean of five readings in a row, at the instant of the last; empty with fewer."""
        values = [one.value for one in self.felt]
        return [
            (self.felt[last].at, sum(values[last - RUN + 1 : last + 1]) / RUN)
            for last in range(RUN - 1, len(values))
        ]


def mood(told: Iterable[Happening], read: Mapping[str, Read], now: datetime) -> Mood:
    """How somebody felt, by these moments and what was read in them."""
    found = [felt for one in told if (felt := _felt(one, read.get(one.id))) is not None]
    found.sort(key=lambda one: (one.at, one.signal))
    last = [one for one in found[-LATELY:] if one.at > now - FRESH]
    if not last:
        return Mood(felt=found, feeling=None, n=0, since=None)
    mean = sum(one.value for one in last) / len(last)
    feeling = Feeling.UNHAPPY if mean <= UNHAPPY else Feeling.HAPPY if mean > HAPPY else Feeling.MIXED
    return Mood(felt=found, feeling=feeling, n=len(last), since=last[0].at)


def normalised(name: str, score: Decimal) -> float | None:
    """A score from -1 to 1 by its place on its scale; None where the scale is not known.

    0 is the middle of the scale, for recommending the middle of those who are neither promoters nor
    detractors (7 and 8), so that a detractor is unhappy and a promoter happy.

    >>> normalised("nps", Decimal(6)), normalised("nps", Decimal(9)), normalised("csat", Decimal(3))
    (-0.2, 0.6, 0.0)
    """
    scale = scale_of(name)
    if scale is None or not scale.has(score):
        return None
    lowest, highest = Decimal(scale.lowest), Decimal(scale.highest)
    middle = PASSIVE if "nps" in scale.names else (lowest + highest) / 2
    return float((score - middle) / (highest - middle if score > middle else middle - lowest))


def _felt(one: Happening, read: Read | None) -> Felt | None:
    """A score tells more than the words beside it, which tell where there is none."""
    scale, tone = scale_of(one.name), None if read is None else read.tone
    if one.kind is Kind.RATED and one.score is not None and scale is not None:
        value = normalised(one.name, one.score)
        if value is not None:
            return Felt(
                signal=one.id, at=one.occurred_at, value=value, name=one.name, score=one.score,
                lowest=scale.lowest, highest=scale.highest, tone=tone,
            )  # fmt: skip
    if read is None or read.tone_score is None or tone in (None, "unsure"):
        return None
    value = max(-1.0, min(1.0, float(read.tone_score)))
    return Felt(
        signal=one.id,
        at=one.occurred_at,
        value=value,
        name=one.name,
        score=None,
        lowest=0,
        highest=0,
        tone=tone,
    )
