"""A text as its sentences, each with its place in the text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 600

_CLOSING = "\"'”’“»›)\\]}*_"
_WIDE_CLOSING = _CLOSING + "」』）】》〉］"
_EMOJI = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d"

# Every branch matches once its first sign is met, and nothing is looked for behind it: linear in any text.
_PLACE = re.compile(
    rf"(?P<full>[。！？｡।॥։።។။؟۔]+[{_WIDE_CLOSING}]*)"
    rf"|(?P<stop>[.!?…‽⁇⁈⁉]+[{_CLOSING}]*)"
    r"|(?P<line>[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*)"
    rf"|(?P<emoji>[{_EMOJI}]+)"
)
_EMOJI_BEHIND = re.compile(rf"[^\S\n\r]*[{_EMOJI}]+")
_BULLET = re.compile(r"(?:[-*•·–—▪●◦‣]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s")
_NUMBERED = re.compile(r"\s*\(?\d{1,3}\.")
_WORD_BEHIND = re.compile(r"\s*[\"'“‘«(\[]*(\w{0,20})")
_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# A name, a number or a word goes on behind these.
_GOES_ON = _words(
    "mr mrs ms mx dr prof st jr sr rev hon gen col sgt capt lt vs eg ie e.g i.e cf fig figs approx ca bzw",
    "z.b d.h u.a u.u nr no vol sec dept est ave blvd bspw evtl ggf inkl max min mme mlle sra srta dra tel",
    "ext ref incl excl resp",
)
# A sentence may end with these: a capital behind them says that it does.
_MAY_END = _words("etc inc ltd co corp llc bros usw a.m p.m am pm gmbh vat ph.d")
_BEGINNERS = _words(
    "I It The This That They We He She You But And So My Our Their There These Those If When What Why How No",
    "Not Yes Please Also However In On At For Is Are Was Do Does Did Can Could Would Will A An",
)
# What stands behind a stop without a blank in a name: Booking.Com, Node.Js
_OF_NAMES = _words("com net org io js ai co uk de fr app dev py")
_WRAPPED = range(55, 101)


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is what stands from `begin` to `end` (exclusive) in the text it was taken from."""

    text: str
    begin: int
    end: int


def sentences(text: str, longest: int = LONGEST) -> list[Sentence]:
    """The sentences in their order, none longer than `longest`; what is between them is blank. O(length).

    A line, a bullet and a row of emoji may end a sentence as well as a stop. A longer one is cut at a blank
    where there is one.
    """
    found = []
    begin = 0
    for end in [*_ends(text), len(text)]:
        for first, last in _pieces(text, begin, end, longest):
            found.append(Sentence(text[first:last], first, last))
        begin = end
    return found


def _ends(text: str) -> Iterator[int]:
    """The places behind the last sign of each sentence but the last, ascending."""
    last = 0
    for place in _PLACE.finditer(text):
        end = place.end()
        if end <= last:
            continue
        if place.lastgroup == "line":
            is_end = _is_end_of_line(text, last, place.start(), end)
        elif place.lastgroup == "emoji":
            is_end = _is_end_by_emoji(text, end)
        elif place.lastgroup == "full":
            is_end = True
        else:
            is_end = _is_end_by_stop(text, last, place.start(), end)
        if not is_end:
            continue
        if place.lastgroup != "line" and (emoji := _EMOJI_BEHIND.match(text, end)):
            end = emoji.end()
        last = end
        yield end


def _is_end_of_line(text: str, last: int, begin: int, end: int) -> bool:
    """Whether the line's end is a sentence's: not where a mail programme has wrapped it."""
    between = text[begin:end].replace("\r\n", "\n")
    if sum(sign in _BREAKS for sign in between) > 1 or _BULLET.match(text, end):
        return True
    line = begin - max(last, begin - _WRAPPED.stop - 1, text.rfind("\n", max(0, begin - 200), begin) + 1)
    behind = text[end : end + 1]
    return not (behind.islower() or (line in _WRAPPED and behind.isalnum()))


def _is_end_by_emoji(text: str, end: int) -> bool:
    """Emoji end a sentence when a capital begins another behind them."""
    return text[end : end + 1].isspace() and text[end + 1 : end + 2].isupper()


def _is_end_by_stop(text: str, last: int, begin: int, end: int) -> bool:
    stop = text[begin:end]
    behind = text[end : end + 1]
    if behind and not behind.isspace():
        return _is_end_without_blank(text, begin, end)
    word = _WORD_BEHIND.match(text, end)
    following = word.group(1) if word else ""
    goes_on_small = following[:1].islower()
    if "!" in stop or "?" in stop:
        return not (goes_on_small and stop[-1] not in "!?")  # "Really?" she asked
    if stop.startswith(("..", "…")):
        return not goes_on_small
    return not _is_abbreviated(text, last, begin, following)


def _is_end_without_blank(text: str, begin: int, end: int) -> bool:
    """Great app.Love it: two letters of a word, a stop, and a word with a capital, not inside an address."""
    before, behind = text[max(0, begin - 2) : begin], text[end : end + 12]
    if not (len(before) == 2 and before.isalpha() and before[1].islower() and behind[0].isupper()):
        return False
    token = text[max(0, begin - 60) : end + 60]
    at = min(begin, 60)
    around = re.split(r"\s", token[:at])[-1] + re.split(r"\s", token[at:])[0]
    word = re.match(r"\w*", behind)
    is_name = word is not None and word.group().lower() in _OF_NAMES
    return not (is_name or "/" in around or "@" in around or around.lower().startswith("www."))


def _is_abbreviated(text: str, last: int, begin: int, following: str) -> bool:
    """Whether the full stop at `begin` belongs to a word, so that the sentence goes on behind it."""
    before = re.split(r"[\s(\[\"'“‘«/]", text[max(last, begin - 20) : begin])[-1]
    word = before.lower()
    if word.isdecimal():
        starts = max(last, text.rfind("\n", max(0, begin - 8), begin) + 1)
        is_bullet = _NUMBERED.fullmatch(text, starts, begin + 1) is not None
        return is_bullet or (len(word) <= 2 and following[:1].islower())
    if word in _GOES_ON:
        return word != "no" or following[:1].isdecimal()
    if word in _MAY_END:
        return not (following[:1].isupper() or not following)
    if len(word) == 1 and word.isalpha():  # J. Smith, but not "plan B. The"
        return before.isupper() and before != "I" and following[:1].isupper() and following not in _BEGINNERS
    return re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", before) is not None and following not in _BEGINNERS


def _pieces(text: str, begin: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """The parts of a sentence without the blanks around them: one, unless it is longer than `longest`."""
    while begin < end:
        if text[begin].isspace():
            begin += 1
            continue
        cut = end if end - begin <= longest else _cut(text, begin, begin + longest)
        yield begin, begin + len(text[begin:cut].rstrip())
        begin = cut


def _cut(text: str, begin: int, limit: int) -> int:
    """Behind the last blank of the second half, or else where no sign is torn from its marks."""
    for at in range(limit, (begin + limit) // 2, -1):
        if text[at - 1].isspace():
            return at
    for at in range(limit, max(begin + 1, limit - 30), -1):
        if not (unicodedata.combining(text[at]) or text[at] in "\u200d\ufe0f" or text[at - 1] == "\u200d"):
            return at
    return limit
