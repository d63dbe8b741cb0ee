"""The words that opinions are about, told from how they stand among others: no tagger, no model."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from emptychair.understand.language import little_words as little
from emptychair.understand.language.tone.lexicon import READ, opinion_words

# Marks, addresses and handles; blanks take their place so that all others keep theirs.
_NOT_WORDS = re.compile(r"<[^<>]{0,300}>|&\w{2,8};|(?:https?://|www\.)\S*|\S{1,80}@\S{1,80}|[@#]\w+")
_BEHIND_A_VERB = little.DETERMINERS | little.PRONOUNS | little.OBJECTS
_TOKEN = re.compile(r"[^\W_][\w'-]*|[^\w\s]")
_STRAIGHT = str.maketrans("’‘", "''")

# Found on the train and dev sets of ACOS, at 800 and at 3,750 sentences; each is good over a wide range.
_DOUBT, _DOUBTED = 4.0, 0.3  # a word counts as if four places, of which .3 speak for a noun, had been seen
_IS_NOUN = 0.65
_IS_NOUN_THOUGH_OPINION = 0.85
_LEAST_TOGETHER = 3  # two words are one term that so often stand together, and so much of the first or last
_OF_FIRST, _OF_LAST = 0.2, 0.3
_FEWEST_SENTENCES = 2
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Term:
    """Words that an opinion may be about, and where (`end` exclusive); `key` is that of their plural too."""

    key: str
    said: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Wording:
    """How words stand in some sentences: which are nouns there, how often each is there, and which pairs.

    `sentences` are hashes of those that were counted: the same one counts once.
    """

    nouns: frozenset[str]
    times: Counter[str]
    pairs: Counter[tuple[str, str]]
    speaking_for: dict[str, float]
    against: dict[str, float]
    sentences: frozenset[int]


NOTHING = Wording(frozenset(), Counter(), Counter(), {}, {}, frozenset())


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    begin: int
    end: int

    @property
    def is_full(self) -> bool:
        """Whether it is a word that says something by itself."""
        return _is_full(self.word)


def wording(sentences: Sequence[str], before: Wording = NOTHING) -> Wording:
    """What the sentences tell of their words, with what was told `before`. O(letters).

    Some hundred different sentences tell enough.
    """
    speaking_for = defaultdict(float, before.speaking_for)
    against = defaultdict(float, before.against)
    times, pairs = before.times.copy(), before.pairs.copy()
    fresh = {hash(sentence): sentence for sentence in sentences}
    for sentence in (fresh[one] for one in fresh if one not in before.sentences):
        words = ["", *(token.word for token in _tokens(sentence)), ""]
        for left, word, right in zip(words, words[1:], words[2:], strict=False):
            if not _is_full(word):
                continue
            times[word] += 1
            if _is_full(left):
                pairs[left, word] += 1
            speaking_for[_singular(word)] += _for_noun(left, right)
            against[_singular(word)] += _against_noun(left, right)
    nouns = frozenset(
        word for word in times if _is_noun(word, speaking_for[_singular(word)], against[_singular(word)])
    )
    return Wording(nouns, times, pairs, speaking_for, against, before.sentences.union(fresh))


def terms(sentences: Sequence[str], how: Wording) -> list[list[Term]]:
    """The terms of each sentence in their order; of those that one sentence alone has, none.

    `how` is told from these sentences, or from more of the same company.
    """
    named = {sentence: _terms(sentence, how) for sentence in dict.fromkeys(sentences)}
    times = Counter(key for some in named.values() for key in {term.key for term in some})
    return [
        [term for term in named[sentence] if times[term.key] >= _FEWEST_SENTENCES] for sentence in sentences
    ]


def _terms(text: str, how: Wording) -> list[Term]:
    tokens = _tokens(text)
    found, at = [], 0
    while at < len(tokens):
        if tokens[at].word not in how.nouns:
            at += 1
            continue
        begin, end = _around(tokens, at, how)
        at = end
        if not _is_aside(tokens, begin) and end - begin <= _LONGEST:
            words = [token.word for token in tokens[begin:end]]
            first, last = tokens[begin].begin, tokens[end - 1].end
            found.append(Term(" ".join(map(_singular, words)), " ".join(words), first, last))
    return found


def _around(tokens: Sequence[_Token], at: int, how: Wording) -> tuple[int, int]:
    """The nouns in a row that begin here, with the words before and behind that often stand with them."""
    begin, end = at, at
    while end < len(tokens) and tokens[end].word in how.nouns:
        end += 1
    opinions = opinion_words()
    while begin and tokens[begin - 1].is_full and tokens[begin - 1].word not in opinions:
        word = tokens[begin - 1].word
        if how.pairs[word, tokens[begin].word] < max(_LEAST_TOGETHER, _OF_FIRST * how.times[word]):
            break
        begin -= 1
    while end < len(tokens) and tokens[end].is_full and tokens[end].word not in opinions:
        word = tokens[end].word
        if how.pairs[tokens[end - 1].word, word] < max(_LEAST_TOGETHER, _OF_LAST * how.times[word]):
            break
        if how.against[_singular(word)] >= how.speaking_for[_singular(word)]:  # "the app taught me"
            break
        end += 1
    return begin, end


def _is_aside(tokens: Sequence[_Token], begin: int) -> bool:
    """Whether it says where, when or for what: "for school", "in the small black box"."""
    for token in reversed(tokens[max(0, begin - 4) : begin]):
        if token.word in little.ASIDE:
            return True
        if not (token.word in little.DETERMINERS or token.is_full):
            return False
    return False


def _is_noun(word: str, speaking_for: float, against: float) -> bool:
    least = _IS_NOUN_THOUGH_OPINION if word in opinion_words() else _IS_NOUN
    return (speaking_for + _DOUBT * _DOUBTED) / (speaking_for + against + _DOUBT) >= least


def _for_noun(left: str, right: str) -> float:
    """How much its neighbours speak for a noun. What stands before another word may describe it."""
    told = 1.0 if right in little.VERBS else 0.0
    if _is_full(right):
        return told
    if left in little.DETERMINERS:
        return told + 1
    if left in little.PREPOSITIONS:
        return told + 0.7
    return told + (0.5 if _is_full(left) else 0)


def _against_noun(left: str, right: str) -> float:
    told = 1.0 if left in little.PRONOUNS else 0.0
    told += 1.5 * (left in little.AUXILIARIES) + 1.5 * (left in little.DEGREES) + (left in little.COPULAS)
    return told + (right in _BEHIND_A_VERB)


def _tokens(text: str) -> list[_Token]:
    """The words in small letters and the marks between them, of the first 5,000 letters or so."""
    plain = _NOT_WORDS.sub(lambda match: " " * len(match.group()), text[:READ].translate(_STRAIGHT))
    return [_Token(one.group().lower(), one.start(), one.end()) for one in _TOKEN.finditer(plain)]


def _is_full(word: str) -> bool:
    return len(word) > 1 and word not in little.little() and any(map(str.isalpha, word))


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
