"""What one turn, or one report of what happened meanwhile, adds to a conversation.

An entry is written once and never changed. It carries the state that it leaves, so that a conversation
is taken up from its last entries however long it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from journal.tracker import BoundedTracker, strip

KEEP_EVENTS = 36
"""How many events a conversation is taken up with, at least, if its session has as many."""
MAX_EVENTS = 90
"""How many it may grow to before the oldest are put away."""

State = dict[str, Any]

EVENTS: dict[str, type[Event]] = {kind.type_name: kind for kind in reversed(all_subclasses(Event))}


@dataclass(frozen=True)
class Entry:
    """`number` counts a conversation's entries from 0; `key` names the turn or report."""

    conversation_id: str
    number: int
    key: str
    events: list[dict[str, Any]]
    state: State
    answer: dict[str, Any] | None = None
    offers: list[str] = field(default_factory=list)
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def document(self) -> dict[str, Any]:
        """As MongoDB keeps it."""
        optional = {"answer": self.answer, "offers": self.offers}
        return {
            "_id": {"c": self.conversation_id, "n": self.number},
            "key": self.key,
            "at": self.at,
            "events": self.events,
            "state": self.state,
            **{name: value for name, value in optional.items() if value},
        }

    @classmethod
    def read(cls, document: dict[str, Any]) -> Entry:
        """The entry that `document` was made of."""
        return cls(
            document["_id"]["c"],
            document["_id"]["n"],
            document["key"],
            document["events"],
            document["state"],
            document.get("answer"),
            document.get("offers", []),
            document["at"],
        )

    @property
    def begins_session(self) -> bool:
        """Whether what was said before this entry is another session's."""
        return any(event["event"] == SessionStarted.type_name for event in self.events)


def written(events: list[Event]) -> list[dict[str, Any]]:
    """Events as they are kept: Rasa's own names, without what only their own turn needed."""
    kept = []
    for event in events:
        is_said = type(event) is UserUttered
        if is_said:
            strip(event)
        one = event.as_dict()
        if is_said:
            # Both stand beside it already.
            parse = one["parse_data"]
            one["parse_data"] = {
                name: parse[name] for name in ("intent", "entities", "text") if name in parse
            }
        kept.append({name: value for name, value in one.items() if value is not None})
    return kept


def offered_by(events: list[Event]) -> list[str]:
    """The payloads of the buttons that the bot showed."""
    payloads = []
    for event in events:
        if type(event) is BotUttered:
            offers = [*(event.data.get("buttons") or []), *(event.data.get("quick_replies") or [])]
            payloads += [offer["payload"] for offer in offers if offer.get("payload")]
    return payloads


def state_of(tracker: DialogueStateTracker) -> State:
    """What the events before now come to, as far as the events after now can depend on it."""
    slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
    aside = tracker.aside if isinstance(tracker, BoundedTracker) else {}
    state: State = {"slots": {**aside, **slots}}
    if tracker.is_paused():
        state["paused"] = True
    if tracker.active_loop is not None and tracker.active_loop.name:
        loop = tracker.active_loop
        trigger = loop.trigger_message or {}
        state["loop"] = {
            "name": loop.name,
            "interrupted": loop.is_interrupted,
            "rejected": loop.rejected,
            "trigger": {name: trigger.get(name) for name in ("text", "intent", "entities")},
        }
    return state


def taken_up(
    conversation_id: str, before: State | None, entries: list[Entry], domain: Domain
) -> BoundedTracker:
    """The conversation as `entries`, oldest first, leave it; `before` is the state that they found."""
    events = [_read(event) for entry in entries for event in entry.events]
    session = _session(events)
    tracker = _tracker(conversation_id, before if session is events else None, session, domain)
    _bring_back(tracker, entries[-1].state["slots"] if entries else {})
    return tracker


def _bring_back(tracker: BoundedTracker, slots: dict[str, Any]) -> None:
    """Let the tracker have the slots as they were left, whichever model left them.

    A model whose domain does not know a slot carries it aside, and begins sessions without it.
    """
    for name, value in slots.items():
        if name not in tracker.slots:
            tracker.aside[name] = value
        elif tracker.slots[name].value != value:
            tracker.update(SlotSet(name, value))


def bounded(tracker: BoundedTracker, domain: Domain) -> BoundedTracker:
    """`tracker`, or one that has put the last session and, past `MAX_EVENTS`, its oldest turns away."""
    shorter = _shorter(tracker, domain)
    shorter.aside = tracker.aside
    return shorter


def _shorter(tracker: BoundedTracker, domain: Domain) -> BoundedTracker:
    events = list(tracker.events)
    session = _session(events)
    if len(session) < len(events):
        return _shorter(_tracker(tracker.sender_id, None, session, domain), domain)
    if len(events) <= MAX_EVENTS:
        return tracker
    turns = [i for i, event in enumerate(events) if type(event) is UserUttered]
    cut = next((i for i in reversed(turns) if len(events) - i >= KEEP_EVENTS), 0)
    before = _tracker(tracker.sender_id, None, events[:cut], domain)
    return _tracker(tracker.sender_id, state_of(before), events[cut:], domain)


def _session(events: list[Event]) -> list[Event]:
    """The events of the last session; `events` itself if none begins in it after its first event."""
    starts = [i for i, event in enumerate(events) if type(event) is SessionStarted]
    begin = max(starts[-1] - 1, 0) if starts else 0  # the action that starts it stands before it
    return events[begin:] if begin else events


def _tracker(
    conversation_id: str, before: State | None, events: list[Event], domain: Domain
) -> BoundedTracker:
    tracker = BoundedTracker(conversation_id, domain.slots)
    at = events[0].timestamp if events else None
    for event in [*(_opening(before, at) if before is not None else ()), *events]:
        if type(event) is not SlotSet or event.key in tracker.slots:  # not another model's
            tracker.update(event)
    if tracker.active_loop_name and tracker.active_loop_name not in domain.action_names_or_texts:
        tracker.update(ActiveLoop(None, timestamp=at))
        tracker.update(SlotSet(REQUESTED_SLOT, None, timestamp=at))
    return tracker


def _opening(state: State, at: float | None) -> Iterator[Event]:
    """Events that come to `state`, in place of all those before it."""
    yield ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at)
    yield SessionStarted(timestamp=at)
    for name, value in state["slots"].items():
        yield SlotSet(name, value, timestamp=at)
    if loop := state.get("loop"):
        trigger = loop["trigger"]
        yield ActionExecuted(ACTION_LISTEN_NAME, timestamp=at)
        yield UserUttered(
            trigger["text"], trigger["intent"], trigger["entities"], timestamp=at, metadata={"opening": True}
        )
        yield ActiveLoop(loop["name"], timestamp=at)
        if loop["rejected"]:
            yield ActionExecutionRejected(loop["name"], timestamp=at)
    yield ActionExecuted(ACTION_LISTEN_NAME, timestamp=at)
    if state.get("loop", {}).get("interrupted"):
        yield LoopInterrupted(True, timestamp=at)
    if state.get("paused"):
        yield ConversationPaused(timestamp=at)


def _read(event: dict[str, Any]) -> Event:
    kind = EVENTS.get(event["event"])
    read = kind._from_parameters(event) if kind else None
    if read is None:
        raise ValueError(f"An event of kind {event['event']} is kept, which this Rasa does not know.")
    return read
