"""How what a customer wrote is cut into turns."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Choice, Image, Text
from inbox.turns import next_part, said
from tests.inbox.factories import a_message

CONTENTS = st.one_of(
    st.builds(Text, st.text()),
    st.builds(Choice, st.text(), st.text()),
    st.just(Image(media_id="1", caption="a chair")),
)
MESSAGES = st.lists(st.builds(lambda content: a_message(content=content), CONTENTS), max_size=12)


@given(MESSAGES)
def test_the_parts_are_all_messages_in_their_order(messages) -> None:
    left, parts = list(messages), []
    while left:
        part = next_part(left)
        assert part
        parts.append(part)
        left = left[len(part) :]
    assert [m for part in parts for m in part] == messages
    for part in parts:
        assert len(part) == 1 or all(isinstance(m.content, Text) for m in part)


def test_texts_that_follow_each_other_are_one_question() -> None:
    part = next_part([a_message(content=Text("My order")), a_message(content=Text("is late"))])
    assert said(part) == ("My order\nis late", None)


def test_a_tap_is_a_turn_of_its_own() -> None:
    texts = [a_message(content=Text("Hm")), a_message(content=Choice("Refund", "/refund"))]
    assert said(next_part(texts)) == ("Hm", None)
    assert said(next_part(texts[1:])) == ("Refund", "/refund")


def test_a_picture_speaks_by_its_caption() -> None:
    assert said([a_message(content=Image(media_id="1", caption="It is broken"))]) == ("It is broken", None)
    assert said([a_message(content=Image(media_id="1"))]) == (None, None)
