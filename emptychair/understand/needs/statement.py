"""A need in job form, proposed from what people said and searched for by patterns that can be read."""

import re
from collections import Counter
from collections.abc import Sequence

from emptychair.desk.need_cards import LONGEST_PART, LONGEST_TITLE, Statement

_END = r"(?=\s*(?:[.,;:!?…]|$|\b(?:but|because|which|when|could|can|would)\b))"
_PART = r"([^.,;:!?…]{3,90}?)"
_I = r"\b(?:i|we)(?:'d|’d|'m|’m)?"
_PURPOSE = r"(?:get|avoid|keep|save|stop|be able to|have|see|make)"
# What helps: "I mix decaf with beans by hand" (to get half of the caffeine).
_DOING = r"(?:mix|blend|combine|export|download|copy|screenshot|print|restart|reinstall|log out|use|open|buy)"
_HELPED = (
    rf"{_I} ((?:have to |must |need to |always |just |end up |ended up )*{_DOING}\w*\b[^.,;:!?…]{{3,90}}?)"
    rf" (?:in order )?to ({_PURPOSE} {_PART}){_END}"
)
_WHEN = (
    rf"\bwhen(?:ever)? ((?:i|we|my|our|the|you|it)\b {_PART}){_END}",
    r"\b(?:in|for|at) (the (?:morning|afternoon|evening|night|weekend))s?\b",
)
_WISHING = r"wish (?:(?:i|we) could|(?:there|it|you)(?: was| were| had| could)?)"
_WANTING = (
    rf"(?:want|need|{_WISHING}|would (?:like|love)|like|love|look for|am looking for|searched for|looked for)"
)
_WANT = (
    rf"{_I} {_WANTING} {_PART}{_END}",
    rf"\b(?:please|pls) (?:add|bring back|include|offer|support) {_PART}{_END}",
    rf"\bdo you (?:have|sell|offer) {_PART}{_END}",
    rf"\bis there (anything|something) {_PART}{_END}",
    rf"\bis there (?:a|any) way (to {_PART}){_END}",
    rf"\bwould be (?:\w+ )?(?:nice|great|good|helpful|useful|cool|awesome) (to {_PART}){_END}",
)
_SO_THAT = (rf"\bso (?:that )?((?:i|we) can {_PART}){_END}",)
_PATTERNS = {
    name: [re.compile(rule, re.IGNORECASE) for rule in rules]
    for name, rules in (("helped", (_HELPED,)), ("when", _WHEN), ("want", _WANT), ("so_that", _SO_THAT))
}
# A part that says no more than this says nothing.
_EMPTY = re.compile(
    r"(?:that|it|this|them|one|some|something|to|so|be|do)(?: (?:that|it|this|one|so|too))*", re.I
)
# Sentences that are looked at, the surest or newest first.
MOST = 200


def proposed(told: Sequence[str], searched: str) -> Statement:
    """What these sentences, and a phrase that was searched for, say: each part as most do, or empty.

    A work-around tells most: what people do, and what for. Who searches says what, and not what for.

    >>> proposed(["I mix decaf with beans by hand to get half the caffeine, could you sell that?"], "")
    Statement(when='I mix decaf with beans by hand', want='to get half the caffeine', so_that='')
    """
    told = told[:MOST]
    when, want = _helped(told)
    when = when or _when(told)
    want = want or _most_said(told, "want")
    if searched:
        when = when or f"I search for “{searched[:80]}”"
        want = want or f"to find “{searched[:80]}”"
    parts = (text[:LONGEST_PART] for text in (when, want, _most_said(told, "so_that")))
    return Statement(**dict(zip(("when", "want", "so_that"), parts, strict=True)))


def title(name: str, told: Sequence[str]) -> str:
    """A short name for a card: what its series is called, or the beginning of what was said."""
    words = " ".join((name or (told[0] if told else "")).split())
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1] + "…"


def _helped(told: Sequence[str]) -> tuple[str, str]:
    """What people do to help themselves, and what for, as the purpose that most have; empty texts if none."""
    hits = [one for text in told if (one := _PATTERNS["helped"][0].search(text)) is not None]
    if not hits:
        return "", ""
    often = Counter(hit.group(2).casefold() for hit in hits)
    best = next(hit for hit in hits if hit.group(2).casefold() == often.most_common(1)[0][0])
    return f"I {' '.join(best.group(1).split())}", f"to {' '.join(best.group(2).split())}"


def _when(told: Sequence[str]) -> str:
    found = _most_said(told, "when")
    return f"it is {found}" if found.casefold().startswith("the ") and found.count(" ") == 1 else found


def _most_said(told: Sequence[str], name: str) -> str:
    found: list[str] = []
    for text in told:
        hit = next((one for rule in _PATTERNS[name] if (one := rule.search(text))), None)
        if hit is not None and not _EMPTY.fullmatch(words := " ".join(hit.group(1).split())):
            found.append(words)
    if not found:
        return ""
    often = Counter(one.casefold() for one in found)
    return next(one for one in found if one.casefold() == often.most_common(1)[0][0])
