"""What somebody looks for: words and "words in a row", and nothing that could mean something to an engine."""

from dataclasses import dataclass
from itertools import pairwise

from emptychair.understand.search.analysis import stems

LONGEST, MOST_WORDS = 400, 12
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))  # what keyboards and phones write
# In every other text: they find nothing, and looking at all their places costs most of the time.
_EVERYWHERE = frozenset(
    """a an and are as at be but by for from had has have i if in is it its me my not of on or our she so that
    the their them there they this to us was we were what when which who will with you your""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`text` is what was asked, cut; each of `words` and `phrases` is one stem or several in a row.

    Phrases must be there; of the words most, or any one of them when it `is_loose`.
    """

    text: str
    words: tuple[tuple[str, ...], ...]
    phrases: tuple[tuple[str, ...], ...]
    is_loose: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no word in it."""
        return not (self.words or self.phrases)

    @property
    def needed(self) -> int:
        """How many of the words must be there: both of two, and two of three."""
        if self.is_loose:
            return min(1, len(self.words))
        return len(self.words) if len(self.words) <= 2 else round(len(self.words) * 2 / 3)

    @property
    def stems(self) -> frozenset[str]:
        """Every word in it."""
        return frozenset(stem for part in (*self.words, *self.phrases) for stem in part)


def asked(text: str) -> Asked:
    """What was asked for, of which the first 12 words count. O(letters), and never raises.

    >>> asked('the "late refund" e-mail').phrases, asked('the "late refund" e-mail').words
    ((('late', 'refund'),), (('e', 'mail'),))
    """
    # Half a word at the end is no word that anybody asked for.
    cut = text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]
    plain = "".join(letter if letter.isprintable() else " " for letter in cut).strip()
    parts = plain.translate(_QUOTES).split('"')
    # The last part is not in quotation marks, or its mark is missing.
    quoted, loose = parts[1:-1:2], [*parts[:-1:2], parts[-1]]
    phrases = [tuple(stems(part)[:MOST_WORDS]) for part in quoted]
    words = [word for part in loose for word in part.split()]
    telling = [word for word in words if word.lower() not in _EVERYWHERE]
    pieces = [piece for word in telling or ([] if any(phrases) else words) for piece in _pieces(stems(word))]
    return Asked(
        text=plain,
        words=tuple(dict.fromkeys(pieces))[:MOST_WORDS],
        phrases=tuple(dict.fromkeys(phrase for phrase in phrases if phrase))[:MOST_WORDS],
    )


def _pieces(found: list[str]) -> list[tuple[str, ...]]:
    """A word as it is; one written without blanks as pairs of its letters."""
    if len(found) > 2 and all(len(stem) == 1 and not stem.isascii() for stem in found):
        return list(pairwise(found))
    return [tuple(found)] if found else []
