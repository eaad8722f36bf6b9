"""What the bot says by a variant, as channels are given it."""

import pytest

from connectors.content import Image, Option, Options, Text
from inbox.actions.errors import Invalid
from inbox.studio.utterances import contents_of


def test_a_variant_becomes_the_contents_that_the_bot_would_send() -> None:
    variant = {"text": "One.\n\nTwo?", "buttons": {"*": "start"}, "image": "https://x/y.png"}
    shared = {"start": [{"title": "Go", "payload": "/go"}, {"title": "Stay"}]}
    assert contents_of(variant, shared) == [
        Text("One."),
        Options("Two?", [Option("Go", "/go"), Option("Stay", "Stay")]),
        Image(url="https://x/y.png"),
    ]
    assert contents_of({"text": "Look", "image": "https://x/y.png"}, {}) == [
        Image(url="https://x/y.png", caption="Look")
    ]


def test_what_no_channel_can_show_is_refused() -> None:
    for variant in ({"buttons": [{"title": "x"}]}, {"text": ["x"]}, {"text": "x", "buttons": [3]}):
        with pytest.raises(Invalid):
            contents_of(variant, {})
