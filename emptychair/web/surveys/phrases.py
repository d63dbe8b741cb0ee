"""What a survey says by itself, such as Next and Thank you, in the languages that respondents read."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from emptychair.listen.surveys.filling import Objection, Why

SOURCE = "en"


@cache
def phrases(language: str) -> Mapping[str, str]:
    """The phrases of a language (of `pt` for `pt-BR`), English where nobody has written them."""
    plain = language.partition("-")[0]
    return _read(language) or _read(plain) or _read(SOURCE)


def spoken() -> frozenset[str]:
    """The languages that have phrases."""
    folder = resources.files("emptychair.web.surveys") / "words"
    return frozenset(entry.name.removesuffix(".toml") for entry in folder.iterdir())


def objection_in_words(objection: Objection, say: Mapping[str, str]) -> str:
    """What is wrong with an answer, said to who gave it."""
    name = "required_why" if objection.why is Why.REQUIRED else objection.why.value
    return say[name] % {"n": objection.limit, "name": objection.name}


def _read(language: str) -> Mapping[str, str]:
    # Only names of our own files: a language comes from the definition of a survey.
    if language not in spoken():
        return {}
    file = resources.files("emptychair.web.surveys") / "words" / f"{language}.toml"
    found: dict[str, str] = tomllib.loads(file.read_text("utf-8"))
    return found
