"""When the bot is not sure: offer what it may have been, then a person.

Rasa's `action_two_stage_fallback` runs these two: the first asks, the second gives up.
"""

from __future__ import annotations

import json
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import LOW_CONFIDENCE, hand_over
from actions.languages import is_foreign, spoken
from actions.words import customers_words, said_before

MAX_OFFERS = 3
# Below this a guess is noise, and offering it would look foolish.
MIN_CONFIDENCE = 0.1
TITLE = "utter_title_{}"
LOST = "utter_lost_thread"
LANGUAGES = "utter_languages"


class ActionDefaultAskAffirmation(Action):
    """Ask which of the likeliest intents was meant, by their readable names."""

    harmless = True

    def name(self) -> str:
        """The name of Rasa's own action, which this replaces."""
        return "action_default_ask_affirmation"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Offer up to three intents that have a title in the domain, and none of them.

        Who writes a language that no response is written in is told which there are.
        """
        responses = domain.get("responses") or {}
        language = tracker.get_slot("language")
        said = str(tracker.latest_message.get("text") or "")
        if LANGUAGES in responses and is_foreign(said, language, spoken(responses)):
            dispatcher.utter_message(response=LANGUAGES)
            return []
        offers = [
            {"title": title, "payload": payload_for(name, tracker)}
            for name in likeliest(tracker)
            if (title := text_in(language, responses.get(TITLE.format(name))))
        ][:MAX_OFFERS]
        if not offers:
            dispatcher.utter_message(response="utter_ask_rephrase")
            return []
        none = text_in(language, responses.get("utter_none_of_these")) or "Something else"
        dispatcher.utter_message(
            response="utter_did_you_mean",
            buttons=[*offers, {"title": none, "payload": "/out_of_scope"}],
        )
        return []


class ActionDefaultFallback(Action):
    """Give up: a person, after two stages of asking; else ask what is wanted, once.

    "Yes", "no" or "stop" to nothing that was asked is no reason for either.
    """

    harmless = True

    def name(self) -> str:
        """The name of Rasa's own action, which this replaces."""
        return "action_default_fallback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Hand over, or say that the thread was lost, or nothing but "all right"."""
        in_fallback = (tracker.active_loop or {}).get("name") == "action_two_stage_fallback"
        said = (tracker.latest_message.get("intent") or {}).get("name")
        if not in_fallback and said in ("affirm", "deny", "stop"):
            dispatcher.utter_message(response="utter_ok")
            return [FollowupAction("action_listen")]
        if in_fallback or LOST in said_before(tracker):
            return hand_over(dispatcher, LOW_CONFIDENCE, customers_words(tracker))
        dispatcher.utter_message(response=LOST)
        return [FollowupAction("action_listen")]


def likeliest(tracker: Tracker) -> list[str]:
    """Intents that the message may have meant, likeliest first, without the fallback itself."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    return [
        one["name"]
        for one in ranking
        if one["name"] != "nlu_fallback" and one["confidence"] >= MIN_CONFIDENCE
    ]


def payload_for(intent: str, tracker: Tracker) -> str:
    """The payload that says `intent` with the entities that were found, so none is asked again."""
    entities = {one["entity"]: one["value"] for one in tracker.latest_message.get("entities") or []}
    return f"/{intent}{json.dumps(entities) if entities else ''}"


def text_in(language: str | None, variations: list[dict[str, Any]] | None) -> str | None:
    """A response's text on condition that the slot `language` is this one, else its first without any."""
    wish = [{"type": "slot", "name": "language", "value": language}]
    for condition in (wish, None):
        for one in variations or []:
            if one.get("text") and one.get("condition") == condition:
                return str(one["text"])
    return None
