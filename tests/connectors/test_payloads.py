"""Payloads too long for a provider go out as references and come back whole."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Carousel, Choice, Option, RichCard, Text
from connectors.payloads import is_reference, offered, payloads_within, restored

LONG = '/inform{"order":"' + "4" * 400 + '"}'


def a_tap(payload: str) -> Choice:
    return Choice(title="Yes", payload=payload)


def test_a_short_payload_travels_as_it_is() -> None:
    assert payloads_within([Option("Yes", "/affirm"), Option("No")], 256) == ["/affirm", "No"]


def test_a_long_payload_comes_back_whole() -> None:
    options = [Option("No", "/deny"), Option("Yes", LONG)]
    sent = payloads_within(options, 256)[1]
    assert is_reference(sent) and len(sent) < 40
    assert restored(a_tap(sent), options).payload == LONG


def test_a_provider_that_counts_bytes_gets_no_more_of_them() -> None:
    options = [Option("No", "/deny"), Option("Yes", "/" + "é" * 40), Option("हाँ" * 20)]
    sent = payloads_within(options, 64, in_bytes=True)
    assert [is_reference(each) for each in sent] == [False, True, True]
    assert all(len(each.encode()) <= 64 for each in sent)
    assert restored(a_tap(sent[1]), options).payload == options[1].payload


def test_it_comes_back_from_a_card_and_from_any_card_of_a_carousel() -> None:
    first, second = [Option("Yes", LONG + "1")], [Option("No", "/deny"), Option("Yes", LONG + "2")]
    for card, options in ((0, first), (1, second)):
        for content in (
            Carousel([RichCard("a", options=first), RichCard("b", options=second)]),
            RichCard(options=options),
        ):
            sent = payloads_within(options, 256)[-1]
            assert restored(a_tap(sent), *offered(content)).payload == f"{LONG}{card + 1}"
    assert offered(None) == offered(Text("Hi")) == []


def test_a_forged_or_stale_reference_is_what_the_button_said() -> None:
    reference = payloads_within([Option("Yes", LONG)], 256)[0]
    assert restored(a_tap(reference), [Option("Yes", LONG + " ")]).payload == "Yes"
    assert restored(a_tap("parley-option:9:0123456789abcdef"), [Option("Yes", LONG)]).payload == "Yes"
    assert restored(a_tap("/affirm"), []).payload == "/affirm"


@given(st.lists(st.builds(Option, title=st.text(min_size=1), payload=st.text(max_size=300)), max_size=10))
def test_every_option_is_found_again_among_its_neighbours(options: list[Option]) -> None:
    sent = payloads_within(options, 200)
    assert len(set(sent)) == len(options)
    for option, payload in zip(options, sent, strict=True):
        assert 0 < len(payload) <= 200
        assert restored(a_tap(payload), options).payload == (option.payload or option.title)
