"""What happened while the bot was not the speaker, told to Rasa as events.

Agents' words are bot utterances with `author: agent`; policies do not look at utterances. What
the customer said to an agent is a user message that fills no slot and asks for no prediction.
When the agent hands back, a new Rasa session begins: no form is half filled, no story half told,
and what the customer told us stays known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
)
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from engine.served import ServedModel
from inbox_channel.problems import AlreadyRunning
from inbox_channel.requests import Happening, Report
from inbox_channel.transcript import HANDOFF_SLOT, REPORTED
from inbox_channel.wording import CHANNEL
from journal.collection import Overtaken
from journal.entries import Entry, state_of, written

OUTCOME_SLOT = "last_handoff_outcome"


async def append(report: Report, model: ServedModel) -> int:
    """Append what `report` tells, in one write; how many happenings were new.

    Raises `AlreadyRunning` when another process was quicker.
    """
    key = f"report:{report.event_id}"
    conversation, known = await model.live.take(report.conversation_id, key)
    if known is not None:
        model.live.put(conversation)
        return 0
    tracker = conversation.tracker
    seen = len(tracker.events)
    await model.processor.begin_session(tracker)
    for index, happening in enumerate(report.events):
        mark = {REPORTED: report.event_id, "index": index}
        for event in WRITERS[happening.type](happening, tracker, mark):
            event.metadata = {**event.metadata, **mark}
            tracker.update(event, model.processor.domain)
    events = written(list(tracker.events)[seen:])
    entry = Entry(report.conversation_id, conversation.number + 1, key, events, state_of(tracker))
    try:
        await model.journal.append(entry)
    except Overtaken as error:
        raise AlreadyRunning("Another process has this conversation. Ask again.") from error
    conversation.number += 1
    model.live.put(conversation)
    return len(report.events)


def _agent_said(it: Happening, tracker: DialogueStateTracker, mark: dict[str, Any]) -> list[Event]:
    return [BotUttered(it.text, metadata={"author": "agent", "agent": it.agent})]


def _customer_said(it: Happening, tracker: DialogueStateTracker, mark: dict[str, Any]) -> list[Event]:
    nothing = {"name": None, "confidence": 0.0}
    said = UserUttered(
        it.text,
        intent=nothing,
        parse_data={"text": it.text, "intent": nothing, "intent_ranking": [], "entities": []},
        input_channel=CHANNEL,
        message_id=f"{mark[REPORTED]}:{mark['index']}",
        metadata={"author": "customer", "to": "agent"},
    )
    return [said]


def _handed_over(it: Happening, tracker: DialogueStateTracker, mark: dict[str, Any]) -> list[Event]:
    return [
        SlotSet(HANDOFF_SLOT, {"reason": it.reason, "detail": ""}),
        ActiveLoop(None),
        SlotSet(REQUESTED_SLOT, None),
    ]


def _handed_back(it: Happening, tracker: DialogueStateTracker, mark: dict[str, Any]) -> list[Event]:
    gone = {REQUESTED_SLOT, HANDOFF_SLOT, OUTCOME_SLOT}
    known = {k: v for k, v in tracker.current_slot_values().items() if v is not None}
    note = {"note": it.note} if it.note else {}
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        *(SlotSet(name, value) for name, value in known.items() if name not in gone),
        SlotSet(OUTCOME_SLOT, it.outcome, metadata=note),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]


Writer = Callable[[Happening, DialogueStateTracker, dict[str, Any]], list[Event]]

WRITERS: dict[str, Writer] = {
    "agent_said": _agent_said,
    "customer_said": _customer_said,
    "handed_over": _handed_over,
    "handed_back": _handed_back,
}
