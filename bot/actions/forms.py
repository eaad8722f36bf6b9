"""Checking the answers that the two forms collect."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.words import order_number_in, return_choice_in

MAX_UNCLEAR = 2
MIN_REASON = 3
LETTERS = re.compile(r"[^\W\d_]{2}")
# What is said thus is no reason for a return, if the bot is sure.
NO_REASONS = ("affirm", "deny", "greet", "thank", "react", "return_item", "exchange_item", "cancel_order")
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
        if number is None and was_asked_by(self.form_name(), tracker):
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

    def validate_return_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """Any words of the customer's, but not a bare yes, no or number, nor the wish itself once more."""
        reason = str(value).strip()
        is_all = reason == str(tracker.latest_message.get("text") or "").strip()
        if len(reason) < MIN_REASON or not LETTERS.search(reason) or (is_all and is_no_reason(tracker)):
            dispatcher.utter_message(response="utter_return_reason_unclear")
            return {"return_reason": None}
        return {"return_reason": reason}

    def validate_return_choice(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """`refund` or `exchange`, by button or in words."""
        choice = return_choice_in(str(value))
        if choice is None and tracker.get_slot("requested_slot") == "return_choice":
            dispatcher.utter_message(response="utter_return_choice_unclear")
        return {"return_choice": choice}


def was_asked_by(form: str, tracker: Tracker) -> bool:
    """Whether the form was under way before the last message; what opens a form is no answer to it."""
    events = reversed(tracker.events)
    for event in events:
        if event.get("event") == "user":
            break
    return next((e.get("name") for e in events if e.get("event") == "active_loop"), None) == form


def is_no_reason(tracker: Tracker) -> bool:
    """Whether the last message surely was something else than a reason."""
    intent = tracker.latest_message.get("intent") or {}
    return intent.get("name") in NO_REASONS and float(intent.get("confidence") or 0) >= SURE


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
