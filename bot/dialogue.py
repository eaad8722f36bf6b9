"""Rasa's message processor, made to fail loudly: a broken action becomes a handoff."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, create_bot_utterance
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, FollowupAction, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

HANDOFF_SLOT = "handoff"
FAILED = "action_failed"
FAILED_RESPONSE = f"utter_hand_over_{FAILED}"
FAILED_WORDS = "Something isn't working on my side, sorry. I'll get a colleague to look into it."

log = logging.getLogger("parley.dialogue")


class TurnProcessor(MessageProcessor):
    """Runs turns. What one turn adds is saved at its end, in one write, or not at all."""

    action_seconds = 6.0

    async def take(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        """Run one turn on `tracker` and save it. Whatever an action does, the turn ends listening.

        Raises what parsing, predicting or saving raised; then nothing was saved.
        """
        await self._update_tracker_session(tracker, message.output_channel)
        await self._handle_message_with_tracker(message, tracker)
        await self.finish(message.output_channel, tracker)

    async def finish(self, output: OutputChannel, tracker: DialogueStateTracker) -> None:
        """Answer the last message on `tracker` and save it."""
        await self.run_action_extract_slots(output, tracker)
        await self._run_prediction_loop(output, tracker)
        await self.save_tracker(tracker)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        watched = Watched(action, self.action_seconds)
        return await super()._run_action(watched, tracker, output_channel, nlg, prediction)

    async def _run_prediction_loop(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> None:
        await super()._run_prediction_loop(output_channel, tracker)
        if tracker.latest_action_name == ACTION_LISTEN_NAME or tracker.is_paused():
            return
        # Rasa's circuit breaker: policies that never listen. It only logs, and stays silent.
        why = f"The dialogue did not come to rest after {self.max_number_of_predictions} actions."
        log.error("%s Last: %s.", why, tracker.latest_action_name)
        events = await apology(why, output_channel, self.nlg, tracker)
        tracker.update_with_events([*events, ActionExecuted(ACTION_LISTEN_NAME)], self.domain)


class Watched(Action):
    """An action whose failure, or slowness, is a handoff instead of a line in a log."""

    def __init__(self, action: Action, seconds: float) -> None:
        """Watch `action`, which may run for `seconds`."""
        self._action = action
        self._seconds = seconds

    def name(self) -> str:
        """The watched action's name."""
        return self._action.name()

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """The action's events, or those of an apology that asks for a human."""
        try:
            return await asyncio.wait_for(
                self._action.run(output_channel, nlg, tracker, domain), self._seconds
            )
        except ActionExecutionRejection:
            raise
        except asyncio.TimeoutError:
            why = f"{self.name()} took longer than {self._seconds:g} s."
            log.error(why)
        except Exception as error:
            why = f"{self.name()} failed: {error}"
            log.exception("An action failed: %s", self.name())
        return await apology(why, output_channel, nlg, tracker)

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> ActionExecuted:
        """The watched action's own event."""
        return self._action.event_for_successful_execution(prediction)


async def apology(
    why: str,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
) -> list[Event]:
    """Events that say sorry, end any form, ask for a human because of `why`, and listen."""
    words = await nlg.generate(FAILED_RESPONSE, tracker, output_channel.name())
    words = {**(words or {"text": FAILED_WORDS}), "utter_action": FAILED_RESPONSE}
    return [
        create_bot_utterance(words),
        SlotSet(HANDOFF_SLOT, {"reason": FAILED, "detail": why}),
        ActiveLoop(None),
        SlotSet(REQUESTED_SLOT, None),
        FollowupAction(ACTION_LISTEN_NAME),
    ]


class TurnAgent(Agent):
    """Rasa's agent with our processor, and with no store to fall back on.

    Stock Rasa answers from an empty in-memory store while its database is away, and so forgets
    the customer in mid-sentence; here the turn fails, and the inbox knows.
    """

    processor: TurnProcessor | None

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise ValueError("An agent needs a tracker store.")
        return store

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load the model at `model_path` and answer with it. Raises when it cannot be loaded."""
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self.tracker_store.domain = self.domain
        responses: dict[str, Any] = self.domain.responses
        self.nlg.responses = responses
        self._set_fingerprint(fingerprint)
