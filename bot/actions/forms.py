"""Checking the answers that the two forms collect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.words import (
    asks_politely,
    is_a_quantity,
    is_a_question,
    letters_in,
    order_number_in,
    return_choice_in,
    said_before,
    values_said,
    words_beside,
)

MAX_UNCLEAR = 2
MIN_REASON = 3
FEW_LETTERS, FEW_WORDS = 2, 2
# What is said thus is no reason for a return, if the bot is sure.
NO_REASONS = (
    *("affirm", "deny", "greet", "thank", "react", "return_item", "exchange_item", "cancel_order"),
    *("refund_status", "product_availability", "change_address"),
)
# What is said thus may be an answer even where it reads like a question.
ANSWERS = ("inform", "return_item", "exchange_item")
SURE = 0.6
Slots = dict[str, Any]


class Patient(FormValidationAction, ABC):
    """Asks again, but not for ever: the third unclear answer in a form fetches a person."""

    harmless = True

    @abstractmethod
    def name(self) -> str:
        """`validate_` and the form's name."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The validated slots, or the end of the form."""
        events: list[dict[str, Any]] = await super().run(dispatcher, tracker, domain)
        unclear = any(is_unclear(message.get("response")) for message in dispatcher.messages)
        if not unclear or unclear_so_far(tracker) < MAX_UNCLEAR:
            return events
        dispatcher.messages.clear()
        return [
            *events,
            SlotSet("requested_slot", None),
            FollowupAction("action_hand_over"),
        ]

    def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """Five digits, wherever they stand in the answer."""
        number = order_number_in(str(value))
        if number is None and was_asked_by(self.form_name(), tracker) and not asks_about_refunds(tracker):
            dispatcher.utter_message(response="utter_order_number_unclear")
        return {"order_number": number}


class ValidateOrderForm(Patient):
    """Which order?"""

    def name(self) -> str:
        """Rasa calls it for `order_form`."""
        return "validate_order_form"


class ValidateReturnForm(Patient):
    """Which order, why, and what instead?"""

    def name(self) -> str:
        """Rasa calls it for `return_form`."""
        return "validate_return_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """As of any form, but a question about refunds is answered before the form asks on.

        Who has just returned something and changes their mind need not say why again.
        """
        if asks_about_refunds(tracker) and was_asked_by(self.form_name(), tracker):
            dispatcher.utter_message(response="utter_refund_takes")
        events = await super().run(dispatcher, tracker, domain)
        if "utter_return_noted" in said_before(tracker) and values_said("return_choice", tracker):
            events.append(SlotSet("return_reason", last_known("return_reason", tracker)))
        return events

    def validate_return_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """Any words of the customer's, but not a bare yes, no or number, nor the wish itself once more."""
        reason = str(value).strip()
        if reason != str(tracker.latest_message.get("text") or "").strip():
            return {"return_reason": None if was_left(self.form_name(), "return_reason", tracker) else reason}
        if named := values_said("return_reason", tracker):
            return {"return_reason": named[0]}
        if is_about_another_slot(tracker) or asks_about_refunds(
            tracker
        ):  # which is answered; the form asks on
            return {"return_reason": None}
        is_short = len(reason) < MIN_REASON or letters_in(reason) < FEW_LETTERS
        if is_short or is_no_reason(tracker) or is_a_quantity(tracker):
            dispatcher.utter_message(response="utter_return_reason_unclear")
            return {"return_reason": None}
        return {"return_reason": reason}

    def validate_return_choice(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """`refund` or `exchange`, by button or in words."""
        choice = return_choice_in(str(value))
        if not values_said("return_choice", tracker) and (
            values_said("return_reason", tracker) or was_left(self.form_name(), "return_choice", tracker)
        ):
            choice = None  # "changed my mind" changes nothing yet
        if asks_about_refunds(tracker) or (choice is not None and asks_about_it(tracker)):
            return {"return_choice": None}  # the form asks on
        if choice is None and asked_for("return_choice", tracker) and not is_about_another_slot(tracker):
            dispatcher.utter_message(response="utter_return_choice_unclear")
        return {"return_choice": choice}


def asked_for(slot: str, tracker: Tracker) -> bool:
    """Whether the form waits for this slot."""
    return bool(tracker.get_slot("requested_slot") == slot)


def is_about_another_slot(tracker: Tracker) -> bool:
    """Whether the last message gives an order number, or hardly more than what is wanted instead."""
    if values_said("order_number", tracker):
        return True
    named = "return_reason" if asked_for("return_choice", tracker) else "return_choice"
    return bool(values_said(named, tracker)) and words_beside(named, tracker) <= FEW_WORDS


def was_left(form: str, slot: str, tracker: Tracker) -> bool:
    """Whether the slot was filled before the customer left the form: they have let go of that, too."""
    last = max((i for i, event in enumerate(tracker.events) if event.get("event") == "user"), default=0)
    loop, is_left = None, False
    for event in tracker.events[:last]:
        if event.get("event") == "active_loop":
            is_left = is_left or (event.get("name") is None and loop == form)
            loop = event.get("name")
        elif event.get("event") == "slot" and event.get("name") == slot and event.get("value") is not None:
            is_left = False
    return is_left


def last_known(slot: str, tracker: Tracker) -> Any:
    """What the slot last held, if it is empty now."""
    values = (
        e.get("value") for e in reversed(tracker.events) if e.get("event") == "slot" and e.get("name") == slot
    )
    return next((value for value in values if value is not None), None)


def was_asked_by(form: str, tracker: Tracker) -> bool:
    """Whether the form was under way before the last message; what opens a form is no answer to it."""
    events = reversed(tracker.events)
    for event in events:
        if event.get("event") == "user":
            break
    return next((e.get("name") for e in events if e.get("event") == "active_loop"), None) == form


def is_no_reason(tracker: Tracker) -> bool:
    """Whether the last message surely was something else than a reason."""
    return surely_means(NO_REASONS, tracker)


def asks_about_it(tracker: Tracker) -> bool:
    """Whether the last message asks about what it names: "how long does a refund take?" chooses none."""
    text = str(tracker.latest_message.get("text") or "")
    return is_a_question(text) and not surely_means(ANSWERS, tracker)


def asks_about_refunds(tracker: Tracker) -> bool:
    """Whether the last message asks when or how money comes back, rather than for it."""
    text = str(tracker.latest_message.get("text") or "")
    return (is_a_question(text) or asks_politely(text)) and surely_means(("refund_status",), tracker)


def surely_means(intents: Collection[str], tracker: Tracker) -> bool:
    """Whether the bot is sure that the last message means one of these."""
    intent = tracker.latest_message.get("intent") or {}
    return intent.get("name") in intents and float(intent.get("confidence") or 0) >= SURE


def is_unclear(response: str | None) -> bool:
    """Whether a response says that an answer was not understood."""
    return bool(response) and str(response).endswith("_unclear")


def unclear_so_far(tracker: Tracker) -> int:
    """How many answers the bot has not understood since the form began."""
    count = 0
    for event in reversed(tracker.events):
        if event.get("event") == "active_loop":
            break
        count += event.get("event") == "bot" and is_unclear((event.get("metadata") or {}).get("utter_action"))
    return count
