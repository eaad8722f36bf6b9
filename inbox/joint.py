"""Several conversations' changes in one commit, each worked out from what is known of its conversation.

Whoever holds a conversation's turn or deliveries knows how it stood when they were claimed. A change that is
worked out from that is written only at the `rev` that it was worked out from, and only while the claim holds.
So it needs no reading first, and changes of different conversations can be written together.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from inbox.bus import Bus
from inbox.joined import Joined
from inbox.model.commit import Commit, ConversationChange
from inbox.model.consent import Refusals, Standing, standing_against
from inbox.model.conversation import Conversation
from inbox.store import Conflict, Store, StoreError

_TOGETHER = 50


class Draft(NamedTuple):
    """A change of one conversation, as it was when it was last looked at."""

    conversation: Conversation
    edit: Callable[[Refusals], ConversationChange]
    """Works the change out. It may be called again, and in a thread, so it must have no other effect."""
    leaves_by: str | None = None
    """The channel by which something leaves with this: `edit` is told what the customer refuses there."""


class Joint:
    """Writes drafts, and tells of what was written."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._drafts = Joined(self._write, most=_TOGETHER)

    async def write(self, draft: Draft) -> ConversationChange | None:
        """Commit it. None, with nothing written, if the conversation or its claim is no longer as it was.

        Raises `StoreError`, `Unwritable`, or what `edit` raised.
        """
        written = await self._drafts.ask(draft)
        if isinstance(written, Exception):
            raise written
        return written

    async def _write(self, drafts: list[Draft]) -> Sequence[ConversationChange | Exception | None]:
        """What became of each. Raises `StoreError`: of all of them, it is not known."""
        ids = [draft.conversation.id for draft in drafts]
        if len(set(ids)) < len(ids):
            return await self._write_each(drafts)
        try:
            return await self._commit(drafts)
        except Conflict:
            return [None] if len(drafts) == 1 else await self._write_present(drafts)
        except StoreError:
            raise
        except Exception as error:  # `Unwritable`, or a draft cannot be worked out: that is no other's fault
            return [error] if len(drafts) == 1 else await self._write_each(drafts)

    async def _write_present(self, drafts: list[Draft]) -> Sequence[ConversationChange | Exception | None]:
        """Write those whose conversation has not changed; each by itself if that is all of them."""
        revs = await self._store.conversations.revs([d.conversation.id for d in drafts])
        present = [d for d in drafts if revs.get(d.conversation.id) == d.conversation.rev]
        write = self._write_each if len(present) == len(drafts) else self._write
        written = iter(await write(present) if present else ())
        return [next(written) if draft in present else None for draft in drafts]

    async def _write_each(self, drafts: list[Draft]) -> Sequence[ConversationChange | Exception | None]:
        return [(await self._write([draft]))[0] for draft in drafts]

    async def _commit(self, drafts: list[Draft]) -> list[ConversationChange]:
        def draw(standings: list[Standing]) -> Commit:
            return Commit(conversations=[draft.edit(_refusals(draft, standings)) for draft in drafts])

        leaving = [(draft.conversation, draft.leaves_by) for draft in drafts if draft.leaves_by]
        commit = await self._store.change_in_one_go(
            draw,
            channel_ids={channel_id for _, channel_id in leaving},
            addresses={identity.key for conversation, _ in leaving for identity in conversation.to},
            contact_ids={conversation.contact_id for conversation, _ in leaving},
        )
        self._bus.publish(commit)
        return commit.conversations


def _refusals(draft: Draft, standings: list[Standing]) -> Refusals:
    if draft.leaves_by is None:
        return ()
    to, contact_id = draft.conversation.to, draft.conversation.contact_id
    return standing_against(standings, draft.leaves_by, [identity.key for identity in to], contact_id)
