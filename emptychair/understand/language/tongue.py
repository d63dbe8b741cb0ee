"""The language that a text is written in, when it can be told."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SMALL_KNOWS = frozenset({"en"})
"""Languages in which both models and VADER can be trusted. Of others we say that we do not know them."""

# Nearly all that customers write in, and few enough that a short text is told better (docs/language.md). "no"
# is Bokmål. The model knows others, such as Esperanto or Volapük, that short texts are taken for.
WRITTEN = [
    *["af", "am", "ar", "az", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa"],
    *["fi", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "km"],
    *["kn", "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mr", "ms", "my", "ne", "nl", "no", "pa", "pl", "pt"],
    *[
        "ro",
        "ru",
        "si",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tl",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
    ],
]

# With a confidence of .7 to .8, 97 of 100 are told rightly, with .6 to .7 only 92 (docs/language.md).
TOLD = 0.7
_LETTERS_READ = 2_000
_TEXT_READ = 20_000
_WIDE = 2.5  # letters that a sign of Chinese, Japanese or Korean stands for
_NOT_WORDS = re.compile(
    r"<[^<>]{0,500}>|&#?\w{1,10};|(?:https?://|www\.)\S*|[\w.+-]{1,64}@[\w.-]{1,255}|[@#]\w+|[\d_]+"
)
_WIDE_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language (ISO 639-1) and how sure the model is, from TOLD to 1 (measured in docs/language.md)."""

    code: str
    confidence: float


@lru_cache(maxsize=1_024)  # the tone of a text asks for it again
def tongue(text: str) -> Tongue | None:
    """The language of the text, or None when it cannot be told: too short, no words, or like several.

    Of a text in two scripts, that of the script with more in it. Addresses, tags, mentions and numbers do not
    count, nor what is behind the 20,000th letter. O(1).
    """
    words = _readable(text)
    if sum(map(str.isalpha, words)) < 2:
        return None
    code, confidence = _model().classify(words)
    return Tongue(code, float(confidence)) if confidence >= TOLD else None


def code_of(text: str) -> str | None:
    """The language of the text as its code alone."""
    found = tongue(text)
    return None if found is None else found.code


def code_among(text: str, codes: Collection[str]) -> str | None:
    """The language of a text that is in one of these, such as a few words that are looked for.

    None where it is told to be in another, or where none of these stands out.
    """
    if (told := code_of(text)) is not None or not codes:
        return told if told in codes else None
    words = _readable(text)
    if sum(map(str.isalpha, words)) < 2:
        return None
    among = {code: chance for code, chance in _model().rank(words) if code in codes}
    likeliest = max(among, key=among.__getitem__)
    return likeliest if among[likeliest] >= TOLD * sum(among.values()) else None


@cache
def _model() -> LanguageIdentifier:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(WRITTEN)
    return model


def _readable(text: str) -> str:
    return _main_script(_NOT_WORDS.sub(" ", text[:_TEXT_READ]))[:_LETTERS_READ]


def _main_script(text: str) -> str:
    """The words of the script in which most is written, with a blank for what is no letter or mark."""
    if text.isascii():
        return re.sub(r"[^A-Za-z']+", " ", text).strip()
    scripts = [_script(sign) for sign in text]
    weights: dict[str, float] = {}
    for script in scripts:
        weights[script] = weights.get(script, 0) + (_WIDE if script == "WIDE" else 1)
    main = max((name for name in weights if name), key=weights.__getitem__, default="")
    kept = (
        sign if script == main or sign in "'’" or unicodedata.category(sign)[0] == "M" else " "
        for sign, script in zip(text, scripts, strict=True)
    )
    return " ".join("".join(kept).split())


def _script(sign: str) -> str:
    """The script of a letter by its name in Unicode, "" of anything else. What Japanese mixes is one."""
    if not sign.isalpha():
        return ""
    script = unicodedata.name(sign, "").split(" ")[0].split("-")[0]
    return "WIDE" if script in _WIDE_SCRIPTS else script
