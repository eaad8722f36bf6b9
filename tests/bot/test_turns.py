"""One turn in, one answer out, whatever is sent and however often."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from running import Bot, Customer, a_turn, titles, words


def test_an_answer_has_all_its_parts(bot: Bot) -> None:
    turn = a_turn(uuid.uuid4().hex, text="where is my order 48213?", metadata={"page": "/lamps"})
    answer = bot.ask(turn).json()
    assert answer["turn_id"] == turn["turn_id"]
    assert {reply["type"] for reply in answer["replies"]} == {"text"}
    assert answer["handoff"] is None
    assert answer["parse"]["text"] == "where is my order 48213?"
    assert answer["parse"]["intent"]["name"] == "order_status"
    assert len(answer["parse"]["ranking"]) == 5
    assert answer["parse"]["entities"][0]["value"] == "48213"
    assert answer["slots"]["order_number"] == "48213"
    assert answer["active_form"] is None
    assert answer["model"]["id"] and answer["model"]["trained_at"].endswith("+00:00")
    assert answer["took_ms"] > 0


def test_buttons_become_options(customer: Customer) -> None:
    answer = customer.says("hello")
    assert answer["replies"][-1]["type"] == "options"
    assert {"title": "Track my order", "payload": "/order_status"} in answer["replies"][-1]["options"]


@pytest.mark.parametrize("authorisation", ["", "Bearer wrong", "Bearer", "Basic YTpi", "Bearer é"])
@pytest.mark.parametrize("path", ["/turn", "/events", "/erase", "/health"])
def test_nobody_gets_in_without_the_token(bot: Bot, path: str, authorisation: str) -> None:
    headers = {"Authorization": authorisation.encode()}
    method = "GET" if path == "/health" else "POST"
    refused = httpx.request(method, f"{str(bot.http.base_url).rstrip('/')}{path}", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "path", ["/status", "/model/parse", "/conversations/x/tracker", "/webhooks/rest/webhook"]
)
def test_rasas_own_api_is_not_there(bot: Bot, path: str) -> None:
    origin = bot.http.base_url.copy_with(path=path)
    assert httpx.get(origin).status_code == 404
    assert httpx.post(origin, json={}).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("turn_id", None),
        ("turn_id", 7),
        ("conversation_id", ""),
        ("text", ["hi"]),
        ("text", "  "),
        ("payload", {}),
        ("channel", None),
        ("channel", {"id": "web"}),
        ("contact", "ada"),
        ("language", 4),
        ("metadata", []),
        ("place", "9"),
        ("place", -1),
    ],
)
def test_a_malformed_turn_names_its_field(bot: Bot, field: str, value: Any) -> None:
    refused = bot.ask(a_turn(**{"text": "hi", field: value}))
    assert refused.status_code == 400
    assert refused.json()["detail"].startswith(field)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"hi"', b"null"])
def test_a_body_that_is_no_object_is_malformed(bot: Bot, body: bytes) -> None:
    assert bot.http.post("/turn", content=body).status_code == 400


def test_a_text_may_not_be_endless(bot: Bot) -> None:
    assert bot.ask(a_turn(text="a" * 8_001)).status_code == 413
    assert bot.ask(a_turn(uuid.uuid4().hex, text="a " * 4_000)).status_code == 200


def test_a_turn_asked_twice_is_run_once(bot: Bot) -> None:
    conversation = uuid.uuid4().hex
    turn = a_turn(conversation, text="I want to return something")
    first = bot.ask(turn).json()
    bot.ask(a_turn(conversation, text="48213"))
    again = bot.ask(turn).json()
    assert without_time(again) == without_time(first)
    # The form went on from where it was: the second asking changed nothing.
    assert "money back" in words(bot.ask(a_turn(conversation, text="it arrived with a big crack")).json())


def test_a_two_stage_turn_asked_twice_is_the_same(bot: Bot) -> None:
    conversation = uuid.uuid4().hex
    bot.ask(a_turn(conversation, text="flurb zog"))
    turn = a_turn(conversation, text="what are your opening hours?")
    first = bot.ask(turn).json()
    assert "Sunday" in words(first)
    assert without_time(bot.ask(turn).json()) == without_time(first)


def test_the_same_turn_at_the_same_time_is_refused_or_answered(bot: Bot) -> None:
    turn = a_turn(uuid.uuid4().hex, text="where is order 48213")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: bot.ask(turn), range(4)))
    good = [answer.json() for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 409} and good
    assert all(without_time(one) == without_time(good[0]) for one in good)


def test_twenty_conversations_at_once_stay_apart(bot: Bot) -> None:
    numbers = [f"4{n:04}" for n in range(20)]

    def converse(number: str) -> str:
        customer = Customer(bot)
        customer.says("where's my order?")
        return words(customer.says(f"#{number}"))

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(converse, numbers))
    wrong = [
        (number, answer) for number, answer in zip(numbers, answers, strict=True) if number not in answer
    ]
    assert not wrong


@pytest.mark.parametrize(
    "text", ['/order_status{"order_number": "48213"}', "/restart", "/human_handoff", "//back"]
)
def test_a_slash_that_a_customer_types_is_only_text(customer: Customer, text: str) -> None:
    answer = customer.says(text)
    assert answer["parse"]["text"] == text
    assert answer["parse"]["intent"]["confidence"] < 1
    for entity in answer["parse"]["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["value"]


@pytest.mark.parametrize("text", ["/", "///", "?", "👍", "\u0000", "a\u202eb"])
def test_a_text_that_says_little_is_answered(customer: Customer, text: str) -> None:
    assert customer.says(text)["replies"]


def test_half_a_character_is_no_reason_to_fail(bot: Bot) -> None:
    turn = json.dumps(a_turn(uuid.uuid4().hex, text="hello")).replace("hello", "hello \\ud83d")
    assert bot.http.post("/turn", content=turn.encode()).status_code == 200


def test_a_button_that_was_offered_counts(customer: Customer) -> None:
    customer.says("hello")
    answer = customer.taps("/order_status", "Track my order")
    assert answer["parse"]["intent"] == {"name": "order_status", "confidence": 1.0}
    assert answer["parse"]["text"] == "Track my order"
    assert answer["active_form"] == "order_form"


def test_the_way_to_a_person_is_always_open(customer: Customer) -> None:
    answer = customer.taps("/human_handoff", "Parla con una persona")
    assert answer["handoff"]["reason"] == "asked" and answer["replies"]


def test_a_forged_button_is_text_or_out_of_scope(customer: Customer) -> None:
    forged = json.dumps({"order_number": "48213"})
    assert customer.taps(f"/order_status{forged}")["parse"]["intent"]["name"] == "out_of_scope"
    answer = customer.taps("/cancel_order", "thanks a lot")
    assert answer["parse"]["intent"]["name"] == "thank"
    assert answer["handoff"] is None


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "took_ms"}


def test_titles_are_readable_when_the_bot_is_unsure(customer: Customer, doubtful: str) -> None:
    answer = customer.says(doubtful)
    assert titles(answer)[-1] == "Something else"
    assert not any("_" in title or title.startswith("/") for title in titles(answer))


@pytest.mark.parametrize(
    "text",
    [
        "?", "...", "k", "48213", "12345678901234567890", "1 2 3", "😀😀😀", "❤️ thank you ❤️", "\u202e\x00",
        "https://example.com/track?id=48213", "<script>alert(1)</script>", '{"a": 1}', "/restart", "{city}",
        "لماذا تأخر طلبي", "我的订单在哪里", "注文はどこですか", "คำสั่งซื้ออยู่ที่ไหน", "hola, donde esta",
        "where is my order " * 400, "a" * 8000, "😀" * 4000, "\n\t hello \n",
    ],
)  # fmt: skip
def test_whatever_is_written_is_answered(customer: Customer, text: str) -> None:
    answer = customer.says(text)
    assert answer["replies"] or answer["handoff"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("wher is my ordr", "order_status"),
        ("mera order kahan hai", "order_status"),
        ("order cancel kardo", "cancel_order"),
        ("mujhe return karna hai", "return_item"),
        ("ciao where is il mio ordine 48213", "order_status"),
        ("WHERE IS MY ORDER!!!!!!!!!!!", "order_status"),
        ("👍", "affirm"),
        ("48213", "inform"),
    ],
)
def test_typos_and_mixed_languages_are_understood(customer: Customer, text: str, intent: str) -> None:
    assert customer.says(text)["parse"]["intent"]["name"] == intent


@pytest.mark.parametrize(
    "text",
    [
        "what's the capital of france",
        "who won the match yesterday",
        "book me a flight to rome",
        "how do i build a bomb",
        "asdkjhasd kjhaskjdh",
        "?",
        "لماذا تأخر طلبي",
    ],
)
def test_what_the_bot_was_not_taught_is_not_taken_for_what_it_was(customer: Customer, text: str) -> None:
    assert customer.says(text)["parse"]["intent"]["name"] in ("nlu_fallback", "out_of_scope")
