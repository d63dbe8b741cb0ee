"""What counts as a word, in texts and in what is asked for: folded, and stemmed as English is."""

import unicodedata
from functools import cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

ANALYZER = "words"
LONGEST_TEXT = 100_000
# Written without blanks between words: every letter is found by itself, and words as letters in a row.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORDS = (
    rf"[{_UNSPACED}]|[[\p{{L}}\p{{N}}]--[{_UNSPACED}]][[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]*"
    r"|\p{Extended_Pictographic}"
)
_LONGEST_WORD = 80  # bytes: what is longer is no word that anybody would look for


@cache
def analyzer() -> TextAnalyzer:
    """Words in small letters without accents, and without the endings that English words have.

    Words of other languages lose an ending now and then; so does what is asked for, and they are found.
    """
    built = TextAnalyzerBuilder(Tokenizer.regex(_WORDS)).filter(Filter.remove_long(_LONGEST_WORD))
    return (
        built.filter(Filter.lowercase()).filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()
    )


def prepared(text: str) -> str:
    """The text as it is analysed: letters that look the same are the same ones; cut where it is very long."""
    whole = text[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", whole)


def stems(text: str) -> list[str]:
    """The words of a text, as they are looked for.

    >>> stems("The refunds took ages: café, 退款 🙂")
    ['the', 'refund', 'took', 'age', 'cafe', '退', '款', '🙂']
    """
    return list(analyzer().analyze(prepared(text)))


def places(text: str) -> list[tuple[str, int, int]]:
    """The words of a text with where each begins and ends, as letters of the text itself."""
    found = analyzer().pre_tokenize(text).tokens
    return [(one.text, one.char_offset_from, one.char_offset_to) for one in found]
