"""Runs rules: follows what was committed, and does what it sets off.

One process at a time follows, by a lease. What a line of a conversation sets off is done in one transaction
with the note that the line was seen to, so a process that is killed on the way has done all of it or nothing,
and a second one that believes that it has the lease does nothing twice.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from inbox.actions import rules
from inbox.actions.desk import Desk
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.conversation import Conversation
from inbox.model.ids import new_id
from inbox.model.message import Message
from inbox.model.rules import Rule, holds, set_off
from inbox.model.thread import Thread
from inbox.store import Conflict, StoreError

log = structlog.get_logger(__name__)

_DUTY = "rules"
_LEASE = timedelta(seconds=20)
_LOOK_EVERY = 1.0
_OVERLAP = timedelta(seconds=10)
"""Commits become visible a little out of the order of their times."""

_PAGE = 200
_LINES = 100
_REMEMBERED = 20_000


class Automation:
    """Follows all conversations while there is a rule."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        self._owner = new_id()
        self._wake = asyncio.Event()
        self._seen: OrderedDict[str, int] = OrderedDict()
        """Up to which line we have looked at a conversation, which may be further than what was run."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow, when no other process does."""
        self._desk.bus.listen(self._hear)
        self._task = asyncio.create_task(self._follow(), name="rules")

    async def stop(self) -> None:
        """Stop; another process may go on at once."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        with suppress(StoreError):  # then the lease runs out by itself
            await self._store.holders.release(_DUTY, self._owner)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        if any(change.added for change in changes):
            self._wake.set()

    async def _follow(self) -> None:
        while True:
            try:
                await self.step()
            except (StoreError, Conflict) as error:
                log.warning("rules put off", error=type(error).__name__)
            except Exception:
                log.exception("rules failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY):
                    await self._wake.wait()
            self._wake.clear()

    async def step(self) -> int:
        """Do what is to be done now, if that falls to us. How many lines set something off."""
        found = await self._store.rules.list({"is_on": True})
        now = self._desk.clock()
        if not found or await self._store.holders.claim(_DUTY, self._owner, now, _LEASE) is None:
            self._seen.clear()
            return 0
        begun = min(rule.updated_at for rule in found)
        since = max(begun, await self._store.automation.place() or begun) - _OVERLAP
        done, key = 0, ""
        while True:
            changed, last = await self._store.conversations.changed_since(since, key, _PAGE)
            for conversation in changed:
                done += await self._look(conversation, found, begun)
            if last is None:
                break
            since, key = last
            await self._store.holders.claim(_DUTY, self._owner, self._desk.clock(), _LEASE)
        await self._store.automation.keep_place(now)
        return done

    async def _look(self, conversation: Conversation, found: list[Rule], begun: datetime) -> int:
        """See to the lines of a conversation that nobody has seen to."""
        seen = max(conversation.ruled_seq, self._seen.get(conversation.id, 0))
        if conversation.seq <= seen:
            return 0
        lines = await self._store.automation.lines_after(conversation.id, seen, _LINES)
        done = 0
        for line in lines:
            wanted = [r for r in set_off(found, line) if holds(r, conversation, line)]
            if wanted and line.created_at >= begun:
                await self._run(conversation.id, found, line)
                conversation = await self._store.conversations.get(conversation.id) or conversation
                done += 1
            self._remember(conversation.id, line.seq)
        return done

    async def _run(self, conversation_id: str, found: list[Rule], line: Message) -> None:
        """Run what the line sets off, unless that was done."""

        async def work(session: Any) -> tuple[Commit, list[tuple[Rule, str]]]:
            conversation = await self._store.conversations.get(conversation_id, session)
            if conversation is None or conversation.ruled_seq >= line.seq:
                return Commit(), []
            thread = Thread(conversation, self._desk.clock())
            stopped = await rules.run(thread, session, found, line, self._desk)
            return Commit(conversations=[change_of(thread)]), stopped

        commit, stopped = await self._store.change(work)
        self._desk.bus.publish(commit)
        for rule, why in stopped:
            log.warning("rule stopped", rule=rule.id, conversation=conversation_id, why=why)
            await self._store.rules.note(rule.id, stopped_at=self._desk.clock(), stopped_why=why)

    def _remember(self, conversation_id: str, seq: int) -> None:
        self._seen[conversation_id] = seq
        self._seen.move_to_end(conversation_id)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
