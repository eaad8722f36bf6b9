"""Asks customers how it was when people have resolved their conversation: once, whoever is killed.

Whether a question is due is written with the resolution, and the question with the note that it was asked.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from inbox.actions import surveys
from inbox.actions.desk import Desk
from inbox.actions.quiet import held_until
from inbox.leases import Leases
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.conversation import Conversation
from inbox.model.survey import Survey, is_asked_on
from inbox.model.thread import Thread
from inbox.worker import Worker


class Surveys:
    """Looks at conversations that were resolved."""

    def __init__(self, desk: Desk, *, at_once: int = 2) -> None:
        self._desk = desk
        self._leases = Leases("survey", desk.store, desk.clock)
        self.worker = Worker("survey", desk.store, desk.clock, self.run, at_once=at_once, leases=self._leases)
        desk.bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            if change.after.survey and (change.before is None or change.before.survey is None):
                self.worker.wake(change.after.id)

    async def run(self, conversation_id: str) -> None:
        """Ask, if that is due and nobody else does."""
        claimed = await self._leases.claim(conversation_id)
        if claimed is None:
            return
        seen, owner = claimed
        try:
            survey = await surveys.present(self._desk.store)
            if not is_asked_on(survey, seen.channel_id):
                await self._desk.store.conversations.finish(
                    conversation_id, "survey", owner, seen.rev, self._desk.clock()
                )
            elif not await self._is_put_off(seen, survey, owner):
                await self._ask(conversation_id, survey, owner)
        finally:
            self._leases.drop(owner)

    async def _is_put_off(self, seen: Conversation, survey: Survey, owner: str) -> bool:
        """Give it back until it is time to ask, if that is later."""
        ended = seen.case.ended_at if seen.case else None
        at = ended + timedelta(minutes=survey.wait_minutes) if ended else self._desk.clock()
        if at <= self._desk.clock():
            quiet = await held_until(self._desk, seen)
            if quiet is None:
                return False
            at = quiet
        return await self._desk.store.conversations.postpone(seen.id, "survey", owner, at)

    async def _ask(self, conversation_id: str, survey: Survey, owner: str) -> None:
        async def work(session: Any) -> tuple[Commit, None]:
            conversation = await self._desk.store.conversations.get(conversation_id, session)
            if conversation is None or conversation.survey is None or conversation.survey.owner != owner:
                return Commit(), None
            thread = Thread(conversation, self._desk.clock())
            thread.carries, thread.link = await self._desk.carries(conversation.channel_id), self._desk.link
            surveys.ask(thread, survey)
            return Commit(conversations=[change_of(thread, holder=("survey", owner))]), None

        commit, _ = await self._desk.store.change(work)
        self._desk.bus.publish(commit)
