"""Words that say which way an opinion leans, in pairs of opposites, and what turns them around."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What is looked for when a claim leans one way: who uses the other end of the same axis speaks against it.
_AXES: dict[str, tuple[str, str]] = {
    "speed": (
        """
        slow slowly slower late later delayed delay delays delaying wait waiting waited sluggish lag
        laggy forever overdue overlong ages
        """,
        """
        fast faster quick quickly quicker prompt promptly early instant instantly speedy punctual
        swift ontime
        """,
    ),
    "price": (
        "expensive overpriced costly pricey pricy dear dearer unaffordable",
        "cheap cheaper affordable inexpensive bargain reasonable",
    ),
    "ease": (
        """
        hard harder difficult complicated confusing confused unclear cumbersome clunky tedious
        unusable unintuitive
        """,
        "easy easier easily simple simpler intuitive clear straightforward effortless convenient usable",
    ),
    "kindness": (
        "rude unfriendly unhelpful impolite arrogant dismissive disrespectful unprofessional",
        "friendly helpful polite kind courteous caring patient attentive professional pleasant",
    ),
    "working": (
        """
        broken broke break breaks breaking crash crashes crashed crashing buggy bug bugs glitch
        glitchy fail fails failed failing faulty defective unreliable unstable
        """,
        "works worked reliable stable flawless flawlessly smooth smoothly seamless seamlessly",
    ),
    "presence": (
        """
        lost lose loses missing misplaced vanished cancelled canceled cancellation cancellations
        unavailable
        """,
        "available",
    ),
    "wholeness": (
        "damaged torn dented cracked scratched leaking leaked stained",
        "intact undamaged",
    ),
    "comfort": (
        "uncomfortable cramped noisy loud dirty filthy crowded cold",
        "comfortable comfy cosy cozy quiet clean spacious roomy",
    ),
    "amount": (
        "excessive wasteful",
        "enough sufficient",
    ),
    "trust": (
        "unsafe insecure dishonest misleading scam fraud untrustworthy",
        "safe secure honest trustworthy transparent",
    ),
    "worth": (
        """
        bad worse worst terrible awful horrible poor poorly disappointing disappointed disappoints
        useless hate hated hates dislike disliked annoying annoyed frustrating frustrated unhappy
        angry complain complains complained complaining complaint complaints unacceptable lousy
        problem problems trouble dissatisfied
        """,
        """
        good great better best excellent amazing awesome perfect love loved loves enjoy enjoyed
        happy satisfied wonderful fantastic brilliant nice impressed pleased delighted fine
        recommend
        """,
    ),
}
_NOTS = frozenset(
    """
    not no never none nobody nothing neither nor hardly barely without cannot cant isnt wasnt arent
    dont doesnt didnt wont wouldnt couldnt shouldnt havent hasnt hadnt aint stop stopped less
    """.split()  # noqa: SIM905
)
# "Never had worse" is not good: what compares is not turned around.
_COMPARING = frozenset(
    """
    worse worst better best slower faster quicker harder easier simpler cheaper dearer
    """.split()  # noqa: SIM905
)
# "Not at all slow", "no longer a slow delivery": so many words may stand between.
_REACH = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Said in several words.
_PHRASES = (
    # "I would like to" and "like this" praise nothing.
    (
        re.compile(
            r"(?:^|\b(?:i|we|they|you|people|customers|users|really|also|do|does|did|not|n't) )"
            r"(?:really |also )?like[sd]?\b(?! to\b)"
        ),
        "love",
    ),
    (re.compile(r"\b(?:on|in) time\b"), "ontime"),
    (
        re.compile(r"\b(?:far |way |much )?too long\b|\b(?:takes?|took|taking) (?:weeks|months|for ever)\b"),
        "overlong",
    ),
    (re.compile(r"\b(?:far |way )?too (?:much|many)\b"), "excessive"),
    (re.compile(r"\bout of (?:stock|order)\b"), "unavailable"),
)
_DEGREES = frozenset({"too", "very", "so", "really", "quite", "rather", "always", "often"})
_LINK = re.compile(r"^(?:(?:about|with|of|on|for|at|by|too|very|so|as)\s+)+", re.IGNORECASE)
_BREAK = re.compile(r"[.,;:!?]|\b(?:but|although|however|though)\b", re.IGNORECASE)

_POLES: dict[str, tuple[str, int]] = {
    word: (name, pole)
    for name, (low, high) in _AXES.items()
    for pole, words in ((-1, low), (1, high))
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Lean:
    """A word that leans: on which axis, to which end (-1 or 1) once what stands before it is counted."""

    axis: str
    pole: int


def leans(text: str) -> list[Lean]:
    """Every word of the text that leans, in order. "Not slow" leans as "fast" does.

    >>> leans("Delivery isn't slow"), leans("not slow but expensive")
    ([Lean(axis='speed', pole=1)], [Lean(axis='speed', pole=1), Lean(axis='price', pole=-1)])
    """
    found = []
    plain = text.lower().replace("’", "'")
    for phrase, word in _PHRASES:
        plain = phrase.sub(word, plain)
    for part in _BREAK.split(plain):
        words = [match.group().replace("'", "") for match in _WORD.finditer(part)]
        for place, word in enumerate(words):
            if word in _POLES:
                axis, pole = _POLES[word]
                found.append(Lean(axis, -pole if _is_turned(words, place) else pole))
    return found


def bears_on(text: str, axes: Sequence[str]) -> int:
    """Which way the words on these axes lean together: -1, 1, or 0 for both or none.

    What leans on no axis of its own ("great", "terrible") counts for none of the others.
    """
    poles = {lean.pole for lean in leans(text) if lean.axis in axes}
    return poles.pop() if len(poles) == 1 else 0


def without_leans(text: str) -> str:
    """The text without the words that lean: what somebody who says the contrary speaks of too.

    >>> without_leans("Delivery is always on time"), without_leans("complain about the price")
    ('Delivery is', 'the price')
    """
    bare = text
    for phrase, _ in _PHRASES:
        bare = re.sub(phrase.pattern, " ", bare, flags=re.IGNORECASE)
    words = [
        word
        for word in bare.split()
        if word.lower() not in _DEGREES and word.strip('.,;:!?"()').lower().replace("'", "") not in _POLES
    ]
    return _LINK.sub("", " ".join(words))


def _is_turned(words: Sequence[str], place: int) -> bool:
    """Whether an odd number of nots stands before a word. "Not only slow" is slow."""
    if words[place] in _COMPARING:
        return False
    before = list(words[max(0, place - _REACH) : place])
    nots = sum(word in _NOTS for word in before)
    if "only" in before and "not" in before:
        nots -= 1
    return nots % 2 == 1
