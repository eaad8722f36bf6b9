"""What happened while a person spoke, and giving the conversation back."""

from __future__ import annotations

import uuid

import pytest

from running import Bot, Customer, words


def a_talk_with_an_agent() -> list[dict[str, str]]:
    return [
        {"type": "handed_over", "reason": "asked"},
        {"type": "agent_said", "text": "Hi, Grace here.", "agent": "grace"},
        {"type": "customer_said", "text": "/restart my refund please"},
        {"type": "agent_said", "text": "Done.", "agent": "grace"},
        {"type": "handed_back", "outcome": "resolved", "note": "refunded"},
    ]


def test_a_report_is_appended_once(bot: Bot, customer: Customer) -> None:
    customer.says("hello")
    report = uuid.uuid4().hex
    talk = a_talk_with_an_agent()
    assert bot.tell(customer.conversation, *talk, event_id=report) == len(talk)
    assert bot.tell(customer.conversation, *talk, event_id=report) == 0


def test_after_handing_back_the_next_message_is_a_fresh_turn(bot: Bot, customer: Customer) -> None:
    customer.says("where is order 48213")
    customer.says("I want to return something")
    customer.says("let me talk to a human")
    bot.tell(customer.conversation, *a_talk_with_an_agent())
    answer = customer.says("hello")
    assert answer["active_form"] is None and answer["handoff"] is None
    assert answer["slots"]["last_handoff_outcome"] == "resolved"
    assert answer["slots"]["order_number"] == "48213"
    assert "being" not in words(answer) and answer["replies"]


def test_handing_back_in_the_middle_of_a_form_ends_it(bot: Bot, customer: Customer) -> None:
    customer.says("I want to return something")
    bot.tell(customer.conversation, {"type": "handed_back", "outcome": "unresolved"})
    answer = customer.says("what are your opening hours?")
    assert answer["active_form"] is None
    assert answer["slots"]["last_handoff_outcome"] == "unresolved"


def test_a_yes_after_an_agent_does_not_answer_what_the_bot_asked(bot: Bot, customer: Customer) -> None:
    customer.says("your service is terrible")
    bot.tell(customer.conversation, *a_talk_with_an_agent())
    assert customer.says("yes")["handoff"] is None


def test_a_turn_asked_again_after_an_agent_is_the_same(bot: Bot, customer: Customer) -> None:
    turn = {"turn_id": uuid.uuid4().hex, "conversation_id": customer.conversation, "text": "hello"}
    turn |= {"channel": {"id": "web", "kind": "webchat"}, "contact": {"id": "ada"}}
    first = bot.ask(turn).json()
    bot.tell(customer.conversation, *a_talk_with_an_agent())
    again = bot.ask(turn).json()
    assert again["replies"] == first["replies"] and again["slots"] == first["slots"]


def test_a_button_from_before_the_agent_still_counts(bot: Bot, customer: Customer) -> None:
    customer.says("hello")
    bot.tell(customer.conversation, *a_talk_with_an_agent())
    assert customer.taps("/order_status")["active_form"] == "order_form"


def test_an_agent_may_write_first(bot: Bot, customer: Customer) -> None:
    assert bot.tell(customer.conversation, {"type": "agent_said", "text": "Hello?", "agent": "g"}) == 1
    assert customer.says("where is order 48213")["replies"]


@pytest.mark.parametrize(
    "events", [[], None, [{"type": "shrugged"}], [{"type": "agent_said"}], ["hi"], [{"type": "handed_back"}]]
)
def test_a_malformed_report_names_its_field(bot: Bot, events: object) -> None:
    body = {"conversation_id": "c", "event_id": "e", "events": events}
    refused = bot.http.post("/events", json=body)
    assert refused.status_code == 400 and refused.json()["detail"].startswith("events")


def test_an_erased_conversation_is_forgotten(bot: Bot, customer: Customer) -> None:
    customer.says("where is order 48213")
    bot.tell(customer.conversation, *a_talk_with_an_agent())
    kept = bot.http.post("/recall", json={"conversation_id": customer.conversation}).json()["events"]
    assert "where is order 48213" in [event.get("text") for event in kept]
    erased = bot.http.post("/erase", json={"conversation_id": customer.conversation})
    assert erased.json() == {"erased": 2}
    again = bot.http.post("/recall", json={"conversation_id": customer.conversation})
    assert again.json() == {"events": []}
    answer = customer.says("hello")
    assert "order_number" not in answer["slots"] and "last_handoff_outcome" not in answer["slots"]
    assert bot.http.post("/erase", json={}).status_code == 400
