"""When a person is fetched, and why."""

from __future__ import annotations

import pytest

from running import Bot, Customer, titles, words


def test_asking_for_a_person(customer: Customer) -> None:
    answer = customer.says("let me speak to a human please")
    assert answer["handoff"] == {"reason": "asked", "detail": "let me speak to a human please"}
    assert "colleague" in words(answer)


def test_asking_for_a_person_in_the_middle_of_a_form(customer: Customer) -> None:
    customer.says("I want to return something")
    answer = customer.says("let me speak to a human please")
    assert answer["handoff"]["reason"] == "asked"
    assert answer["active_form"] is None


def test_two_texts_not_understood(customer: Customer) -> None:
    first = customer.says("flurb zog wibble")
    assert first["handoff"] is None and first["parse"]["intent"]["name"] == "nlu_fallback"
    assert all(one["name"] != "nlu_fallback" for one in first["parse"]["ranking"])
    second = customer.says("gribble nax")
    assert second["handoff"] == {"reason": "low_confidence", "detail": "gribble nax"}


@pytest.mark.parametrize("text", ["Wo ist meine Bestellung?", "ou est ma commande", "我的订单在哪里"])
def test_who_writes_another_language_is_told_which_ones_there_are(customer: Customer, text: str) -> None:
    told = customer.says(text)
    assert "English, Italian (italiano) and Hindi (हिन्दी) only" in words(told)
    assert titles(told) == ["Talk to a person"] and told["handoff"] is None
    assert customer.says(text)["handoff"]["reason"] == "low_confidence"


def test_what_the_shop_does_not_sell_by_itself_is_not_answered_with_ways_to_pay(customer: Customer) -> None:
    assert "outside what I know" in words(customer.says("do you sell gift cards?"))
    assert "outside" not in words(customer.says("can I pay with a gift card?"))


def test_an_unsure_bot_offers_what_it_may_have_been(customer: Customer, doubtful: str) -> None:
    first = customer.says(doubtful)
    assert first["active_form"] == "action_two_stage_fallback"
    *offers, none = first["replies"][-1]["options"]
    assert len(offers) >= 2 and none["title"] == "Something else"
    tapped = customer.taps(offers[0]["payload"], offers[0]["title"])
    assert tapped["parse"]["intent"]["name"] == first["parse"]["ranking"][0]["name"]
    assert tapped["replies"] and tapped["active_form"] != "action_two_stage_fallback"


def test_something_else_twice(customer: Customer, doubtful: str) -> None:
    customer.says(doubtful)
    rephrase = customer.taps("/out_of_scope", "Something else")
    assert "another way" in words(rephrase) and rephrase["handoff"] is None
    customer.says(doubtful)
    answer = customer.taps("/out_of_scope", "Something else")
    assert answer["handoff"]["reason"] == "low_confidence"


def test_out_of_scope_and_then_yes(customer: Customer) -> None:
    assert titles(customer.says("tell me a joke")) == ["Yes, please", "No, thanks"]
    assert customer.says("yes please")["handoff"]["reason"] == "out_of_scope"


def test_out_of_scope_and_then_no(customer: Customer) -> None:
    customer.says("tell me a joke")
    assert customer.says("no thanks")["handoff"] is None


def test_a_complaint_offers_a_person(customer: Customer) -> None:
    customer.says("hello")
    customer.says("your service is terrible")
    assert customer.taps("/affirm", "Yes, please")["handoff"]["reason"] == "asked"


@pytest.mark.parametrize("number", ["50000", "50001", "50002"])
def test_orders_that_cannot_be_read(customer: Customer, number: str) -> None:
    answer = customer.says(f"where is order {number}?")
    assert answer["handoff"]["reason"] == "action_failed"
    assert number in answer["handoff"]["detail"]
    assert "isn't working" in words(answer)
    assert customer.says("thanks")["handoff"] is None


def test_an_action_server_that_is_down(bot: Bot, customer: Customer) -> None:
    customer.says("hello")
    bot.actions.stop(kill=True)
    try:
        plain = customer.says("what are your opening hours?")
        broken = customer.says("where is order 48213?")
    finally:
        bot.start_actions()
    assert plain["handoff"] is None and plain["replies"]
    assert broken["handoff"]["reason"] == "action_failed"
    assert broken["replies"] and broken["active_form"] is None
    assert "48213" in words(customer.says("where is order 48213?"))


def test_yes_to_an_offer_of_long_ago_fetches_nobody(customer: Customer) -> None:
    customer.says("your service is terrible")
    customer.says("how long does delivery take?")
    answer = customer.says("ok")
    assert answer["handoff"] is None and "All right" in words(answer)


@pytest.mark.parametrize("said", ["ok", "no", "don't cancel it"])
def test_yes_or_no_to_nothing_is_let_pass(customer: Customer, said: str) -> None:
    customer.says("what are your opening hours?")
    for _ in range(2):
        answer = customer.says(said)
        assert answer["handoff"] is None and "not sure" not in words(answer)
