"""Conversations that nobody has: a model answers in memory, for replays and for trying it out.

Nothing is journaled. Without an address of an action server, custom actions do nothing: a replay must not
order, cancel or write anything again.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.constants import ACTION_DEFAULT_FALLBACK_NAME, ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, FollowupAction, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from dialogue import TurnProcessor
from inbox_channel.replies import replies_of
from inbox_channel.transcript import FALLBACK_INTENT, HANDOFF_SLOT, HIDDEN_SLOTS
from journal.entries import bounded
from journal.tracker import BoundedTracker

BATCH = 32
NOWHERE = "http://127.0.0.1:9/webhook"


class Untouched(Action):
    """Stands for a custom action that is not run; a form's checks let pass what was extracted.

    One in the place of Rasa's default fallback ends the turn, as Rasa's own does: it would be chosen again.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        """The name of the action that it stands for."""
        return self._name

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Nothing; for a check, the slots that were just extracted; after the fallback, an end."""
        if self._name == ACTION_DEFAULT_FALLBACK_NAME:
            return [FollowupAction(ACTION_LISTEN_NAME)]
        if not self._name.startswith("validate_"):
            return []
        passed: list[Event] = []
        for event in reversed(list(tracker.events)):
            if not isinstance(event, SlotSet):
                break
            passed.insert(0, event)
        return passed


async def _not_run(
    self: RemoteAction,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
    domain: Domain,
) -> list[Event]:
    return await Untouched(self.name()).run(output_channel, nlg, tracker, domain)


def touch_nothing() -> None:
    """From here on no custom action is run in this process, by whichever way it would be called."""
    RemoteAction.run = _not_run


class Imaginary:
    """A model with its imaginary conversations."""

    def __init__(
        self, model: Path, actions: str | None = None, *, kind: type[TurnProcessor] = TurnProcessor
    ) -> None:
        """Reads the model. Blocks; raises what its components raise."""
        self.processor = kind.of(model, EndpointConfig(actions or NOWHERE))
        self._trackers: dict[str, BoundedTracker] = {}

    def parses(self, texts: list[str]) -> list[dict[str, Any]]:
        """What each text means, many at once."""
        found: list[dict[str, Any]] = []
        for begin in range(0, len(texts), BATCH):
            batch = [UserMessage(text) for text in texts[begin : begin + BATCH]]
            found += self.processor.parse_all(batch)
        return found

    def forget(self, conversation: str) -> None:
        """Begin that conversation anew."""
        self._trackers.pop(conversation, None)

    async def turn(
        self, conversation: str, text: str, parse: dict[str, Any] | None = None, language: str | None = None
    ) -> dict[str, Any]:
        """What the model makes of it, and does: see `decision`."""
        began = time.perf_counter()
        parse = parse or self.parses([text])[0]
        message = UserMessage(
            text,
            output_channel=CollectingOutputChannel(),
            sender_id=conversation,
            parse_data=parse,
            metadata={"language": language},
        )
        events, tracker = await self.take(conversation, message)
        took = round((time.perf_counter() - began) * 1000, 1)
        return {**decision(parse, events, tracker), "took_ms": took}

    async def take(self, conversation: str, message: UserMessage) -> tuple[list[Event], BoundedTracker]:
        """Run the message's turn: what happened, and the conversation after it."""
        tracker = self._trackers.get(conversation)
        if tracker is None:
            tracker = BoundedTracker(conversation, self.processor.domain.slots)
            await self.processor.begin_session(tracker)
        seen = len(tracker.events)
        await self.processor.take(message, tracker)
        events = list(tracker.events)[seen:]
        self._trackers[conversation] = bounded(tracker, self.processor.domain)
        return events, tracker


def decision(parse: dict[str, Any], events: list[Event], tracker: DialogueStateTracker) -> dict[str, Any]:
    """What was understood and done, in words that the inbox can show."""
    start = next((i for i, event in enumerate(events) if isinstance(event, UserUttered)), 0)
    done = [
        e for e in events[start:] if isinstance(e, ActionExecuted) and e.action_name != ACTION_LISTEN_NAME
    ]
    replies = [r for e in events[start:] if isinstance(e, BotUttered) for r in replies_of(e)]
    slots = tracker.current_slot_values()
    ranking = [one for one in parse.get("intent_ranking") or [] if one["name"] != FALLBACK_INTENT]
    return {
        "intent": _scored(parse.get("intent") or {}),
        "ranking": [_scored(one) for one in ranking[:5]],
        "entities": [
            {name: entity.get(name) for name in ("entity", "value", "start", "end", "extractor")}
            for entity in parse.get("entities") or []
        ],
        "actions": [
            {"name": e.action_name, "policy": (e.policy or "").rpartition("_")[2], "confidence": e.confidence}
            for e in done
        ],
        "replies": replies,
        "slots": {k: v for k, v in slots.items() if v is not None and k not in HIDDEN_SLOTS},
        "form": tracker.active_loop_name,
        "handoff": bool(slots.get(HANDOFF_SLOT)),
    }


def _scored(intent: dict[str, Any]) -> dict[str, Any]:
    return {"name": intent.get("name"), "confidence": round(float(intent.get("confidence") or 0), 4)}
