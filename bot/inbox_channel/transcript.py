"""From the events that a turn added to what the inbox is told about it."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY

from inbox_channel.problems import Problem, Silent
from inbox_channel.replies import replies_of
from journal.entries import Entry

FALLBACK_INTENT = "nlu_fallback"
HANDOFF_SLOT = "handoff"
CONTACT_SLOT = "contact"
REASONS = ("asked", "low_confidence", "action_failed", "out_of_scope")
# Ours or Rasa's own bookkeeping; the inbox has no use for them.
HIDDEN_SLOTS = (HANDOFF_SLOT, CONTACT_SLOT, REQUESTED_SLOT, "session_started_metadata")
MAX_RANKING = 5
REPORTED = "event_id"


def answer_to(events: list[Event], after: DialogueStateTracker) -> dict[str, Any]:
    """What the inbox is told about a turn that added `events`: replies, handoff, contact, parse and state.

    Or the problem with it: an answer is written down with its turn, so that asking again is answered
    the same.
    """
    start = next(i for i, event in enumerate(events) if type(event) is UserUttered)
    message, done = events[start], events[start:]
    assert isinstance(message, UserUttered)
    try:
        return {
            **_said(done),
            "contact": _found_out(done),
            "parse": _parse(message),
            "slots": _slots(after),
            "active_form": after.active_loop_name,
        }
    except Problem as problem:
        return {"problem": {"title": problem.title, "detail": problem.detail}}


def answer_of(entry: Entry) -> dict[str, Any]:
    """The answer that was written down. Raises its problem if it was one."""
    answer = entry.answer or {}
    if problem := answer.get("problem"):
        raised = Problem(problem["detail"])
        raised.title = problem["title"]
        raise raised
    return answer


def _said(events: list[Event]) -> dict[str, Any]:
    """Replies and handoff. Raises `Silent` when the bot wrongly said nothing."""
    said = [event for event in events if type(event) is BotUttered]
    replies = [reply for utterance in said for reply in replies_of(utterance)]
    handoff = _handoff(events)
    actions = [event for event in events if type(event) is ActionExecuted]
    if not replies and not handoff and not _chose_to_listen(actions):
        ran = ", ".join(done.action_name or "" for done in actions if done.action_name != ACTION_LISTEN_NAME)
        raise Silent(f"The bot ran {ran or 'no action'} and said nothing.")
    return {"replies": replies, "handoff": handoff}


def _chose_to_listen(actions: list[ActionExecuted]) -> bool:
    """Whether a rule or a story says that nothing is to be said here."""
    return len(actions) == 1 and actions[0].action_name == ACTION_LISTEN_NAME and bool(actions[0].policy)


def _handoff(events: list[Event]) -> dict[str, str] | None:
    for event in reversed(events):
        if type(event) is SlotSet and event.key == HANDOFF_SLOT and event.value:
            wish = event.value if isinstance(event.value, dict) else {"reason": str(event.value)}
            reason = wish.get("reason")
            return {
                "reason": reason if reason in REASONS else "asked",
                "detail": str(wish.get("detail") or ""),
                **({"team": str(wish["team"])} if wish.get("team") else {}),
            }
    return None


def _found_out(events: list[Event]) -> dict[str, Any]:
    """Attributes of the contact that actions of this turn have set; the last word on each holds."""
    found: dict[str, Any] = {}
    for event in events:
        if type(event) is SlotSet and event.key == CONTACT_SLOT and isinstance(event.value, dict):
            found.update(event.value)
    return found


def _parse(message: UserUttered) -> dict[str, Any]:
    data: dict[str, Any] = dict(message.parse_data or {})
    ranking = [one for one in data.get(INTENT_RANKING_KEY) or [] if one.get("name") != FALLBACK_INTENT]
    return {
        "text": message.metadata.get("title") or message.text,
        "intent": _scored(data.get(INTENT) or {}),
        "ranking": [_scored(one) for one in ranking[:MAX_RANKING]],
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
