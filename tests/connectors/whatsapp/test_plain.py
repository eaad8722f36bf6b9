"""One plain text is read in one go, and exactly as it is when it is taken apart."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.whatsapp.plain import one_text
from connectors.whatsapp.webhook import read_webhook, taken_apart
from tests.connectors.whatsapp.samples import NOW

words = st.text(max_size=20)
odd = st.none() | st.integers() | words | st.lists(words, max_size=2) | st.just({"a": 1})
people = st.sampled_from(["15550001111", "+1 555", "not a number", "", " ", "1" * 300])
users = st.none() | st.sampled_from(["US.1", "US.2", "", " "])


def clock() -> Any:
    return NOW


def a_body(text: str = "Hello", *, phone: str = "15550001111", **message: Any) -> dict[str, Any]:
    """A webhook with one text, as Meta sends it."""
    sent = {"from": phone, "id": "wamid.1", "timestamp": "1790000000", "type": "text", "text": {"body": text}}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": "1065"},
        "contacts": [{"profile": {"name": "Ada"}, "wa_id": phone}],
        "messages": [sent | message],
    }
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "102", "changes": changes}]}


def test_what_comes_most_is_read_in_one_go() -> None:
    body = json.dumps(a_body()).encode()
    assert one_text(body, clock) is not None
    assert read_webhook(body, clock=clock) == taken_apart(body, clock=clock)


def test_what_has_more_to_say_is_taken_apart() -> None:
    for more in (
        {"context": {"id": "wamid.0"}},
        {"referral": {}},
        {"type": "image"},
        {"from": "2"},
        {"id": " "},
    ):
        assert one_text(json.dumps(a_body(**more)).encode(), clock) is None


def parts(whole: Any) -> list[dict[str, Any]]:
    """Every object in it."""
    inside = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    return ([whole] if isinstance(whole, dict) else []) + [part for each in inside for part in parts(each)]


@given(
    words,
    people,
    users,
    users,
    st.sampled_from(["1790000000", "0", "-1", "x", "1e400", "nan", ""]),
    st.data(),
)
def test_both_ways_read_the_same(
    text: str, phone: str, of_contact: str | None, of_message: str | None, at: str, data: st.DataObject
) -> None:
    """Whatever is put into it, left out or doubled."""
    body = a_body(text, phone=phone, timestamp=at)
    value = body["entry"][0]["changes"][0]["value"]
    if of_contact is not None:
        value["contacts"][0]["user_id"] = of_contact
    if data.draw(st.booleans()):
        value["contacts"][0]["profile"]["username"] = data.draw(
            st.sampled_from(["@ada", "ada", "", "@", None])
        )
    if of_message is not None:
        value["messages"][0]["from_user_id"] = of_message
    if data.draw(st.booleans()):
        part = data.draw(st.sampled_from(parts(body)))
        part[data.draw(st.sampled_from([*part, "more"]))] = data.draw(odd)
    sent = json.dumps(body).encode()
    assert read_webhook(sent, clock=clock) == taken_apart(sent, clock=clock)
