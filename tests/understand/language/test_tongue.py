"""The language of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.understand.language.tongue import SMALL_KNOWS, TOLD, tongue


def code(text: str) -> str | None:
    found = tongue(text)
    return found.code if found else None


SAID = {
    "en": "The coffee was cold and nobody answered my mail",
    "de": "Der Kaffee war kalt und niemand hat geantwortet",
    "fr": "Le café était froid et personne ne m'a répondu",
    "es": "El café estaba frío y nadie me contestó el correo",
    "pt": "O café estava frio e ninguém respondeu à minha mensagem",
    "it": "Il caffè era freddo e nessuno ha risposto alla mia mail",
    "nl": "De koffie was koud en niemand heeft mijn mail beantwoord",
    "sv": "Kaffet var kallt och ingen svarade på mitt mejl",
    "da": "Jeg ventede i to uger på pakken, og bagefter var koppen gået i stykker",
    "no": "Jeg ventet i to uker på pakken, og etterpå var ingen av dere å få tak i",
    "fi": "Kahvi oli kylmää eikä kukaan vastannut viestiini",
    "pl": "Kawa była zimna i nikt nie odpisał na mój list",
    "cs": "Káva byla studená a nikdo mi neodpověděl na zprávu",
    "hu": "A kávé hideg volt, és senki sem válaszolt a levelemre",
    "ro": "Cafeaua era rece și nimeni nu a răspuns la mesajul meu",
    "tr": "Kahve soğuktu ve kimse mesajıma cevap vermedi",
    "vi": "Cà phê nguội và không ai trả lời thư của tôi",
    "ru": "Кофе был холодный, и никто не ответил на моё письмо",
    "uk": "Кава була холодна, і ніхто не відповів на мій лист",
    "el": "Ο καφές ήταν κρύος και κανείς δεν απάντησε",
    "ar": "كانت القهوة باردة ولم يرد أحد على رسالتي",
    "he": "הקפה היה קר ואף אחד לא ענה לי",
    "hi": "कॉफ़ी ठंडी थी और किसी ने मेरे मेल का जवाब नहीं दिया",
    "th": "กาแฟเย็นและไม่มีใครตอบอีเมลของฉัน",
    "ja": "コーヒーは冷たくて、誰も返事をくれませんでした",
    "zh": "咖啡是凉的，没有人回复我的邮件",
    "ko": "커피가 식었고 아무도 답장을 하지 않았어요",
}


@pytest.mark.parametrize("language", SAID)
def test_a_sentence_is_told(language: str) -> None:
    assert code(SAID[language]) == language


@pytest.mark.parametrize(
    "text", ["", "  ", "😀😀", "12.50", "?!", "https://a.example/der-kaffee", "@ann #ok", "x"]
)
def test_what_has_no_words_has_no_language(text: str) -> None:
    assert tongue(text) is None


@pytest.mark.parametrize("text", ["ok", "Hotel", "Anna", "No", "Kaffen var kald, og ingen svarte"])
def test_what_many_languages_would_say_is_not_told(text: str) -> None:
    assert tongue(text) is None


def test_marks_addresses_and_mentions_do_not_count() -> None:
    plain = tongue(SAID["de"])
    dressed = tongue(
        f"<p class='the body of it'>{SAID['de']}</p> @the_person https://the.example/of/this 😀&nbsp;"
    )
    assert plain == dressed is not None
    assert code(SAID["fr"].upper()) == "fr"


def test_of_two_scripts_the_one_with_more_in_it_counts() -> None:
    assert code("（该条评论已经被删除）" + SAID["es"]) == "es"
    assert code("ok " + SAID["ar"]) == "ar"
    assert code("iPhone 15 " + SAID["ja"]) == "ja"


def test_a_megabyte_is_told() -> None:
    assert code(f"{SAID['pl']}. " * 20_000) == "pl"
    assert tongue("<" * 1_000_000) is None


def test_the_small_model_knows_english_and_says_no_more() -> None:
    assert {"en"} == SMALL_KNOWS


@given(st.text(max_size=300))
def test_any_text_has_a_language_that_is_sure_enough_or_none(text: str) -> None:
    found = tongue(text)
    assert found is None or TOLD <= found.confidence <= 1
