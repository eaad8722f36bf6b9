"""One spelling for what people type in several."""

from __future__ import annotations

import pytest

from components.spelling import spelt


@pytest.mark.parametrize(
    ("typed", "spelling"),
    [
        ("Grazieeee", "grazie"),
        ("Com'è PERCHÉ", "com'e perche"),
        ("order 48213", "order 00000"),
        ("मेरा ऑर्डर कहाँ है", "mera ordar kahan hai"),
        ("mera order kahaan hai", "mera order kahan hai"),
        ("वापस करना है", spelt("wapas karna hai")),
        ("ज़रूर बड़ा", "zarur bara"),
        ("समझना मदद", "samajhna madad"),
        ("दुःख", "duhkh"),
        ("४८२१३", "00000"),
        ("我的订单", "我的订单"),
        ("のガ", "のガ"),
        ("", ""),
    ],
)
def test_what_sounds_alike_is_spelt_alike(typed: str, spelling: str) -> None:
    assert spelt(typed) == spelling


@pytest.mark.parametrize("text", ["ा", "्", "़", "ं", "ः", "कः", "क्", "ॐ", "१", "\ud800", "🙂🙂🙂🙂", "ΐ", "İ"])
def test_any_signs_are_spelt_somehow(text: str) -> None:
    assert isinstance(spelt(text), str)
