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


@pytest.mark.parametrize(
    ("language", "asked", "answer"),
    [
        ("it", "dov'è il mio ordine 48213?", "L'ordine 48213 (2 × Oak lamp, Rug) è in viaggio con DPD"),
        ("it", "annulla l'ordine 21000", "non è ancora partito"),
        ("hi", "ऑर्डर #48213 कहाँ है", "ऑर्डर 48213 (2 × Oak lamp, Rug) रास्ते में है"),
        ("hi", "ऑर्डर ४८२१३ कहाँ है", "सोमवार, 9 मार्च"),
        ("hi", "mera order ord.48213 kaha hai", "रास्ते में है"),
    ],
)
def test_what_is_known_of_an_order_is_said_in_the_conversations_language(
    bot: Bot, language: str, asked: str, answer: str
) -> None:
    assert answer in words(bot.ask(a_turn(f"order {asked}", text=asked, language=language)).json())


@pytest.mark.parametrize(
    ("language", "said", "noted"),
    [
        (
            "it",
            ["vorrei fare un reso", "48213", "è rotto", "voglio i soldi"],
            "danneggiato; vuoi il rimborso",
        ),
        ("hi", ["मुझे सामान वापस करना है", "48213", "टूटा हुआ है", "पैसे वापस"], "टूटा हुआ; आपको चाहिए: पैसे वापस"),
    ],
)
def test_a_return_is_noted_in_the_conversations_language(
    bot: Bot, language: str, said: list[str], noted: str
) -> None:
    for text in said:
        answer = bot.ask(a_turn(f"return {language}", text=text, language=language)).json()
    assert noted in words(answer), answer


def test_a_message_that_was_not_understood_does_not_take_the_language_along(bot: Bot) -> None:
    first = bot.ask(a_turn("lost", text="xqzt vbnm", language="it")).json()
    assert first["active_form"] == "action_two_stage_fallback"
    assert words(bot.ask(a_turn("lost", text="grazie mille", language="it")).json()).startswith("Di niente")
