"""The bot answers in the conversation's language, where its designer wrote answers in it."""

from __future__ import annotations

import pytest

from actions.fallback import text_in
from running import Bot, a_turn, titles, words


@pytest.mark.parametrize(
    ("language", "said", "answer", "title"),
    [
        ("it", "ciao", "Ciao! Come posso aiutarti?", "Restituire un articolo"),
        ("it-IT", "vorrei parlare con una persona", "Certo. Chiamo un collega", None),
        ("hi", "नमस्ते", "नमस्ते! मैं आपकी", "सामान लौटाना"),
        ("hi", "डिलीवरी चार्ज कितना है?", "सामान्य डिलीवरी £3.95", None),
        ("fr", "how much is delivery?", "Standard delivery is £3.95", None),
        (None, "how much is delivery?", "Standard delivery is £3.95", None),
    ],
)
def test_it_answers_in_the_conversations_language(
    bot: Bot, language: str | None, said: str, answer: str, title: str | None
) -> None:
    found = bot.ask(a_turn(f"{language} {said}", text=said, language=language)).json()
    assert words(found).startswith(answer), found
    assert title is None or title in titles(found)


def test_a_customer_who_changes_language_is_followed(bot: Bot) -> None:
    assert words(bot.ask(a_turn("both", text="grazie mille", language="it")).json()).startswith("Di niente")
    english = words(bot.ask(a_turn("both", text="how much is delivery?", language="en")).json())
    assert english.startswith("Standard delivery")


def test_a_titles_text_is_the_languages_or_the_plain_one() -> None:
    italian = {"text": "Sconti", "condition": [{"type": "slot", "name": "language", "value": "it"}]}
    for variations in ([{"text": "Discounts"}, italian], [italian, {"text": "Discounts"}]):
        assert text_in("it", variations) == "Sconti"
        assert text_in("hi", variations) == text_in(None, variations) == "Discounts"
    assert text_in("it", None) is None
