"""Words of consent: only as whole messages, in every disguise a phone gives them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sms.optout import Wish, wish_of
from connectors.sms.words import COUNTRIES, EVERYWHERE, LANGUAGES

disguises = st.sampled_from(
    ["{}", " {} ", "{}.", "{}!!!", "“{}”", "'{}'.", "«{}»", "\u200b{}\ufeff", "{}\n", "\t{} …", '"{}."']
)


@given(st.sampled_from(EVERYWHERE.out), disguises, st.sampled_from([str.upper, str.lower, str.title]))
def test_a_word_is_known_in_every_disguise(word: str, disguise: str, letters: object) -> None:
    assert callable(letters)
    assert wish_of(disguise.format(letters(word))) is Wish.OPT_OUT


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("ＳＴＯＰ", Wish.OPT_OUT),
        ("st\u200bop", Wish.OPT_OUT),
        ("Stop  All", Wish.OPT_OUT),
        ("start", Wish.OPT_IN),
        ("Unstop.", Wish.OPT_IN),
        ("HELP?", Wish.HELP),
        ("info", Wish.HELP),
        ("", Wish.NONE),
        ("…", Wish.NONE),
        ("\u200b", Wish.NONE),
        ("yes", Wish.NONE),
        ("help me", Wish.NONE),
        ("The bus stop is at the market", Wish.NONE),
        ("Please cancel my order", Wish.NONE),
        ("don't stop calling me, I love it", Wish.NONE),
        ("Don't call me before 5", Wish.NONE),
        ("nonstop", Wish.NONE),
        ("the end", Wish.NONE),
        ("baja", Wish.NONE),
    ],
)
def test_what_counts_everywhere(text: str, wish: Wish) -> None:
    assert wish_of(text) is wish


def test_yes_is_an_opt_in_only_after_an_opt_out() -> None:
    assert wish_of("Yes!", opted_out=True) is Wish.OPT_IN
    assert wish_of("Yes!") is Wish.NONE
    assert wish_of("Sí", language="es", opted_out=True) is Wish.OPT_IN
    assert wish_of("yes please, book it", opted_out=True) is Wish.NONE


@pytest.mark.parametrize(
    ("text", "language", "country", "wish"),
    [
        ("BAJA", "es", None, Wish.OPT_OUT),
        ("baja", "es-MX", None, Wish.OPT_OUT),
        ("Arrêt", "en", "CA", Wish.OPT_OUT),
        ("AIDE", None, "CA", Wish.HELP),
        ("İPTAL", "tr", None, Wish.OPT_OUT),
        ("YARDIM", "tr", None, Wish.HELP),
        ("СТОП!", "ru", None, Wish.OPT_OUT),
        ("बंद करो।", "hi", "IN", Wish.OPT_OUT),
        ("T", None, "CN", Wish.OPT_OUT),
        ("T", None, "US", Wish.NONE),
        ("stop", "xx", "XX", Wish.OPT_OUT),
        ("إلغاء", "ar", None, Wish.OPT_OUT),
    ],
)
def test_words_of_a_language_and_of_a_country(
    text: str, language: str | None, country: str | None, wish: Wish
) -> None:
    assert wish_of(text, language=language, country=country) is wish


def test_every_word_that_is_listed_counts() -> None:
    places = [(code, None, words) for code, words in LANGUAGES.items()]
    places += [(None, code, words) for code, words in COUNTRIES.items()]  # type: ignore[misc]
    for language, country, words in places:
        for word in words.out:
            assert wish_of(word.upper(), language=language, country=country) is Wish.OPT_OUT, word
        for word in words.help:
            assert wish_of(word, language=language, country=country) is Wish.HELP, word
        for word in (*words.into, *words.yes):
            assert wish_of(word, language=language, country=country, opted_out=True) is Wish.OPT_IN, word


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "Stop sending me these messages",
        "STOP PLEASE",
        "stop 🛑",
        "don’t contact me again",
        "Do not text this number anymore",
        "How do I unsubscribe?",
        "I want to opt out of this",
        "take me off your list",
        "I withdraw my consent.",
        "I no longer want to get these texts",
        "Stop\n-- Sent from my phone",
        "Cancel\nSent from my iPhone",
        "Bitte keine SMS mehr",
        "Hören Sie auf mir zu schreiben",
        "Arrêtez de m'écrire",
        "no me manden más mensajes",
        "não quero mais receber mensagens",
        "не пишите мне больше",
        "请不要再发了",
    ],
)
def test_a_request_in_ones_own_words_is_for_a_human(text: str) -> None:
    assert wish_of(text) is Wish.REVIEW


@pytest.mark.parametrize("text", ["stop " * 20_000, "don't " * 20_000, "a" * 100_000, "no\n--" * 20_000])
def test_a_hostile_text_costs_no_time(text: str) -> None:
    began = time.process_time()
    wish_of(text)
    assert time.process_time() - began < 1


@given(st.text(max_size=200), st.booleans())
def test_no_text_raises(text: str, opted_out: bool) -> None:
    assert wish_of(text, opted_out=opted_out, language="tr", country="CN") in Wish
