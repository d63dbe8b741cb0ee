"""Texts: a language is a file."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import emptychair
from emptychair.desk.imports import Status
from emptychair.desk.users import Role
from emptychair.domain.signal import Kind
from emptychair.listen.imports.plan import Shape
from emptychair.web import said, texts

LOCALE = Path(emptychair.__file__).parent / "web" / "locale"
OPTIONS = {
    "**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true"}
}


def template() -> set[str]:
    with (LOCALE / "messages.pot").open("rb") as file:
        return {
            str(message.id if isinstance(message.id, str) else message.id[0]) for message in read_po(file)
        }


def test_the_file_for_translators_has_every_message() -> None:
    found = extract_from_dir(
        str(LOCALE.parent),
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map=OPTIONS,
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "marked": None},
    )
    messages = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    assert messages - template() == set(), "extract the messages again (emptychair/web/locale/README.md)"


@pytest.mark.parametrize(
    ("choices", "words"),
    [(Role, said.ROLES), (Status, said.STATUSES), (Shape, said.SHAPES), (Kind, said.KINDS)],
)
def test_every_choice_has_its_word(choices: type[Role], words: tuple[str, ...]) -> None:
    assert {choice.value for choice in choices} == set(words)


def test_a_language_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    po = head + b'msgid "Sign in"\nmsgstr "Anmelden"\n'
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, read_po(BytesIO(po), locale="de"))
    monkeypatch.setattr(texts, "_folder", lambda: tmp_path)
    texts.languages.cache_clear()
    texts.texts.cache_clear()
    try:
        assert str(texts.wanted_locale("de-AT, en;q=0.5")) == "de_AT"
        assert texts.texts("de").gettext("Sign in") == "Anmelden"
        assert texts.texts("de").gettext("Not translated") == "Not translated"
    finally:
        texts.languages.cache_clear()
        texts.texts.cache_clear()
