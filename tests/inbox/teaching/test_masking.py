"""What is a customer's own is masked, what teaches stays, and masking twice is masking once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.teaching.masking import has_personal_data, masked

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
]


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_what_is_personal_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown
    assert has_personal_data(text) is (text != shown)


def test_the_customers_own_name_is_masked_wherever_it_stands() -> None:
    assert masked("this is for ada at the desk", ("Ada Lovelace",)) == "this is for Alex at the desk"
    assert masked("adage and Canada stay", ("Ada Lovelace",)) == "adage and Canada stay"


@given(st.text(max_size=120))
def test_masking_again_changes_nothing(text: str) -> None:
    once = masked(text)
    assert masked(once) == once
