"""Batches, people, statuses, and bodies that are not what they should be."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.content import Revoke, System, Text, Unsupported
from connectors.events import (
    DeliveryStatus,
    Event,
    IdentityChanged,
    MessageReceived,
    Profile,
    Purpose,
    StatusChanged,
    Unreadable,
)
from tests.connectors.whatsapp.samples import (
    ANA,
    BEN,
    NOW,
    NUMBER_ID,
    a_body,
    a_connector,
    a_message,
    a_value,
    a_webhook,
    parsed,
)


def received(event: Event) -> MessageReceived:
    assert isinstance(event, MessageReceived), event
    return event


def keys(event: MessageReceived) -> list[str]:
    return [identity.key for identity in event.identities]


def of_body(body: Any) -> list[Event]:
    return a_connector().parse(a_webhook(body))


def test_each_of_several_people_keeps_their_own_name() -> None:
    ana = a_message(id="w1", from_user_id="US.77001")
    ben = a_message(id="w2", **{"from": "390612345678"})
    first, second = map(received, parsed(ana, ben, contacts=[BEN, ANA]))
    assert keys(first) == ["bsuid:US.77001", "phone:+16505550101"]
    assert first.profile == Profile(name="Ana", username="ana")
    assert keys(second) == ["bsuid:IT.77002", "phone:+390612345678"]
    assert second.profile == Profile(name="Ben")


@pytest.mark.parametrize(
    ("message", "contacts", "known", "name"),
    [
        ({"from_user_id": "US.77001", "from": None}, [ANA | {"wa_id": None}], ["bsuid:US.77001"], "Ana"),
        ({"from": None}, [{"user_id": "US.5", "profile": {"name": "Cy"}}], ["bsuid:US.5"], "Cy"),
        ({"from": "5215512345678"}, [], ["phone:+5215512345678"], None),
        ({"from": "+16505550101"}, [], ["phone:+16505550101"], None),
        ({"from": "999999999999999999999"}, [], ["phone:+999999999999999999999"], None),
        ({"from": "PHONE"}, [{"wa_id": "OTHER", "profile": {"name": "Di"}}], ["phone:PHONE"], "Di"),
        ({"from_user_id": "US.1"}, [ANA], ["bsuid:US.1", "phone:+16505550101"], None),
        ({"from": "1700"}, ["odd", None, {"profile": []}], ["phone:+1700"], None),
        ({"from": 16505550101}, [ANA], ["bsuid:US.77001", "phone:+16505550101"], "Ana"),
    ],
)
def test_people_are_known_by_all_their_names(
    message: dict[str, Any], contacts: list[Any], known: list[str], name: str | None
) -> None:
    (event,) = map(received, parsed(a_message(**message), contacts=contacts))
    assert keys(event) == known
    assert event.profile.name == name


@pytest.mark.parametrize(("origin", "known"), [("contact_request", True), ("other", False), (None, False)])
def test_a_number_that_was_asked_for_is_the_senders_own(origin: str | None, known: bool) -> None:
    card = {"name": {"formatted_name": "Eve"}, "phones": [{"phone": "+1 650", "wa_id": "16505550109"}]}
    card |= {"origin": origin} if origin else {}
    asked = a_message(type="contacts", contacts=[card], from_user_id="US.9", **{"from": None, "text": None})
    (event,) = map(received, parsed(asked, contacts=[]))
    assert keys(event) == ["bsuid:US.9"] + (["phone:+16505550109"] if known else [])


def test_a_lone_contact_does_not_lend_its_name_to_two_strangers() -> None:
    events = parsed(a_message(id="1", **{"from": "1700"}), a_message(id="2", **{"from": "1800"}))
    assert [received(event).profile.name for event in events] == [None, None]


def test_a_message_from_nobody_is_unreadable() -> None:
    (event,) = parsed(a_message(**{"from": None}), contacts=[])
    assert isinstance(event, Unreadable)


def test_reply_forward_referral_and_group_are_kept() -> None:
    context = {"id": "wamid.0", "frequently_forwarded": True, "referred_product": {"catalog_id": "c"}}
    referral = {"source_type": "ad", "headline": "Sale"}
    (event,) = map(received, parsed(a_message(context=context, referral=referral, group_id="g1")))
    assert (event.reply_to, event.forwarded, event.group_id, event.echo) == ("wamid.0", True, "g1", False)
    assert event.referral == referral | {"referred_product": {"catalog_id": "c"}}


def test_a_batch_is_read_whole_and_oldest_first() -> None:
    late = a_value(messages=[a_message(id="c", timestamp="30"), a_message(id="a", timestamp="10")])
    early = a_value(statuses=[{"id": "s", "status": "read", "timestamp": "20"}])
    body = a_body(late, early)
    body["entry"] += a_body(a_value(messages=[a_message(id="d", timestamp=30)]))["entry"]
    events = of_body(body)
    assert [event.external_id for event in events if not isinstance(event, Unreadable)] == [
        "a",
        "s",
        "c",
        "d",
    ]


@pytest.mark.parametrize("given", [None, "", "soon", -1, 10**30, "1e400", [], {}, True, 253402300800])
def test_a_message_without_a_sensible_time_was_sent_now(given: Any) -> None:
    (event,) = map(received, parsed(a_message(timestamp=given)))
    assert event.sent_at == NOW


def test_times_have_a_zone() -> None:
    (event,) = map(received, parsed(a_message(timestamp="1749416383")))
    assert event.sent_at == datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)


def test_what_staff_wrote_in_the_app_is_an_echo_to_the_customer() -> None:
    frame = {"from": "15550783881", "to": "16505550101", "to_user_id": "US.77001"}
    echoes = [
        a_message(id="e1", **frame),
        a_message("revoke", {"original_message_id": "e1"}, id="e2", **frame),
    ]
    events = of_body(a_body(a_value(message_echoes=echoes), field="smb_message_echoes"))
    assert [received(event).content for event in events] == [Text("Hi"), Revoke("e1")]
    assert all(received(event).echo for event in events)
    assert keys(received(events[0])) == ["bsuid:US.77001", "phone:+16505550101"]


def a_status(status: Any = "delivered", **more: Any) -> StatusChanged:
    item = {"id": "wamid.S", "status": status, "timestamp": "1750030073", "recipient_id": "1650"} | more
    (event,) = of_body(a_body(a_value(statuses=[item])))
    assert isinstance(event, StatusChanged), event
    return event


BOTH = ["bsuid:US.77001", "phone:+16505550101"]


@pytest.mark.parametrize(
    ("said", "contact", "names"),
    [
        ({"recipient_id": "16505550101", "recipient_user_id": "US.77001"}, None, BOTH),
        ({"recipient_id": "16505550101"}, {"wa_id": "16505550101", "user_id": "US.77001"}, BOTH),
        ({"recipient_user_id": "US.77001"}, {"wa_id": "16505550101", "user_id": "US.77001"}, BOTH),
        ({"recipient_id": "US.77001"}, {"wa_id": "16505550101", "user_id": "US.77001"}, BOTH),
        ({"recipient_id": "16505550101"}, {"wa_id": "16505550199", "user_id": "US.77001"}, []),
        ({"recipient_id": "16505550101"}, {"wa_id": "16505550101"}, []),
        ({"recipient_id": "US.77001"}, None, []),
        ({"recipient_id": "US.77001", "recipient_user_id": "US.77001"}, None, []),
        ({"recipient_id": "1650 5550101", "recipient_user_id": "US.77001"}, None, []),
        ({"recipient_id": "16505550101", "recipient_user_id": "x" * 999}, None, []),
        ({"recipient_id": "16505550101", "recipient_user_id": ["US.77001"]}, None, []),
        (
            {"recipient_id": "16505550101", "recipient_user_id": "US.9"},
            {"wa_id": "16505550101", "user_id": "US.77001"},
            [],
        ),
        (
            {"recipient_id": "16505550101", "recipient_user_id": "US.77001", "recipient_type": "group"},
            None,
            [],
        ),
    ],
)
def test_a_status_tells_both_names_of_whom_it_was_for_or_none(
    said: dict[str, Any], contact: dict[str, Any] | None, names: list[str]
) -> None:
    item = {"id": "wamid.S", "status": "sent", "timestamp": "1750030073"} | said
    contacts = {"contacts": [contact]} if contact else {}
    (event,) = of_body(a_body(a_value(statuses=[item], **contacts)))
    assert isinstance(event, StatusChanged), event
    assert [identity.key for identity in event.identities] == names


def test_no_status_borrows_the_names_of_another() -> None:
    items = [
        {"id": f"w{n}", "status": "sent", "timestamp": "1750030073", "recipient_id": f"1650555010{n}"}
        for n in range(2)
    ]
    contact = {"wa_id": "16505550101", "user_id": "US.77001"}
    events = of_body(a_body(a_value(statuses=items, contacts=[contact])))
    told = {event.external_id: event.identities for event in events if isinstance(event, StatusChanged)}
    assert told["w0"] == () and [identity.key for identity in told["w1"]] == BOTH


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("read", "read"),
        ("played", "read"),
        ("failed", "failed"),
    ],
)
def test_a_status_moves_the_message(said: str, status: str) -> None:
    event = a_status(said, pricing={"billable": True, "category": "service"})
    assert (event.external_id, event.status, event.account) == ("wamid.S", DeliveryStatus(status), NUMBER_ID)
    assert event.pricing == {"billable": True, "category": "service"}


def test_our_own_id_comes_back_and_nobody_elses() -> None:
    assert a_status(biz_opaque_callback_data="019a3b00c0dedeadbeefdeadbeef").message_id
    for other in ("", '{"campaign":7}', "two words", "x" * 129, None, ["a"]):
        assert a_status(biz_opaque_callback_data=other).message_id is None


@pytest.mark.parametrize(
    ("errors", "code", "words"),
    [
        ([{"code": 131047, "title": "Re-engagement message"}], "131047", "24 hours"),
        ([{"code": "131026", "title": "x"}], "131026", "cannot receive"),
        ([{"code": 999999, "title": "T", "error_data": {"details": "Moon phase."}}], "999999", "Moon phase"),
        ([{"code": {}, "title": "T"}], "unknown", "T"),
        ([], "unknown", "no reason"),
        ("odd", "unknown", "no reason"),
        (None, "unknown", "no reason"),
    ],
)
def test_a_failure_says_why_in_plain_words(errors: Any, code: str, words: str) -> None:
    fault = a_status("failed", errors=errors).fault
    assert fault is not None and fault.code == code and words in fault.message


@pytest.mark.parametrize("item", [{"id": "w", "status": "teleported"}, {"status": "read"}, {"id": "w"}, 7])
def test_an_unknown_status_is_unreadable_alone(item: Any) -> None:
    fine = {"id": "w1", "status": "read", "timestamp": "1"}
    events = of_body(a_body(a_value(statuses=[fine, item, fine])))
    assert sorted(type(event).__name__ for event in events) == [
        "StatusChanged",
        "StatusChanged",
        "Unreadable",
    ]


def a_move(said: dict[str, Any], **more: Any) -> IdentityChanged:
    (event,) = of_body(a_body(a_value(messages=[a_message("system", said, **more)])))
    assert isinstance(event, IdentityChanged), event
    return event


def test_a_new_number_moves_the_contact() -> None:
    said = {"type": "user_changed_number", "body": "Ana moved", "wa_id": "12195550199"}
    event = a_move(said, from_user_id="US.77001")
    assert [each.key for each in event.previous] == ["bsuid:US.77001", "phone:+16505550101"]
    assert [each.key for each in event.current] == ["phone:+12195550199"]
    assert event.content == System("user_changed_number", "Ana moved")


def test_a_new_user_id_moves_the_contact() -> None:
    said = {"type": "user_changed_user_id", "previous_user_id": "US.1", "user_id": "US.2"}
    event = a_move(said, **{"from": None})
    assert [each.key for each in (*event.previous, *event.current)] == ["bsuid:US.1", "bsuid:US.2"]


def test_an_error_of_the_number_is_shown_to_an_admin() -> None:
    error = {"code": 130429, "title": "Rate limit hit"}
    (event,) = of_body(a_body(a_value(errors=[error])))
    assert isinstance(event, Unreadable) and "130429" in event.reason and event.raw == error


@pytest.mark.parametrize(("value", "granted"), [("stop", False), ("resume", True), ("signup", True)])
def test_the_customers_switch_for_marketing_is_consent(value: str, granted: bool) -> None:
    switch = {
        "wa_id": "16505550101",
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": 1731705721,
    }
    body = a_body(a_value(contacts=[ANA], user_preferences=[switch]), field="user_preferences")
    (event,) = of_body(body)
    assert isinstance(event, MessageReceived) and event.consent
    assert (event.consent.granted, event.consent.purpose) == (granted, Purpose.MARKETING)
    assert [i.value for i in event.identities] == ["US.77001", "+16505550101"]
    assert [event] == of_body(body), "a redelivery has the same id"
    switch["value"] = "perhaps"
    (odd,) = of_body(body)
    assert isinstance(odd, Unreadable)


def test_a_report_says_that_the_customer_stopped_marketing() -> None:
    failed = {"id": "wamid.X", "status": "failed", "timestamp": "1751142888", "errors": [{"code": 131050}]}
    (event,) = of_body(a_body(a_value(statuses=[failed])))
    assert isinstance(event, StatusChanged) and event.fault and event.fault.refused is Purpose.MARKETING


@pytest.mark.parametrize("field", ["message_template_status_update", "account_update", "history", "flows"])
def test_what_is_about_the_account_concerns_nobody(field: str) -> None:
    assert of_body(a_body({"event": "APPROVED"}, None, field=field)) == []
    assert of_body({"object": "whatsapp_business_account", "entry": []}) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"7",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"entry":{}}',
        b'{"object":"page","entry":[]}',
        b"1" * 5000,
        b'"\\ud800"',
    ],
)
def test_a_body_that_is_no_webhook_is_one_unreadable(body: bytes) -> None:
    (event,) = of_body(body)
    assert isinstance(event, Unreadable)
    msgspec.json.encode(event)


@pytest.mark.parametrize(
    "change",
    [
        None,
        7,
        "x",
        [],
        {},
        {"value": None},
        {"field": "messages", "value": []},
        {"value": {"messages": {}}},
        {"value": {"messages": 7, "metadata": []}},
        {"field": None, "value": {}},
    ],
)
def test_a_change_that_cannot_be_read_harms_no_other(change: Any) -> None:
    body = a_body(a_value(messages=[a_message()]))
    body["entry"][0]["changes"].insert(0, change)
    body["entry"] += [None, {"id": "x"}, {"changes": 3}]
    events = of_body(body)
    assert len([event for event in events if isinstance(event, MessageReceived)]) == 1
    assert len([event for event in events if isinstance(event, Unreadable)]) == 4


@pytest.mark.parametrize(
    "oddity", [b'"\\ud800 half"', b'"\xff"', b'"\xed\xa0\x80"', b"1" * 900, b"1e999", b"NaN"]
)
def test_one_odd_character_does_not_take_the_batch_along(oddity: bytes) -> None:
    body = json.dumps(
        a_body(a_value(messages=[a_message(id="w1"), a_message("text", {"body": "ODD"}, id="w2")]))
    )
    events = of_body(body.encode().replace(b'"ODD"', oddity))
    assert [received(event).external_id for event in events] == ["w1", "w2"]
    msgspec.json.encode(events)


def test_what_is_kept_raw_fits_into_a_store() -> None:
    deep: Any = 2**70
    for _ in range(300):
        deep = {"a\0b": [deep]}
    (event,) = of_body(a_body(a_value(messages=[a_message("hologram", deep)])))
    content = received(event).content
    assert isinstance(content, Unsupported)
    kept = msgspec.json.decode(msgspec.json.encode(content.raw))
    assert max(len(place) for place in places(kept)) < 50
    assert not any("\0" in str(key) for place in places(kept) for key in place)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("text"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
WHOLE = a_body(
    a_value(
        contacts=[ANA, BEN],
        messages=[
            a_message(context={"id": "w", "referred_product": {}}, referral={"a": 1}, group_id="g"),
            a_message("interactive", {"type": "button_reply", "button_reply": {"id": "a", "title": "b"}}),
            a_message("contacts", [{"name": {"formatted_name": "x"}, "phones": [{"phone": "1"}]}]),
            a_message("system", {"type": "user_changed_number", "wa_id": "1650"}),
            a_message("edit", {"original_message_id": "w", "message": a_message()}),
        ],
        statuses=[{"id": "w", "status": "failed", "errors": [{"code": 1}], "pricing": {"a": 1}}],
        errors=[{"code": 1}],
    )
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


@settings(max_examples=300, deadline=None)
@given(place=st.sampled_from(places(WHOLE)[1:]), odd=junk)
def test_a_sound_body_with_anything_anywhere_is_read_without_raising(
    place: tuple[Any, ...], odd: Any
) -> None:
    body = json.loads(json.dumps(WHOLE))
    holder = body
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = odd
    msgspec.json.encode(of_body(body))


def test_a_user_id_where_a_number_should_be_is_a_user_id() -> None:
    """As Meta writes it for customers whose number is hidden."""
    (event,) = parsed(a_message(**{"from": "US.1234"}), contacts=())
    assert keys(received(event)) == ["bsuid:US.1234"]


def test_what_became_of_a_payment_is_no_state_of_its_message() -> None:
    paid = {
        "id": "wamid.P",
        "status": "failed",
        "type": "payment",
        "timestamp": "1749416383",
        "recipient_id": "16505550101",
        "payment": {"reference_id": "order-7"},
    }
    (event,) = of_body(a_body(a_value(statuses=[paid])))
    assert received(event).content == System("payment_failed", "Payment order-7: failed")
    assert keys(received(event)) == ["phone:+16505550101"]


def test_an_answer_whose_content_meta_lost_is_shown_as_such() -> None:
    (event,) = parsed(a_message("interactive"))
    content = received(event).content
    assert isinstance(content, Unsupported) and content.raw_type == "interactive"


def test_an_edit_names_inside_what_it_answers() -> None:
    new = {"type": "text", "text": {"body": "two"}, "context": {"id": "wamid.Q"}}
    (event,) = parsed(a_message("edit", {"original_message_id": "wamid.O", "message": new}))
    assert received(event).reply_to == "wamid.Q"
