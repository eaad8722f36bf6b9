"""Runs rules: follows what was committed, and does what it sets off.

One process at a time follows, by a lease. What a line of a conversation sets off is done in one transaction
with the note that the line was seen to, so a process that is killed on the way has done all of it or nothing,
and a second one that believes that it has the lease does nothing twice.

A line at which something unforeseen happens is set aside, in the same way, and what comes behind it goes on.
It is tried again later a few times; then an admin decides.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from inbox.actions import rules
from inbox.actions.desk import Desk
from inbox.actions.surroundings import surroundings
from inbox.follower import Follower
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.conversation import Conversation
from inbox.model.message import Message
from inbox.model.rules import ALONE, Rule, holds, set_off
from inbox.model.thread import Thread
from inbox.store import Conflict, StoreError

log = structlog.get_logger(__name__)

DUTY = "rules"
_LEASE = timedelta(seconds=20)
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
        self.follower = Follower(DUTY, desk.store, desk.clock, self.step)
        self._seen: OrderedDict[str, int] = OrderedDict()
        """Up to which line we have looked at a conversation, which may be further than what was run."""
        self._has_rules = True
        desk.bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        """Look at once; without any rule the next look is early enough."""
        if self._has_rules and any(change.added for change in changes):
            self.follower.wake()

    async def step(self) -> int:
        """Do what is to be done now, if that falls to us. How many lines set something off."""
        found = await self._store.rules.list({"is_on": True})
        self._has_rules = bool(found)
        now = self._desk.clock()
        if not found or not await self.follower.is_ours(_LEASE):
            self._seen.clear()
            return 0
        begun = min(rule.updated_at for rule in found)
        since = max(begun, await self._store.automation.place() or begun) - _OVERLAP
        done, key = await self._try_again(found, now), ""
        while True:
            changed, last = await self._store.conversations.changed_since(since, key, _PAGE)
            for conversation in changed:
                done += await self._look(conversation, found, begun)
            if last is None:
                break
            since, key = last
            await self.follower.is_ours(_LEASE)
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
            try:
                off = set_off(found, line)
                around = await surroundings(self._desk, off, conversation) if off else ALONE
                wanted = [r for r in off if holds(r, conversation, line, around)]
                if wanted and line.created_at >= begun:
                    await self._run(conversation.id, found, line)
                    conversation = await self._store.conversations.get(conversation.id) or conversation
                    done += 1
            except (StoreError, Conflict):
                raise
            except Exception as error:
                await self._set_aside(line, error)
            self._remember(conversation.id, line.seq)
        return done

    async def _try_again(self, found: list[Rule], now: datetime) -> int:
        """Take up what was set aside and is due. A rule that was changed since does not go by old lines."""
        done = 0
        for setback in await self._store.setbacks.due(DUTY, now, _LINES):
            seq = setback.seq or 0
            lines = await self._store.automation.lines_after(setback.conversation_id, seq - 1, 1)
            if not lines or lines[0].seq != seq:
                await self._store.setbacks.settle(setback.id)
                continue
            try:
                await self._run(setback.conversation_id, found, lines[0], setback.id)
                done += 1
            except (StoreError, Conflict):
                raise
            except Exception as error:
                await self._set_aside(lines[0], error)
        return done

    async def _set_aside(self, line: Message, error: Exception) -> None:
        """Note the failure, and that the line was seen to, so that those behind it are not held up."""
        at = line.conversation_id
        log.error("line set aside", duty=DUTY, conversation=at, seq=line.seq, exc_info=error)

        async def work(session: Any) -> tuple[Commit, None]:
            await self._store.setbacks.note(
                DUTY, at, error, self._desk.clock(), seq=line.seq, session=session
            )
            await self._store.setbacks.pass_over(at, line.seq, session)
            return Commit(), None

        await self._store.change(work)

    async def _run(
        self, conversation_id: str, found: list[Rule], line: Message, setback: str | None = None
    ) -> None:
        """Run what the line sets off, unless that was done; `setback` is what was set aside of it."""

        async def work(session: Any) -> tuple[Commit, list[tuple[Rule, str]]]:
            conversation = await self._store.conversations.get(conversation_id, session)
            if conversation is None or not await self._is_to_do(conversation, line, setback, session):
                return Commit(), []
            thread = Thread(conversation, self._desk.clock())
            stopped = await rules.run(thread, session, found, line, self._desk)
            return Commit(conversations=[change_of(thread)]), stopped

        commit, stopped = await self._store.change(work)
        self._desk.bus.publish(commit)
        for rule, why in stopped:
            log.warning("rule stopped", rule=rule.id, conversation=conversation_id, why=why)
            await self._store.rules.note(rule.id, stopped_at=self._desk.clock(), stopped_why=why)

    async def _is_to_do(
        self, conversation: Conversation, line: Message, setback: str | None, session: Any
    ) -> bool:
        """Whether nobody has done it. What was set aside is so no longer, if this transaction is written."""
        if setback is None:
            return conversation.ruled_seq < line.seq
        is_there = await self._store.setbacks.is_there(setback, session)
        await self._store.setbacks.settle(setback, session)
        return is_there

    def _remember(self, conversation_id: str, seq: int) -> None:
        self._seen[conversation_id] = seq
        self._seen.move_to_end(conversation_id)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
