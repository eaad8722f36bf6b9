"""What a person is shown as JSON: what they said, and nothing that is there only for our own work."""

import msgspec

from inbox.actions.privacy import readable


def test_the_words_of_a_consent_are_shown_and_those_of_the_search_are_not() -> None:
    shown = msgspec.json.decode(
        readable(
            {
                "consents": [{"_id": "k", "granted": False, "words": "stop"}],
                "messages": [{"_id": "m", "words": ["stop"], "delivery": {}, "content": {"text": "Stop"}}],
            }
        )
    )
    assert shown["consents"] == [{"id": "k", "granted": False, "words": "stop"}]
    assert shown["messages"] == [{"id": "m", "content": {"text": "Stop"}}]
