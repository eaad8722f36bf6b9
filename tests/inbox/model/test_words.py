"""Words by which a text is found again, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.model.words import index_words, marks, number_words, query_words, words_in


def finds(query: str, text: str) -> bool:
    """What the store does with them."""
    kept = index_words(text)
    whole, begun = query_words(query)
    return all(word in kept for word in whole) and (
        begun is None or any(word.startswith(begun) for word in kept)
    )


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("perche", "Perché non è arrivato?"),
        ("STRASSE", "Straße 5"),
        ("ord", "My order is late"),
        ("late order", "My order is late"),
        ("48213", "order #48213, please"),
        ("482", "ord.48213"),
        ("1234", "call +39 02 1234-5678"),
        ("390212345678", "call +39 02 1234-5678"),
        ("+39 02 1234", "call +39 02 1234-5678"),
        ("मेरा ऑर्डर", "मेरा ऑर्डर कहाँ है"),
        ("订单", "我的订单在哪里"),
        ("在", "我的订单在哪里"),
        ("注文", "注文はどこですか"),
        ("สั่งซื้อ", "คำสั่งซื้อของฉันอยู่ที่ไหน"),
        ("주문", "내 주문은 어디에 있나요"),
        ("مرحبا", "مَرْحَبًا بك"),
        ("ｆｕｌｌ", "full width"),
        ("o'brien", "Mr O'Brien called"),
        ("٣٤٥", "رقم ٣٤٥"),
    ],
)
def test_it_is_found(query: str, text: str) -> None:
    assert finds(query, text)
    assert marks(text, query)


@pytest.mark.parametrize(
    ("query", "text"),
    [("order ", "orders"), ("late gone", "My order is late"), ("单订", "我的订单"), ("der", "order")],
)
def test_it_is_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


def test_what_was_asked_for_is_marked_where_it_stands() -> None:
    assert marks("Perché PERCHE perc", "perch") == [(0, 5), (7, 12)]
    assert marks("My order, your orders", "order ") == [(3, 8)]
    assert marks("我的订单", "订单") == [(2, 4)]


def test_a_telephone_number_is_found_by_its_end() -> None:
    assert number_words("+39 021234") == ["39021234", "9021234", "021234", "21234", "1234"]
    assert number_words("US.1") == ["1"]
    assert number_words("none") == []


@given(st.text(max_size=80))
def test_every_word_of_any_text_finds_it(text: str) -> None:
    kept = set(index_words(text))
    for word, start, end in words_in(text):
        assert 0 <= start < end <= len(text)
        assert word in kept
        assert finds(text[start:end], text)


@given(st.text(max_size=60), st.text(max_size=20))
def test_marks_stand_apart_and_within_the_text(text: str, query: str) -> None:
    ends = [-1]
    for start, end in marks(text, query):
        assert ends[-1] < start < end <= len(text)
        ends.append(end)


@given(st.text(st.characters(max_codepoint=127), max_size=120))
def test_plain_texts_are_read_quicker_and_the_same(text: str) -> None:
    assert index_words(text) == list(dict.fromkeys(word for word, _, _ in words_in(text)))[:200]
