"""Noting a return."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.contact import note_about_contact
from actions.handoff import ACTION_FAILED, hand_over
from actions.orders_api import OrdersUnavailable, orders
from actions.phrases import phrases_of


class ActionSubmitReturn(Action):
    """Confirm the return that `return_form` collected."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_submit_return"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Check that the order exists, say and keep what was noted, and forget the form's answers."""
        number = tracker.get_slot("order_number")
        reason = tracker.get_slot("return_reason")
        choice = tracker.get_slot("return_choice")
        forgotten = [SlotSet("return_reason", None), SlotSet("return_choice", None)]
        try:
            order = await orders().find(number)
        except OrdersUnavailable as error:
            wish = f"Return of order {number} ({reason}; {choice})"
            return [*forgotten, *hand_over(dispatcher, ACTION_FAILED, f"{wish}: {error}")]
        if order is None:
            dispatcher.utter_message(response="utter_order_not_found", order_number=number)
            return [*forgotten, SlotSet("order_number", None)]
        phrases = phrases_of(tracker.get_slot("language"))
        dispatcher.utter_message(
            response="utter_return_noted",
            order_number=number,
            return_reason=phrases.say(reason),
            return_choice_words=phrases.say(choice),
        )
        return [*forgotten, note_about_contact(last_return=number)]
