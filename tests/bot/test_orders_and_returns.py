"""Orders, and the return form."""

from __future__ import annotations

import pytest

from running import Customer, titles, words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("where is my order 48213?", "on its way with DPD"),
        ("where is order 21000", "being packed"),
        ("where is order 31000", "was delivered"),
        ("when will I get the refund for order 61000", "within 5 working days"),
        ("where is my refund for 31000", "no return for order"),
        ("please cancel order 21000", "can still be cancelled"),
        ("cancel order 48213", "already left"),
        ("change the delivery address of order 21000", "change the address"),
    ],
)
def test_what_was_asked_about_an_order_is_answered(customer: Customer, text: str, said: str) -> None:
    assert said in words(customer.says(text))


@pytest.mark.parametrize("text", ["48213?", "#48213", "ord. 48213", "it's 48213.", "No:48213", "48213"])
def test_an_order_number_is_found_however_it_is_written(customer: Customer, text: str) -> None:
    customer.says("where is my order")
    assert "Order 48213" in words(customer.says(text))


@pytest.mark.parametrize("text", ["4821", "482133", "£48,213", "1.48213"])
def test_other_numbers_are_no_order_numbers(customer: Customer, text: str) -> None:
    customer.says("where is my order")
    assert customer.says(text)["active_form"] == "order_form"


def test_an_unknown_order_offers_ways_on(customer: Customer) -> None:
    answer = customer.says("where is my order 99999")
    assert "99999" in words(answer) and "order_number" not in answer["slots"]
    assert titles(answer) == ["Try another number", "Talk to a person"]
    assert customer.taps("/order_status")["active_form"] == "order_form"


def test_a_return_from_hello_to_done(customer: Customer) -> None:
    assert "order number" in words(customer.says("I'd like to send something back"))
    assert "reason" in words(customer.says("#48213"))
    assert titles(customer.taps('/inform{"return_reason": "damaged"}')) == ["Refund", "Exchange"]
    done = customer.says("my money back, please")
    assert "order 48213: damaged, and you'd like your money back" in words(done)
    assert done["active_form"] is None
    assert "return_reason" not in done["slots"]


def test_a_return_names_its_order_also_after_another_number(customer: Customer) -> None:
    customer.says("where is my order 48213?")
    assert "48213" in words(customer.says("I'd like to return the shoes I bought"))
    answer = customer.says("48214")
    assert "48214" in words(answer) and "48213" not in words(answer)
    assert answer["slots"]["order_number"] == "48214"


def test_a_return_that_says_much_at_once(customer: Customer) -> None:
    answer = customer.says("I want to exchange the lamp from order 48213")
    assert "reason" in words(answer)
    done = customer.says("the shade has a dent in it")
    assert "an exchange" in words(done)
    assert (answer["contact"], done["contact"]) == ({}, {"last_return": "48213"})


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(customer: Customer) -> None:
    customer.says("I want to return something")
    answer = customer.says("what are your opening hours?")
    assert "Sunday" in words(answer) and "order number" in words(answer)
    assert answer["active_form"] == "return_form"


def test_a_customer_may_turn_from_an_order_to_a_return(customer: Customer) -> None:
    customer.says("where is my order?")
    answer = customer.says("actually I want to return something")
    assert answer["active_form"] == "return_form" and "order number" in words(answer)
    assert "reason" in words(customer.says("48213"))


def test_a_form_can_be_left(customer: Customer) -> None:
    customer.says("I want to return something")
    assert customer.says("never mind, forget it")["active_form"] is None


def test_unclear_answers_end_with_a_person(customer: Customer) -> None:
    customer.says("I want to return something")
    for _ in range(2):
        assert customer.says("hmm let me see")["active_form"] == "return_form"
    answer = customer.says("hmm let me see")
    assert answer["handoff"]["reason"] == "low_confidence"
    assert answer["active_form"] is None


def test_what_opens_a_form_is_not_called_unclear(customer: Customer) -> None:
    customer.says("I want to return something")
    answer = customer.says("wait, where is my order?")
    assert answer["active_form"] == "order_form" and "don't see" not in words(answer)


@pytest.mark.parametrize("said", ["I want to return it", "thanks", "yes"])
def test_the_wish_once_more_is_no_reason(customer: Customer, said: str) -> None:
    customer.says("I want to return something")
    customer.says("48213")
    answer = customer.says(said)
    assert "few words" in words(answer) and "return_reason" not in answer["slots"]


def test_asking_for_a_refund_does_not_choose_it_for_a_later_return(customer: Customer) -> None:
    customer.says("where is my refund for 48213?")
    customer.says("I'd like to return something")
    assert titles(customer.says("it's broken")) == ["Refund", "Exchange"]


def test_a_changed_mind_about_a_finished_return_needs_no_reason_again(customer: Customer) -> None:
    for text in ("I want to return my lamp, it's broken", "48213", "refund"):
        customer.says(text)
    done = customer.says("actually exchange instead")
    assert "order 48213: damaged, and you'd like an exchange" in words(done) and done["active_form"] is None


def test_a_number_in_the_middle_is_taken_without_blame(customer: Customer) -> None:
    for text in ("I want to return something", "48213"):
        customer.says(text)
    answer = customer.says("sorry, wrong number, it's 31000")
    assert "few words" not in words(answer) and "reason" in words(answer)
    assert answer["slots"]["order_number"] == "31000" and "return_reason" not in answer["slots"]


def test_a_question_or_a_wish_is_no_reason(customer: Customer) -> None:
    for text in ("I want to return something", "48213"):
        customer.says(text)
    for text in ("how long does a refund take?", "exchange"):
        answer = customer.says(text)
        assert answer["active_form"] == "return_form" and "return_reason" not in answer["slots"], text
    assert "damaged, and you'd like an exchange" in words(customer.says("it's broken"))


@pytest.mark.parametrize(
    "asked",
    ["How long does a refund take?", "quanto ci vuole per il rimborso?", "रिफंड में कितने दिन लगते हैं?"],
)
def test_a_question_about_the_refund_does_not_choose_it(customer: Customer, asked: str) -> None:
    for text in ("I want to return something", "48213", "it is broken"):
        customer.says(text)
    answer = customer.says(asked)
    assert answer["active_form"] == "return_form" and "return_choice" not in answer["slots"]
    assert titles(answer)[-2:] == ["Refund", "Exchange"]
    assert "damaged, and you'd like your money back" in words(customer.says("refund?"))


@pytest.mark.parametrize("before", [(), ("48213",), ("48213", "it is broken")])
@pytest.mark.parametrize("asked", ["is the refund immediate?", "How long does a refund take?"])
def test_a_question_about_refunds_is_answered_wherever_the_form_is(
    customer: Customer, before: tuple[str, ...], asked: str
) -> None:
    for text in ("I want to return something", *before):
        held = customer.says(text)
    answer = customer.says(asked)
    assert "within 5 working days" in words(answer) and "few words" not in words(answer)
    filled = {"order_number", "return_reason", "return_choice"}
    assert answer["slots"].keys() & filled == held["slots"].keys() & filled
    assert answer["active_form"] == "return_form"


def test_who_wishes_for_a_refund_by_a_question_gets_it(customer: Customer) -> None:
    for text in ("I want to return something", "48213", "it is broken"):
        customer.says(text)
    assert "you'd like your money back" in words(customer.says("can I have my money back?"))


@pytest.mark.parametrize("said", ["2 items", "3 lamps"])
def test_how_many_is_no_reason(customer: Customer, said: str) -> None:
    for text in ("I want to return something", "48213"):
        customer.says(text)
    answer = customer.says(said)
    assert "few words" in words(answer) and "return_reason" not in answer["slots"]


def test_a_changed_mind_is_a_reason_and_no_exchange(customer: Customer) -> None:
    for text in ("I want to return something", "48213", "it is broken"):
        customer.says(text)
    assert titles(customer.says("I changed my mind")) == ["Refund", "Exchange"]


def test_what_was_said_in_a_form_that_was_left_is_forgotten(customer: Customer) -> None:
    for text in ("I want to return something", "48213", "the shade has a dent in it", "never mind"):
        customer.says(text)
    assert "reason" in words(customer.says("I'd like to exchange my lamp"))


def test_a_reason_in_hindi_is_understood(customer: Customer) -> None:
    for text in ("मुझे सामान वापस करना है", "48213"):
        customer.says(text)
    assert titles(customer.says("टूटा हुआ है")) == ["Refund", "Exchange"]
