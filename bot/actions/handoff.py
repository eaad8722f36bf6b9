"""Asking for a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.words import customers_words, said_before

ASKED = "asked"
LOW_CONFIDENCE = "low_confidence"
ACTION_FAILED = "action_failed"
OUT_OF_SCOPE = "out_of_scope"

# What the bot said last tells why a person is wanted now.
WHY_AFTER = {
    "utter_out_of_scope": OUT_OF_SCOPE,
    "utter_order_number_unclear": LOW_CONFIDENCE,
    "utter_return_reason_unclear": LOW_CONFIDENCE,
    "utter_return_choice_unclear": LOW_CONFIDENCE,
}


# Responses, by how their names begin, to which "yes" means that a person is wanted.
OFFERS = ("utter_complaint", "utter_cancel_", "utter_address_", "utter_refund_", *WHY_AFTER)


class ActionHandOver(Action):
    """Fetch a person, because the customer asked, or agreed, or was not understood."""

    harmless = True

    def name(self) -> str:
        """The name that rules and stories use."""
        return "action_hand_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say so, end any form, and set the `handoff` slot that the inbox acts on."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if intent == "human_handoff":
            return hand_over(dispatcher, ASKED, customers_words(tracker))
        before = said_before(tracker)
        if intent == "affirm" and not any(said.startswith(OFFERS) for said in before):
            # Policies look past what only rules say: the offer was turns ago.
            dispatcher.utter_message(response="utter_ok")
            return [FollowupAction("action_listen")]
        reasons = [WHY_AFTER[said] for said in before if said in WHY_AFTER]
        return hand_over(dispatcher, reasons[-1] if reasons else ASKED, customers_words(tracker))


def hand_over(
    dispatcher: CollectingDispatcher, reason: str, detail: str, team: str | None = None
) -> list[dict[str, Any]]:
    """The events by which any action fetches a person; return them from its `run`.

    `reason` is one of the four above; `detail` is for the agent to read; `team` is a team's name or id, where
    the channel's own is not the right one.
    """
    dispatcher.utter_message(response=f"utter_hand_over_{reason}")
    return [
        SlotSet("handoff", {"reason": reason, "detail": detail[:500], **({"team": team} if team else {})}),
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        FollowupAction("action_listen"),
    ]
