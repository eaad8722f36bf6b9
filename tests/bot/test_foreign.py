"""Which texts are of a language that the bot does not speak."""

from __future__ import annotations

import pytest

from actions.languages import is_foreign, spoken

KNOWN = {"en", "it", "hi"}


@pytest.mark.parametrize(
    "text",
    [
        "wo ist mein Paket",
        "hola",
        "dónde está mi pedido",
        "onde está meu pedido",
        "waar is mijn bestelling",
        "gdzie jest moje zamówienie",
        "siparişim nerede",
        "где мой заказ",
        "أين طلبي",
    ],
)
def test_another_language_is_told_from_ours(text: str) -> None:
    assert is_foreign(text, None, KNOWN) and is_foreign(text, "en", KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "where is my thing",
        "dove è il mio pacco",
        "mera parcel kahan hai",
        "मेरा ऑर्डर",
        "hi mi order is late",
        "flurb zog wibble",
        "",
        "🙂",
        "48213?",
    ],
)
def test_ours_and_what_is_none_are_not_foreign(text: str) -> None:
    assert not is_foreign(text, None, KNOWN)


def test_what_the_inbox_found_out_counts_and_what_is_spoken_is_never_foreign() -> None:
    assert is_foreign("ja", "de", KNOWN)
    assert not is_foreign("Wo ist meine Bestellung?", "de", {*KNOWN, "de"})
    said = {"utter_ok": [{"text": "OK"}, {"text": "Gut", "condition": [{"name": "language", "value": "de"}]}]}
    assert spoken(said) == {"en", "de"}
