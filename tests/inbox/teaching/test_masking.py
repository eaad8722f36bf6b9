"""What is a customer's own is masked, what teaches stays, and masking twice is masking once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.teaching.masking import has_personal_data, masked
from inbox.teaching.remembering import MaskedTexts

CASES = [
    ("where is order 48213?", "where is order 00000?"),
    ("my name is Ada Lovelace and I want a refund", "my name is Alex and I want a refund"),
    ("I'm Grace, where is it", "I'm Alex, where is it"),
    ("write to ada.l+shop@example.co.uk please", "write to name@example.com please"),
    ("call me on +44 20 7946 0958", "call me on +00 00 0000 0000"),
    ("card 4111 1111 1111 1111", "card 0000 0000 0000 0000"),
    ("DE89 3704 0044 0532 0130 00 is my account", "DE00 0000 0000 0000 0000 00 is my account"),
    ("IT60X0542811101000000123456", "IT0000000000000000000000000"),
    ("I live at 12 Baker Street", "I live at 1 Main Street"),
    ("mi chiamo Mario Rossi", "mi chiamo Alex"),
    ("my bill is 50 euros since 2019", "my bill is 50 euros since 2019"),
    ("can I return 2 lamps", "can I return 2 lamps"),
    ("I am not happy", "I am not happy"),
    ("my name is ada lovelace, where is it", "my name is Alex, where is it"),
    ("My name is Jean-Luc O'Brien", "My name is Alex"),
    ("my name is not on the parcel", "my name is not on the parcel"),
    ("Kind regards, Ada Lovelace", "Kind regards, Alex"),
    ("thanks, When will it come", "thanks, When will it come"),
    ("this is BAD", "this is BAD"),
    ("il mio nome è mario rossi e vorrei un rimborso", "il mio nome è Alex e vorrei un rimborso"),
    ("l'ordine è a nome di Mario Rossi", "l'ordine è a nome di Alex"),
    ("parlo con il sig. Rossi", "parlo con il sig. Alex"),
    ("sono felice", "sono felice"),
    ("me llamo josé garcía y tengo un problema", "me llamo Alex y tengo un problema"),
    ("soy José García", "soy Alex"),
    ("मेरा नाम राहुल शर्मा है", "मेरा नाम Alex है"),
    ("mera naam rahul sharma hai", "mera naam Alex hai"),
    ("मेरा फ़ोन ९८७६५ ४३२१० है", "मेरा फ़ोन 00000 00000 है"),
    ("ada [at] example.com or @ada_l", "name@example.com or @name"),
    ("codice fiscale RSSMRA85T10A562S", "codice fiscale XXXXXX00X00X000X"),
    ("PAN ABCDE1234F", "PAN XXXXX0000X"),
    ("exp 12/26 cvv: 123", "exp 00/00 cvv: 000"),
    ("ES91-2100-0418-4502-0005-1332", "ES00-0000-0000-0000-0000-0000"),
    ("flat 4, 221b baker street", "flat 4, 1 Main Street"),
    ("vivo en Calle de Alcalá 5", "vivo en Via Roma 1"),
]
LEADS = ["my name is", "I'm", "mi chiamo", "sig.", "मेरा नाम", "thanks,", "12", "via", "cvv", "a@b at"]


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_what_is_personal_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown
    assert has_personal_data(text) is (text != shown)


def test_the_customers_own_name_is_masked_wherever_it_stands() -> None:
    assert masked("this is for ada at the desk", ("Ada Lovelace",)) == "this is for Alex at the desk"
    assert masked("adage and Canada stay", ("Ada Lovelace",)) == "adage and Canada stay"


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("can I pay with a gift card", "Gift Okafor", "can I pay with a gift card"),
        ("Gift wrap please. Will it be free?", "Gift Will", "Gift wrap please. Will it be free?"),
        ("the parcel is for Gift at the desk", "Gift Okafor", "the parcel is for Alex at the desk"),
        ("send it to gift okafor please", "Gift Okafor", "send it to Alex Alex please"),
        ("my name is gift, where is my gift", "Gift", "my name is Alex, where is my gift"),
        ("vorrei la borsa rosa", "Rosa Conti", "vorrei la borsa rosa"),
        ("WHERE IS MY GIFT", "Gift Okafor", "WHERE IS MY GIFT"),
        ("Where Is My Gift", "Gift Okafor", "Where Is My Gift"),
        ("is it for okafor", "Gift Okafor", "is it for Alex"),
        ("मेरी आशा यह है", "आशा शर्मा", "मेरी आशा यह है"),
    ],
)
def test_a_name_that_is_a_word_is_masked_only_where_it_is_the_name(text: str, name: str, shown: str) -> None:
    assert masked(text, (name,)) == shown
    assert masked(shown, (name,)) == shown


@given(st.text(max_size=120))
def test_masking_again_changes_nothing(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


@given(st.lists(st.sampled_from([*LEADS, "ada", "Ada", "Alex", "-", "O'", "and", "street", "5"]), max_size=9))
def test_so_it_is_with_leads_in_a_row(words: list[str]) -> None:
    once = masked(" ".join(words))
    assert masked(once) == once


def test_what_was_masked_is_remembered_by_the_message_and_no_longer_than_need_be() -> None:
    texts = MaskedTexts(most=2)
    first = texts.of("1", "my name is Ada", ())
    assert first == "my name is Alex" and texts.of("1", "my name is Ada", ()) is first
    assert texts.of("1", "my name is Eve, call 55512", ()) == "my name is Alex, call 00000", "written anew"
    assert texts.of("1", "for ada", ("Ada",)) == "for Alex", "a contact that was given a name"
    assert texts.of("1", "my name is Ada", ()) is not first, "only the newest two are kept"
