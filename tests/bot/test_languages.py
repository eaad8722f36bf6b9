"""Words and entities in the languages of the bot, and in those that have no spaces."""

from __future__ import annotations

import pytest
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message

from components.entity_overlap import without_overlaps
from components.fallback import LearntFallback
from components.intents import THRESHOLDS
from components.matchers import found_in
from components.spacy_tokenizer import SpacyTokenizer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我的订单在哪里", ["我", "的", "订单", "在", "哪里"]),
        ("注文はどこですか", ["注文", "は", "どこ", "です", "か"]),
        ("คำสั่งซื้ออยู่ที่ไหน", ["คำ", "สั่งซื้อ", "อยู่", "ที่ไหน"]),
        ("dov'è l'ordine 48213?", ["dov'", "è", "l'", "ordine", "48213", "?"]),
        ("where's #48213?", ["where", "'s", "#", "48213", "?"]),
        ("मेरा ऑर्डर कहाँ है?", ["मेरा", "ऑर्डर", "कहाँ", "है", "?"]),
    ],
)
def test_each_language_is_split_by_its_own_rules(text: str, words: list[str]) -> None:
    config = {**SpacyTokenizer.get_default_config(), "languages": ["en", "it", "hi", "zh", "ja", "th"]}
    tokens = SpacyTokenizer(config).tokenize(Message({"text": text}), "text")
    assert [token.text for token in tokens] == words
    assert all(text[token.start : token.end] == token.text for token in tokens)


def test_a_language_that_is_not_installed_is_told_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str) -> None:
        raise ImportError(f"no package for {name}")

    monkeypatch.setattr("components.spacy_tokenizer.tokenizer", lacking)
    config = {**SpacyTokenizer.get_default_config(), "languages": ["zh"]}
    with pytest.raises(InvalidConfigException, match="group `languages`"):
        SpacyTokenizer.create(config, *[None] * 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "is_doubted"),
    [("?", True), (" … ", True), ("!!!", True), ("؟", True), ("?k", False), ("👍", False), ("5?", False)],
)
def test_marks_alone_mean_nothing(text: str, is_doubted: bool) -> None:
    sure = {"name": "affirm", "confidence": 0.99}
    told = {"text": text, "intent": sure, "intent_ranking": [sure], THRESHOLDS: (0.3, 0.0)}
    message = LearntFallback({}).process([Message(told)])[0]
    assert (message.get("intent")["name"] == "nlu_fallback") is is_doubted


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I paid £49.99 on 12 March 2026", {"money": "£49.99", "date": "12 March 2026"}),
        ("20€ lunedì prossimo", {"money": "20€", "date": "lunedì prossimo"}),
        ("मैंने ५०० रुपये कल दिए", {"money": "५०० रुपये", "date": "कल"}),
        ("1,299.00 dollars, 3 days ago", {"money": "1,299.00 dollars", "date": "3 days ago"}),
        ("since 2026-03-01", {"date": "2026-03-01"}),
        ("due settimane fa", {"date": "due settimane fa"}),
        ("is this evening ok", {"date": "this evening"}),
        ("is saturday ok", {"date": "saturday"}),
        ("is next day delivery possible", {}),
        ("kal tak chahiye", {"date": "kal"}),
        ("am 1.3.2026, or 2/3/26?", {"date": "2/3/26"}),
        ("call +44 20 7946 0958 please", {"phone": "+44 20 7946 0958"}),
        ("il mio numero è 02 1234567", {"phone": "02 1234567"}),
        ("(415) 555-0123", {"phone": "(415) 555-0123"}),
        ("orders 48213 and 50917", {}),
        ("#48213", {}),
        ("order 4821350917, may I ask", {}),
        ("version 1.2.3.4", {}),
    ],
)
def test_money_dates_and_phone_numbers(text: str, found: dict[str, str]) -> None:
    entities = without_overlaps(found_in(text))
    assert {one["entity"]: one["value"] for one in entities} == found
    assert all(text[one["start"] : one["end"]] == one["value"] for one in entities)
