"""Running a turn once, however often it is asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator
from weakref import WeakValueDictionary

from engine.action_server import before_acting
from engine.served import ServedModel
from inbox_channel.happenings import append
from inbox_channel.problems import AlreadyRunning, NobodyAsks
from inbox_channel.requests import Report, Turn
from inbox_channel.transcript import answer_of, answer_to
from inbox_channel.wording import message_for
from journal.collection import Overtaken
from journal.entries import Entry, offered_by, state_of, written
from journal.live import Conversation

log = logging.getLogger("parley.turns")


class Conversations:
    """Every conversation that this process takes part in, one thing at a time in each.

    The inbox gives a conversation's turns to one bot process at a time (its lease), so a lock in
    memory is enough here; should two processes meet all the same, the journal takes the entry of one
    and refuses the other's.
    """

    def __init__(self) -> None:
        self._running: set[tuple[str, str]] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(
        self, turn: Turn, model: ServedModel, has_left: Callable[[], bool] = lambda: False
    ) -> dict[str, Any]:
        """The answer to `turn`, run unless it was run before, a later one was, or whoever asked `has_left`.

        Raises `AlreadyRunning` while the same turn runs, `NobodyAsks`, and what `answer_of` and Rasa raise.
        """
        key = (turn.conversation_id, turn.turn_id)
        if key in self._running:
            raise AlreadyRunning("This turn is being run. Ask again for its answer.")
        self._running.add(key)
        try:
            began = time.perf_counter()
            async with self._alone(turn.conversation_id):
                answer = await _run(turn, model, has_left)
            took_ms = round((time.perf_counter() - began) * 1000, 1)
        finally:
            self._running.discard(key)
        answer = {"turn_id": turn.turn_id, **answer, "took_ms": took_ms}
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

    async def note(self, report: Report, model: ServedModel) -> int:
        """Append a report's happenings once; how many were new."""
        async with self._alone(report.conversation_id):
            return await append(report, model)

    async def erase(self, conversation_id: str, model: ServedModel) -> int:
        """Forget a conversation; how many turns and reports it had."""
        async with self._alone(conversation_id):
            model.live.forget(conversation_id)
            return await model.journal.erase(conversation_id)

    @asynccontextmanager
    async def _alone(self, conversation_id: str) -> AsyncIterator[None]:
        async with self._locks.setdefault(conversation_id, asyncio.Lock()):
            yield


async def _run(turn: Turn, model: ServedModel, has_left: Callable[[], bool]) -> dict[str, Any]:
    """A conversation that was left here needs no question to the journal: it refuses an entry whose number or
    key is taken, and nothing but that entry comes of most turns. Those that act ask before they do."""
    key = f"turn:{turn.turn_id}"
    await asyncio.sleep(0)  # by then the loop has seen the end of a connection that was closed
    kept = None if has_left() else model.live.take_kept(turn.conversation_id)
    if kept is not None and _is_late(turn, kept):
        model.live.put(kept)
    elif kept is not None:
        try:
            return await _run_on(kept, turn, model, sure=_Sure(kept, key, model))
        except Overtaken:
            log.debug("turn=%s was run here before, or the conversation elsewhere", turn.turn_id)
    conversation, known = await model.live.take(turn.conversation_id, key)
    if known is not None:
        model.live.put(conversation)
        return answer_of(known)
    if has_left() or _is_late(turn, conversation):
        model.live.put(conversation)
        raise NobodyAsks("Whoever asked this turn has left, or asked a later one. Nothing was done.")
    try:
        return await _run_on(conversation, turn, model)
    except Overtaken as error:
        raise AlreadyRunning("Another process has this conversation. Ask again.") from error


def _is_late(turn: Turn, conversation: Conversation) -> bool:
    """Whether a later turn was run here: a human has been asked meanwhile."""
    return 0 < turn.place < conversation.place


class _Sure:
    """Makes sure, once, that a conversation is as it was left and the turn new. Raises `Overtaken`."""

    def __init__(self, kept: Conversation, key: str, model: ServedModel) -> None:
        self._kept, self._key, self._model = kept, key, model
        self._is_sure = False

    async def __call__(self) -> None:
        if not self._is_sure and await self._model.live.is_overtaken(self._kept, self._key):
            raise Overtaken("Somebody has written to the conversation since it was left here.")
        self._is_sure = True


async def _run_on(
    conversation: Conversation, turn: Turn, model: ServedModel, *, sure: _Sure | None = None
) -> dict[str, Any]:
    """The answer to a turn on `conversation`, written down. Raises `Overtaken` where nothing could be."""
    tracker = conversation.tracker
    seen = len(tracker.events)
    message = await message_for(turn, tracker, model)
    asked = before_acting.set(sure)
    try:
        await model.processor.take(message, tracker)
    finally:
        before_acting.reset(asked)
    events = list(tracker.events)[seen:]
    entry = Entry(
        turn.conversation_id,
        conversation.number + 1,
        f"turn:{turn.turn_id}",
        answer=answer_to(events, tracker),
        offers=offered_by(events),
        events=written(events),
        state=state_of(tracker),
    )
    await model.journal.append(entry)
    conversation.number += 1
    conversation.place = max(turn.place, conversation.place)
    model.live.put(conversation)
    return answer_of(entry)
