"""Which language a respondent reads: every text in it, or else in the survey's own."""

import re

from babel import Locale, UnknownLocaleError

from emptychair.listen.surveys.definition import Definition, Text

TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def said(text: Text, language: str, own: str) -> str:
    """The text in a language; without one in the plain language ("pt" for "pt-BR"), then in the own one.

    >>> said({"en": "Hello", "pt": "Olá"}, "pt-BR", "en"), said({"en": "Hello"}, "fr", "en")
    ('Olá', 'Hello')
    """
    for tag in (language, language.partition("-")[0], own):
        if text.get(tag):
            return text[tag]
    return ""


def is_tag(text: str) -> bool:
    """Whether this is the tag of a language that is known: `de`, `pt-BR`, `zh-Hant`."""
    return bool(TAG.fullmatch(text)) and _locale(text) is not None


def is_right_to_left(language: str) -> bool:
    """Whether it is written from right to left.

    >>> is_right_to_left("ar"), is_right_to_left("de")
    (True, False)
    """
    locale = _locale(language)
    return locale is not None and locale.text_direction == "rtl"


def own_name(language: str) -> str:
    """How the language calls itself.

    >>> own_name("de"), own_name("pt-BR")
    ('Deutsch', 'Português (Brasil)')
    """
    locale = _locale(language)
    name = locale.get_display_name() if locale is not None else None
    return (name[:1].upper() + name[1:]) if name else language


def wanted(definition: Definition, asked: str, accepted: str) -> str:
    """The language to begin in: the one `asked` for, then what the browser accepts, then the survey's own.

    `accepted` is an Accept-Language header; only its order and weights count.
    """
    for tag in (asked, *_tags(accepted)):
        found = _offered(definition, tag)
        if found is not None:
            return found
    return definition.language


def _offered(definition: Definition, tag: str) -> str | None:
    wished = tag.strip().lower()
    if not wished:
        return None
    by_name = {language.lower(): language for language in definition.languages}
    plain = wished.partition("-")[0]
    near = (language for low, language in by_name.items() if low.partition("-")[0] == plain)
    return by_name.get(wished) or by_name.get(plain) or next(near, None)


def _tags(accepted: str) -> list[str]:
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            found.append((-float(weight or 1), place, tag.strip()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(found) if weight < 0]


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
