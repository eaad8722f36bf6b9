"""Rasa's message processor, made to fail loudly: a broken action becomes a handoff."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from rasa.core.actions.action import (
    Action,
    ActionBotResponse,
    ActionExecutionRejection,
    ActionExtractSlots,
    ActionListen,
    create_bot_utterance,
)
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.processor import ActionLimitReached, MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS, ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    FollowupAction,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

import engine.spared
from engine.archive import opened
from journal.collection import Overtaken

HANDOFF_SLOT = "handoff"
LANGUAGE_SLOT = "language"
FAILED = "action_failed"
FAILED_RESPONSE = f"utter_hand_over_{FAILED}"
FAILED_WORDS = "Something isn't working on my side, sorry. I'll get a colleague to look into it."

AT_ONCE = (ActionListen, ActionBotResponse)
"""Actions of Rasa's own that ask nobody and so need no watch."""

WITHOUT_MEMORY = (*AT_ONCE, ActionExtractSlots)
"""Actions that one instance of does for all conversations."""

UNDONE = 3
"""How many times Rasa's limit of actions a turn may take in all. Rasa counts those that still stand, and so
never ends a dialogue that takes its own actions back, as the two-stage fallback does."""

log = logging.getLogger("parley.dialogue")


engine.spared.install()


class TurnProcessor(MessageProcessor):
    """Runs turns on trackers that are given to it; keeps nothing."""

    action_seconds = 6.0
    _computes = True
    _kept_actions: dict[str, Action]

    @classmethod
    def of(cls, model: Path, actions: EndpointConfig) -> TurnProcessor:
        """One for the model at that path. Blocks; raises when it cannot be loaded."""
        processor = cls(model, None, None, None, actions)
        processor.nlg = NaturalLanguageGenerator.create(None, processor.domain)
        policies = [kind for kind in processor.graph_runner.kinds() if issubclass(kind, Policy)]
        processor._kept_actions = {}
        processor._computes = not all(issubclass(kind, MemoizationPolicy) for kind in policies)
        return processor

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        path = Path(model_path)
        return path.name, *opened(path)

    def parse_all(self, messages: list[UserMessage]) -> list[dict[str, Any]]:
        """What each message means, all in one run of the graph. Raises what its components raise."""
        target = self.model_metadata.nlu_target
        found = self.graph_runner.run({PLACEHOLDER_MESSAGE: messages}, [target])[target]
        parses = []
        for message in found:
            parse = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}
            parse.update(message.as_dict(only_output_properties=True))
            self._update_full_retrieval_intent(parse)
            parses.append(parse)
        return parses

    async def take(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        """Run one turn on `tracker`. Whatever an action does, the turn ends listening.

        Raises what predicting raised; the tracker is of no use then.
        """
        await self._update_tracker_session(tracker, message.output_channel)
        note_language(message, tracker)
        await self._handle_message_with_tracker(message, tracker)
        await self.run_action_extract_slots(message.output_channel, tracker)
        await self._run_prediction_loop(message.output_channel, tracker)

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """As Rasa's own, with actions that are made once."""
        if self.is_action_limit_reached(
            tracker, self.should_predict_another_action(tracker.latest_action_name)
        ):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        return self._get_action(name), prediction

    def _get_action(self, action_name: str) -> Action:
        action = self._kept_actions.get(action_name)
        if action is None:
            action = super()._get_action(action_name)
            if isinstance(action, WITHOUT_MEMORY):
                self._kept_actions[action_name] = action
        return action

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Fill the slots that the last message fills; answers `tracker`."""
        action = self._get_action(ACTION_EXTRACT_SLOTS)
        events = await action.run(output_channel, self.nlg, tracker, self.domain)
        await self._send_bot_messages(events, tracker, output_channel)
        tracker.update_with_events(events, self.domain)
        return tracker

    async def begin_session(self, tracker: DialogueStateTracker) -> None:
        """Begin the first session of a conversation in which nothing has happened yet."""
        if not tracker.events:
            await self._update_tracker_session(tracker, CollectingOutputChannel())

    async def _next(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """What to do next. Policies that compute do so beside the event loop; the others only look up."""
        if not self._computes:
            return self.predict_next_with_tracker_if_should(tracker)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self.predict_next_with_tracker_if_should, tracker)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        if not isinstance(action, AT_ONCE):
            action = Watched(action, self.action_seconds)
            return await super()._run_action(action, tracker, output_channel, nlg, prediction)
        # Without the copy of the tracker that others may change.
        events = await at_once(action, tracker, output_channel, nlg, self.domain)
        self._log_action_on_tracker(tracker, action, events, prediction)
        await self._send_bot_messages(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())

    async def _run_prediction_loop(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> None:
        goes_on, actions, most = True, 0, UNDONE * (self.max_number_of_predictions or 0)
        while goes_on and self._should_handle_message(tracker) and not 0 < most <= actions:
            actions += 1
            if tracker.latest_message is not None:  # a message that is taken back takes its slots along
                note_language(tracker.latest_message, tracker)
            try:
                action, prediction = await self._next(tracker)
            except ActionLimitReached:
                break
            if prediction.is_end_to_end_prediction:
                tracker = await self.run_action_extract_slots(output_channel, tracker)
            goes_on = await self._run_action(action, tracker, output_channel, self.nlg, prediction)
        is_endless = 0 < most <= actions
        if tracker.is_paused() or (tracker.latest_action_name == ACTION_LISTEN_NAME and not is_endless):
            return
        # Rasa's circuit breaker: policies that never listen. It only logs, and stays silent.
        why = f"The dialogue did not come to rest after {actions} actions."
        log.error("%s Last: %s.", why, tracker.latest_action_name)
        events = await apology(why, output_channel, self.nlg, tracker)
        tracker.update_with_events([*events, ActionExecuted(ACTION_LISTEN_NAME)], self.domain)


def note_language(message: UserMessage | UserUttered, tracker: DialogueStateTracker) -> None:
    """Keep the conversation's language, as the inbox names it (`it`, `pt-BR`), in the slot `language`."""
    language = str((message.metadata or {}).get("language") or "").partition("-")[0].lower()
    slot = tracker.slots.get(LANGUAGE_SLOT)
    if language and slot is not None and slot.value != language:
        tracker.update(SlotSet(LANGUAGE_SLOT, language))


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
        """The action's events, or those of an apology that asks for a human.

        Raises `Overtaken` where the turn is another's.
        """
        try:
            return await asyncio.wait_for(
                self._action.run(output_channel, nlg, tracker, domain), self._seconds
            )
        except (ActionExecutionRejection, Overtaken):
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


async def at_once(
    action: Action,
    tracker: DialogueStateTracker,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    domain: Domain,
) -> list[Event]:
    """The events of an action of `AT_ONCE`, or an apology where what it would say cannot be said."""
    try:
        events: list[Event] = await action.run(output_channel, nlg, tracker, domain)
        return events
    except Exception as error:
        log.exception("An action failed: %s", action.name())
        return await apology(f"{action.name()} failed: {error}", output_channel, nlg, tracker)


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
