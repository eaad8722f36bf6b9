"""From what a customer sent to what Rasa is asked, so that nobody can speak Rasa's shorthand.

Rasa reads a text such as `/cancel_order{"order_number": "1"}` as an intent with entities. Our own
buttons rely on it; a customer who types or forges it must not.
"""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES

from engine.served import ServedModel
from inbox_channel.requests import Turn
from inbox_channel.transcript import FALLBACK_INTENT
from journal.entries import offered_by

CHANNEL = "parley"
OUT_OF_SCOPE = "out_of_scope"

ALWAYS_OFFERED = ("/human_handoff",)
"""Payloads that every customer may send at any time: the way to a person is always open."""


async def message_for(turn: Turn, tracker: DialogueStateTracker, model: ServedModel) -> UserMessage:
    """The message to run."""
    if turn.payload and await _was_offered(turn.payload, tracker, model):
        if turn.payload.startswith(INTENT_MESSAGE_PREFIX):
            parse = await model.parse(turn.payload)
            return _message(turn, turn.payload, parse=parse, title=turn.text)
        return await _free(turn, turn.payload, model)
    if turn.text and turn.text.strip():
        return await _free(turn, turn.text.strip(), model)
    words = turn.payload or ""
    return _message(turn, words, parse=_decided(words, OUT_OF_SCOPE, 1.0))


async def _was_offered(payload: str, tracker: DialogueStateTracker, model: ServedModel) -> bool:
    """Whether the bot showed a button with this payload, ever. What it did not offer is forged."""
    if payload in ALWAYS_OFFERED or payload in offered_by(list(tracker.events)):
        return True
    return await model.journal.was_offered(tracker.sender_id, payload)


async def _free(turn: Turn, text: str, model: ServedModel) -> UserMessage:
    """A message whose text is only ever read as text."""
    bare = text.lstrip(INTENT_MESSAGE_PREFIX + " ") if text.startswith(INTENT_MESSAGE_PREFIX) else text
    if not bare:
        return _message(turn, text, parse=_decided(text, FALLBACK_INTENT, 0.0))
    parse = await model.parse(bare)
    shift = len(text) - len(bare)
    for entity in parse[ENTITIES]:
        entity["start"] += shift
        entity["end"] += shift
    return _message(turn, text, parse={**parse, "text": text})


class Hearing(CollectingOutputChannel):
    """Goes by the customer's kind of channel, so that the variant of a response for it is chosen."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def name(self) -> str:
        """`whatsapp`, `webchat`…"""
        return self._kind


def _decided(text: str, intent: str, confidence: float) -> dict[str, Any]:
    found = {"name": intent, "confidence": confidence}
    return {"text": text, "intent": found, "intent_ranking": [found], "entities": []}


def _message(
    turn: Turn, text: str, *, parse: dict[str, Any] | None = None, title: str | None = None
) -> UserMessage:
    return UserMessage(
        text,
        output_channel=Hearing(turn.channel["kind"]),
        sender_id=turn.conversation_id,
        parse_data=parse,
        input_channel=CHANNEL,
        message_id=turn.turn_id,
        # The inbox's own metadata stays one level down: Rasa gives some top-level keys a meaning.
        metadata={
            "channel": turn.channel,
            "contact": turn.contact,
            "language": turn.language,
            "metadata": turn.metadata,
            **({"title": title} if title else {}),
        },
    )
