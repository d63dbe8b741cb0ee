"""Which language and which way of writing numbers a visitor gets; a language is a file under locale/."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from babel import Locale, UnknownLocaleError

DOMAIN = "messages"
SOURCE = Locale("en")


def marked(message: str) -> str:
    """The message as it is, found by the extraction of messages; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one language."""

    translations: gettext.NullTranslations

    def gettext(self, message: str, /, **values: object) -> str:
        """The message in this language with its %(name)s filled in."""
        text = self.translations.gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The message for so many things; %(n)s is the number, or as it is given in `values` for people."""
        return self.translations.ngettext(one, many, number) % {"n": number, **values}


@cache
def texts(language: str) -> Texts:
    """The words of a language, English where a message has not been translated."""
    return Texts(gettext.translation(DOMAIN, str(_folder()), [language], fallback=True))


@cache
def languages() -> frozenset[str]:
    """The languages that have a file, and English, in which the pages are written."""
    found = {entry.parent.parent.name for entry in _folder().glob(f"*/LC_MESSAGES/{DOMAIN}.mo")}
    return frozenset(found | {SOURCE.language})


def wanted_locale(accept_language: str) -> Locale:
    """The first acceptable locale whose language we speak, with its territory; English without one."""
    for tag, _ in sorted(_weights(accept_language[:500]).items(), key=lambda item: -item[1]):
        try:
            locale = Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
        if locale.language in languages():
            return locale
    return SOURCE


def _weights(accept_language: str) -> Mapping[str, float]:
    """Tags in their order with their weights; a weight that is no number counts as nothing."""
    weights: dict[str, float] = {}
    for part in accept_language.split(","):
        tag, _, rest = part.strip().partition(";")
        name, _, quality = rest.strip().partition("=")
        try:
            weight = float(quality) if name == "q" else 1.0
        except ValueError:
            weight = 0.0
        if tag and 0 < weight <= 1:
            weights.setdefault(tag.strip(), weight)
    return weights


def _folder() -> Path:
    return Path(str(resources.files("emptychair.web") / "locale"))
