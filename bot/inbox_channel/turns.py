"""Running a turn once, however often it is asked."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.trackers import DialogueStateTracker

from inbox_channel.happenings import append
from inbox_channel.problems import AlreadyRunning
from inbox_channel.requests import Report, Turn
from inbox_channel.transcript import Record, find_turn
from inbox_channel.wording import message_for

log = logging.getLogger("parley.turns")


class Conversations:
    """Every conversation that this process takes part in, one thing at a time in each.

    The inbox gives a conversation's turns to one bot process at a time (its lease), so a lock
    in memory is enough; Rasa's own locks would poll once a second.
    """

    def __init__(self) -> None:
        self._running: set[tuple[str, str]] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, turn: Turn, agent: Agent) -> dict[str, Any]:
        """The answer to `turn`, which is run unless it was run before.

        Raises `AlreadyRunning` while the same turn runs, and what `Record.answer` and Rasa raise.
        """
        key = (turn.conversation_id, turn.turn_id)
        if key in self._running:
            raise AlreadyRunning("This turn is being run. Ask again for its answer.")
        self._running.add(key)
        try:
            began = time.perf_counter()
            async with self._alone(turn.conversation_id):
                record = await _run(turn, agent)
            took_ms = round((time.perf_counter() - began) * 1000, 1)
        finally:
            self._running.discard(key)
        answer = {"turn_id": turn.turn_id, **record.answer(), "took_ms": took_ms}
        log.info(
            "turn=%s conversation=%s intent=%s replies=%d handoff=%s took_ms=%s",
            turn.turn_id,
            turn.conversation_id,
            answer["parse"]["intent"]["name"],
            len(answer["replies"]),
            (answer["handoff"] or {}).get("reason"),
            took_ms,
        )
        return answer

    async def note(self, report: Report, agent: Agent) -> int:
        """Append a report's happenings once; how many were new."""
        async with self._alone(report.conversation_id):
            return await append(report, agent)

    @asynccontextmanager
    async def _alone(self, conversation_id: str) -> AsyncIterator[None]:
        async with self._locks.setdefault(conversation_id, asyncio.Lock()):
            yield


async def _run(turn: Turn, agent: Agent) -> Record:
    processor, store = agent.processor, agent.tracker_store
    tracker: DialogueStateTracker = await processor.get_tracker(turn.conversation_id)
    earlier = tracker
    record = find_turn(tracker, turn.turn_id, processor.domain)
    if record is None and _in_another_session(turn, tracker, store):
        earlier = await store.retrieve_full_tracker(turn.conversation_id) or tracker
        record = find_turn(earlier, turn.turn_id, processor.domain)
    if record is None:
        await processor.take(await message_for(turn, tracker, earlier, processor), tracker)
    elif not record.is_complete:
        await processor.finish(CollectingOutputChannel(), tracker)
    else:
        return record
    done = find_turn(tracker, turn.turn_id, processor.domain)
    assert done is not None
    return done


def _in_another_session(turn: Turn, tracker: DialogueStateTracker, store: Any) -> bool:
    """Whether an earlier session is worth loading: the turn was run in it, or a button shown."""
    if not tracker.events:
        return False
    if turn.payload:
        return True
    return bool(store.has_event(turn.conversation_id, "message_id", turn.turn_id))
