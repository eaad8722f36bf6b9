"""Answers about one order: where it is, its refund, cancelling it, its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import ACTION_FAILED, hand_over
from actions.orders_api import Order, OrdersUnavailable, orders
from actions.words import order_number_in

Button = dict[str, str]
Answer = tuple[str, list[Button]]

PERSON = {"title": "Talk to a person", "payload": "/human_handoff"}
RETURN = {"title": "Return an item", "payload": "/return_item"}
FINE = {"title": "No, thanks", "payload": "/deny"}
YES = {"title": "Yes, please", "payload": "/affirm"}


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
        say = TOPICS.get(tracker.get_slot("order_topic") or "", status_of)
        text, buttons = say(order)
        dispatcher.utter_message(text=text, buttons=buttons)
        return [SlotSet("order_topic", None)]


def status_of(order: Order) -> Answer:
    """Where the order is."""
    which = f"Order {order.number}" + (f" ({', '.join(order.items)})" if order.items else "")
    by = f" with {order.carrier}" if order.carrier else ""
    due = f" It should arrive on {day(order.eta)}." if order.eta else ""
    track = f"\n\nFollow it here: {order.tracking_url}" if order.tracking_url else ""
    told: dict[str, Answer] = {
        "processing": (f"{which} is being packed.{due}", [PERSON]),
        "shipped": (f"{which} is on its way{by}.{due}{track}", []),
        "delivered": (
            f"{which} was delivered{on(order.delivered_at)}. If it hasn't reached you, a colleague can "
            "look into it.",
            [RETURN, PERSON],
        ),
        "returned": (f"{which} came back to us. Your refund takes up to 5 working days.", [PERSON]),
        "cancelled": (f"{which} was cancelled, and you won't be charged for it.", [PERSON]),
    }
    return told.get(order.status, (f"{which} is {order.status}.", [PERSON]))


def refund_of(order: Order) -> Answer:
    """Where the money for the order is."""
    if order.status == "returned":
        return (
            f"We have your return of order {order.number}. The refund reaches your account within "
            "5 working days.",
            [PERSON],
        )
    if order.status == "cancelled":
        return f"Order {order.number} was cancelled; the money is back within 3 working days.", [PERSON]
    return (
        f"I see no return for order {order.number} yet. Refunds start when it reaches us.",
        [RETURN, PERSON],
    )


def cancelling(order: Order) -> Answer:
    """Whether the order can still be cancelled."""
    if order.status == "cancelled":
        return f"Order {order.number} is already cancelled.", []
    if order.status == "processing":
        return (
            f"Order {order.number} hasn't left yet, so it can still be cancelled. "
            "Shall I ask a colleague to do that?",
            [YES, FINE],
        )
    return f"Order {order.number} has already left us, but you can send it back.", [RETURN, PERSON]


def readdressing(order: Order) -> Answer:
    """Whether the order can still go somewhere else."""
    if order.status == "processing":
        return (
            f"Order {order.number} hasn't left yet. Shall I ask a colleague to change the address?",
            [YES, FINE],
        )
    if order.status == "shipped" and order.carrier:
        return (
            f"Order {order.number} is already with {order.carrier}; they can redirect it from the "
            "tracking page.",
            [PERSON],
        )
    return f"Order {order.number} is {order.status}, so its address can't be changed.", [PERSON]


TOPICS: dict[str, Callable[[Order], Answer]] = {
    "status": status_of,
    "refund": refund_of,
    "cancel": cancelling,
    "address": readdressing,
}


def day(moment: str | None) -> str:
    """An ISO moment as people write it: "Monday 3 March"."""
    try:
        when = datetime.fromisoformat((moment or "").replace("Z", "+00:00"))
    except ValueError:
        return moment or ""
    return f"{when:%A} {when.day} {when:%B}"


def on(moment: str | None) -> str:
    """ " on Monday 3 March", or nothing."""
    return f" on {day(moment)}" if moment else ""
