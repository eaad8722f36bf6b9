"""Texts of a customer who means to keep us busy: read once, in a time that grows with their length alone.

Each of these took minutes to centuries of CPU before; a test that comes to an end is the proof.
"""

import pytest

from connectors.sms.optout import Wish, wish_of
from inbox.studio import personal
from inbox.teaching.masking import MAIL, masked

PIECES = ["\n", "a", "a.", "Via ", "Dr ", "Mr. ", "a@", "AA00 ", "1(", "my name is ", " \n "]


@pytest.mark.parametrize("piece", PIECES)
def test_a_text_without_end_is_read_to_its_end(piece: str) -> None:
    text = f"x{piece * (20_000 // len(piece))}!"
    assert wish_of(text) is Wish.NONE
    assert len(masked(text)) > 1_000
    assert personal.masked(text)


def test_a_signature_is_known_below_any_number_of_empty_lines() -> None:
    assert wish_of("stop" + "\n" * 500 + " \t Sent from my phone\nBye") is Wish.REVIEW
    assert wish_of("stop \r\n--\r\nAda") is Wish.REVIEW


def test_a_mail_address_is_masked_wherever_a_word_ends() -> None:
    assert masked("a@b.example+c@d.example") == MAIL + MAIL
    assert MAIL in masked("x" * 200 + "@d.example") and "d.example" not in masked("x" * 200 + "@d.example")
    assert "d.example" not in personal.masked("a@b.example+c@d.example")
