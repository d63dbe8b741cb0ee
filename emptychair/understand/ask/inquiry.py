"""What somebody asks: a claim that people may be for or against, or something open; and what it is about."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from emptychair.understand.ask.axes import Lean, leans, without_leans
from emptychair.understand.search.asked import LONGEST, asked


class Form(StrEnum):
    """What an answer to it looks like."""

    CLAIM = "claim"
    """It is so or not: evidence for and against."""
    OPEN = "open"
    """What, why, how: themes, tones and what was said."""
    COUNT = "count"
    """How many: as open, and the count first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question as it was asked (cut), what it is about without its frame ("do customers think"), its form.

    Of a claim `leaning` is -1 or 1, which mood speaks for it; `axes` are what it says something on, empty
    where only its tone tells. `why_open` says why something that looks like a claim is none: `leaning`.
    """

    text: str
    topic: str
    form: Form
    leaning: int = 0
    axes: tuple[str, ...] = ()
    why_open: str = ""

    @property
    def subject(self) -> str:
        """The topic without the words that lean; all of it where nothing would be left."""
        bare = without_leans(self.topic)
        return bare if asked(bare).stems else self.topic


_WHO = (
    r"(?:(?:our|the|my|your|any|many|most|some|all|more)\s+)*"
    r"(?:customers?|clients?|users?|people|persons?|buyers?|subscribers?|guests?|patients?|members?|employees?|"
    r"colleagues?|staff|they|anyone|anybody|someone|everyone|folks|those\s+who\s+\w+)"
)
_SAY = (
    r"(?:think|thinking|thought|feel|feeling|felt|say|saying|said|believe|find|report|reporting|mention|"
    r"mentioning|mentioned|talk|talking|speak|speaking|tell|telling|see|agree|claim|consider|write|wrote)"
)
_ABOUT = r"(?:\s+(?:us|me|you))?(?:\s+(?:that|about|of|on|regarding|concerning|with))?"
# Frames that say nothing of the subject, the longest first.
_FRAMES = [
    re.compile(r"^(?:please\s+)?(?:tell\s+(?:me|us)|show\s+(?:me|us))(?:\s+about)?\s+", re.I),
    re.compile(r"^is\s+it\s+(?:true|right|correct|so|the\s+case)(?:\s+that)?\s+", re.I),
    re.compile(rf"^how\s+(?:many|much|often)\s+(?:of\s+)?{_WHO}\s+{_SAY}{_ABOUT}\s+", re.I),
    re.compile(rf"^how\s+(?:many|much|often)\s+(?:of\s+)?(?:do\s+|does\s+|did\s+)?{_WHO}\s+", re.I),
    re.compile(
        rf"^(?:what|why|how|where|when|which|who)\s+(?:do|does|did|are|is|were|was|have|has)\s+{_WHO}\s+"
        rf"(?:{_SAY}{_ABOUT}\s+)?",
        re.I,
    ),
    re.compile(
        rf"^(?:do|does|did|are|is|were|was|have|has|will|would|can|could)\s+{_WHO}\s+(?:{_SAY}{_ABOUT}\s+)?",
        re.I,
    ),
    re.compile(rf"^{_WHO}\s+{_SAY}{_ABOUT}\s+", re.I),
    re.compile(
        r"^(?:what|why|how|where|when|which|who)(?:['’]s|\s+(?:is|are|was|were|do|does|did|has|have))?\s+",
        re.I,
    ),
    re.compile(r"^(?:is|are|was|were|do|does|did|has|have|can|could|should|will|would)\s+", re.I),
]  # fmt: skip
_OPEN = re.compile(r"^(?:please\s+)?(?:what|why|how|where|when|which|who|whose|tell|show|list)\b", re.I)
_COUNT = re.compile(
    r"^(?:how\s+(?:many|much|often)|what\s+(?:share|percentage|number|fraction)|count)\b", re.I
)
_LETTER = re.compile(r"[^\W\d_]")


def inquiry(text: str, balance: Callable[[str], float | None]) -> Inquiry | None:
    """What is asked; None when there is nothing in it that could be looked for. O(letters), never raises.

    `balance` tells the tone of a claim in which no known word leans, from -1 to 1, None when nobody can.

    >>> found = inquiry("Do customers think that delivery is slow?", lambda text: None)
    >>> found.topic, found.form.value, found.leaning, found.axes
    ('delivery is slow', 'claim', -1, ('speed',))
    >>> inquiry("Why are customers unhappy with refunds?", lambda text: None).form.value
    'open'
    """
    cut = text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in cut).split())
    if not any(unicodedata.category(sign)[0] in "LNS" for sign in plain):  # letters, numbers, emoji
        return None
    topic = _topic(plain)
    if _COUNT.match(plain):
        return Inquiry(text=plain, topic=topic, form=Form.COUNT)
    if _OPEN.match(plain) or len(topic.split()) < 2 or not _LETTER.search(topic):
        return Inquiry(text=plain, topic=topic, form=Form.OPEN)
    return _claim(plain, topic, balance)


def _topic(plain: str) -> str:
    """The question without its frame and its mark; all of it when nothing would be left."""
    bare = plain.rstrip(" ?!.…")
    for frame in _FRAMES:
        shorter = frame.sub("", bare, count=1)
        if shorter != bare and _LETTER.search(shorter):
            return shorter
    return bare or plain


# A claim without a word that leans has to be clear, and to say something: "half caf coffee" claims nothing.
_CLEAR = 0.35
_SAYS = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|should|may|might|must"
    r"|makes?|made|takes?|took|gets?|got|keeps?|kept|needs?|lets?)\b|n['’]t\b|['’](?:s|re|ve)\b",
    re.IGNORECASE,
)


def _claim(plain: str, topic: str, balance: Callable[[str], float | None]) -> Inquiry:
    found = leans(topic)
    poles = {lean.pole for lean in _telling(found)}
    if len(poles) == 1:
        axes = tuple(dict.fromkeys(lean.axis for lean in _telling(found)))
        return Inquiry(text=plain, topic=topic, form=Form.CLAIM, leaning=poles.pop(), axes=axes)
    tone = None if found or not _SAYS.search(plain) else balance(topic)
    if tone is not None and abs(tone) >= _CLEAR:
        return Inquiry(text=plain, topic=topic, form=Form.CLAIM, leaning=1 if tone > 0 else -1)
    return Inquiry(text=plain, topic=topic, form=Form.OPEN, why_open="leaning")


def _telling(found: list[Lean]) -> list[Lean]:
    """Leans on an axis of their own, where there are some: "a great fast app" is a claim about speed."""
    return [lean for lean in found if lean.axis != "worth"] or found
