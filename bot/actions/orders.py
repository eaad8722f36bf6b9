"""Answers about one order: where it is, its refund, cancelling it, its address."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import ACTION_FAILED, hand_over
from actions.orders_api import Order, OrdersUnavailable, orders
from actions.phrases import Phrases, phrases_of
from actions.words import order_number_in

STATUSES = ("processing", "shipped", "delivered", "returned", "cancelled")
# What is said about an order in a status, by what was asked; the rest of a row is said in any other.
ANSWERS: dict[str, tuple[dict[str, str], str]] = {
    "status": ({status: f"utter_order_{status}" for status in STATUSES}, "utter_order_other"),
    "refund": (
        {"returned": "utter_refund_coming", "cancelled": "utter_refund_of_cancelled"},
        "utter_refund_not_begun",
    ),
    "cancel": (
        {"processing": "utter_cancel_possible", "cancelled": "utter_cancel_already"},
        "utter_cancel_too_late",
    ),
    "address": (
        {"processing": "utter_address_possible", "shipped": "utter_address_with_carrier"},
        "utter_address_too_late",
    ),
}


class ActionAnswerAboutOrder(Action):
    """Look the order up and answer what was asked about it (slot `order_topic`)."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_answer_about_order"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """An answer, or that there is no such order, or a person when the look-up fails."""
        number = order_number_in(tracker.get_slot("order_number") or "")
        if number is None:
            dispatcher.utter_message(response="utter_order_number_unclear")
            return [SlotSet("order_number", None)]
        try:
            order = await orders().find(number)
        except OrdersUnavailable as error:
            return hand_over(dispatcher, ACTION_FAILED, f"Order {number}: {error}")
        if order is None:
            dispatcher.utter_message(response="utter_order_not_found", order_number=number)
            return [SlotSet("order_number", None)]
        by_status, otherwise = ANSWERS.get(tracker.get_slot("order_topic") or "", ANSWERS["status"])
        filled = facts(order, phrases_of(tracker.get_slot("language")))
        response = by_status.get(order.status, otherwise)
        if response == "utter_address_with_carrier" and not order.carrier:
            response = otherwise
        dispatcher.utter_message(response=response, **filled)
        return [SlotSet("order_topic", None)]


def facts(order: Order, phrases: Phrases) -> dict[str, str]:
    """What the responses have places for; of what is not known, nothing is said."""
    return {
        "order_number": order.number,
        "items": f" ({', '.join(order.items)})" if order.items else "",
        "status": phrases.say(order.status),
        "carrier": order.carrier or "",
        "by_carrier": phrases.carrier.format(order.carrier) if order.carrier else "",
        "due": phrases.due.format(phrases.day(order.eta)) if order.eta else "",
        "delivered_on": phrases.delivered.format(phrases.day(order.delivered_at))
        if order.delivered_at
        else "",
        "track": phrases.track.format(order.tracking_url) if order.tracking_url else "",
    }
