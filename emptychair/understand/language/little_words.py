"""Words of English that tell whether the one beside them is a noun; none is an aspect itself."""

from functools import cache


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# What stands behind these is a noun, or what describes one.
DETERMINERS = _words(
    "the a an my your our their his her its this that these those no any some another each every"
)
PREPOSITIONS = _words(
    "of in on with for from by about at without into over under between via per like than through"
)
# What stands directly behind these is not: "we love", "to love", "very small", "is small".
PRONOUNS = _words("i you we they he she it who that which i'm i've i'll i'd you're you'll it's that's")
# And what stands directly before these: "taught me".
OBJECTS = _words("me us him them myself yourself itself themselves")
AUXILIARIES = _words(
    "to can could will would should must may might do does did don't doesn't didn't can't won't couldn't",
    "wouldn't not never cannot",
)
DEGREES = _words("very really so too extremely pretty quite super more most less")
COPULAS = _words("is are was were be been it's that's seems looks feels")
# What stands directly before these is a noun: "the screen is".
VERBS = _words(
    "is are was were has have had isn't aren't wasn't weren't does doesn't seems looks feels works"
)
# A noun behind these says where, when, why or with what, and is seldom what the opinion is about.
ASIDE = _words("for in at to from as than by after during into via per without before because or")
# Common nouns and verbs that are about anything: amounts, times, people, and words for having an opinion.
_ANYTHING = _words(
    "just like really get got did doing done said say says want wanted know think need needed use used using",
    "make makes made going go went im dont also only even still ever never always much many lot lots thing",
    "things something anything nothing everything everyone anyone someone bit way ways kind sort couple time",
    "times day days week weeks month months year years hour hours minute minutes second seconds today",
    "yesterday tomorrow morning afternoon evening night person people reason reasons fact part point problem",
    "problems issue issues review reviews star stars money somebody anybody everybody hi hello hey dear",
    "thanks thank sorry regards cheers ok okay yes",
)
# Sklearn's list has some that companies are spoken of by.
_ASPECTS = _words("system bill call fire cry interest computer")
_TOLD = DETERMINERS | PREPOSITIONS | PRONOUNS | OBJECTS | AUXILIARIES | DEGREES | COPULAS | VERBS | _ANYTHING


@cache
def little() -> frozenset[str]:
    """All words that are no aspect."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # a second of a start

    return frozenset(ENGLISH_STOP_WORDS - _ASPECTS) | _TOLD
