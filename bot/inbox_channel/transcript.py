"""Reading a turn back from the events that Rasa kept of it.

A turn's answer is always built from its events, the first time and every time after, so that a
turn asked twice is answered twice the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY

from inbox_channel.problems import Silent
from inbox_channel.replies import replies_of

FALLBACK_INTENT = "nlu_fallback"
HANDOFF_SLOT = "handoff"
REASONS = ("asked", "low_confidence", "action_failed", "out_of_scope")
# Ours or Rasa's own bookkeeping; the inbox has no use for them.
HIDDEN_SLOTS = (HANDOFF_SLOT, REQUESTED_SLOT, "session_started_metadata")
MAX_RANKING = 5
REPORTED = "event_id"


@dataclass(frozen=True)
class Record:
    """The events of one turn: the customer's message and what the bot did about it."""

    events: list[Event]
    after: DialogueStateTracker

    @property
    def message(self) -> UserUttered:
        """What the customer wrote."""
        first = self.events[0]
        assert isinstance(first, UserUttered)
        return first

    @property
    def is_complete(self) -> bool:
        """Whether the bot came to rest. It did not if its process died in the middle."""
        return self.after.latest_action_name == ACTION_LISTEN_NAME and any(
            isinstance(event, ActionExecuted) for event in self.events
        )

    def answer(self) -> dict[str, Any]:
        """Replies, handoff, parse and state. Raises `Silent` when the bot wrongly said nothing."""
        said = [event for event in self.events if isinstance(event, BotUttered)]
        replies = [reply for utterance in said for reply in replies_of(utterance)]
        handoff = _handoff(self.events)
        if not replies and not handoff and not self._chose_to_listen():
            ran = ", ".join(name for name in self._actions() if name != ACTION_LISTEN_NAME)
            raise Silent(f"The bot ran {ran or 'no action'} and said nothing.")
        return {
            "replies": replies,
            "handoff": handoff,
            "parse": _parse(self.message),
            "slots": _slots(self.after),
            "active_form": self.after.active_loop_name,
        }

    def _actions(self) -> list[str]:
        return [event.action_name or "" for event in self.events if isinstance(event, ActionExecuted)]

    def _chose_to_listen(self) -> bool:
        """Whether a rule or a story says that nothing is to be said here."""
        done = [event for event in self.events if isinstance(event, ActionExecuted)]
        return len(done) == 1 and done[0].action_name == ACTION_LISTEN_NAME and bool(done[0].policy)


def find_turn(tracker: DialogueStateTracker, turn_id: str, domain: Domain) -> Record | None:
    """The turn that `turn_id` names, if `tracker` holds it."""
    events = list(tracker.events)
    own = (i for i, one in enumerate(events) if isinstance(one, UserUttered) and one.message_id == turn_id)
    start = next(own, None)
    if start is None:
        return None
    end = next((i for i in range(start + 1, len(events)) if _begins_another(events[i], turn_id)), None)
    if end is None:
        return Record(events[start:], tracker)
    after = DialogueStateTracker.from_events(tracker.sender_id, events[:end], domain.slots)
    return Record(events[start:end], after)


def was_offered(tracker: DialogueStateTracker, payload: str) -> bool:
    """Whether the bot offered a button with this payload. What it did not offer is forged."""
    for event in tracker.events:
        if isinstance(event, BotUttered):
            offers = [*(event.data.get("buttons") or []), *(event.data.get("quick_replies") or [])]
            if any(offer.get("payload") == payload for offer in offers):
                return True
    return False


def _begins_another(event: Event, turn_id: str) -> bool:
    if isinstance(event, UserUttered):
        # Rasa's two-stage fallback repeats the customer's message within the turn, with its id.
        return event.message_id != turn_id
    if isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME:
        return True
    return REPORTED in event.metadata


def _handoff(events: list[Event]) -> dict[str, str] | None:
    for event in reversed(events):
        if isinstance(event, SlotSet) and event.key == HANDOFF_SLOT and event.value:
            wish = event.value if isinstance(event.value, dict) else {"reason": str(event.value)}
            reason = wish.get("reason")
            return {
                "reason": reason if reason in REASONS else "asked",
                "detail": str(wish.get("detail") or ""),
            }
    return None


def _parse(message: UserUttered) -> dict[str, Any]:
    data: dict[str, Any] = dict(message.parse_data or {})
    ranking = [_scored(one) for one in data.get(INTENT_RANKING_KEY) or []]
    return {
        "text": message.metadata.get("title") or message.text,
        "intent": _scored(data.get(INTENT) or {}),
        "ranking": [one for one in ranking if one["name"] != FALLBACK_INTENT][:MAX_RANKING],
        "entities": [_entity(one) for one in data.get(ENTITIES) or []],
    }


def _scored(intent: dict[str, Any]) -> dict[str, Any]:
    return {"name": intent.get("name"), "confidence": round(float(intent.get("confidence") or 0), 4)}


def _entity(entity: dict[str, Any]) -> dict[str, Any]:
    confidence = entity.get("confidence_entity", entity.get("confidence"))
    return {
        "entity": entity.get("entity"),
        "value": entity.get("value"),
        "start": entity.get("start"),
        "end": entity.get("end"),
        "confidence": None if confidence is None else round(float(confidence), 4),
        "extractor": entity.get("extractor"),
    }


def _slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    values = tracker.current_slot_values()
    return {k: v for k, v in values.items() if v is not None and k not in HIDDEN_SLOTS}
