"""Merging two conversations of one customer on a channel, and parting them again.

Both raise `Forbidden`, `NotFound`, `Invalid`, and `Conflict` or `StoreError` when nothing could be written.
Two people at once: the second is told how it is now.
"""

from typing import Any

from inbox.actions.access import check_seen
from inbox.actions.converse import Desk, check
from inbox.actions.errors import Invalid, NotFound
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.conversation import Conversation, Work
from inbox.model.joining import MOST, join, part
from inbox.model.people import Principal
from inbox.model.thread import Thread


async def merge(desk: Desk, who: Principal, *, keep: str, give_up: str) -> Conversation:
    """Let the conversation `keep` go on for both; the one that it is then. Done already is no error."""
    check(who)
    if keep == give_up:
        raise Invalid("Choose two different conversations.")

    async def work(session: Any) -> tuple[Commit, Conversation]:
        kept, given = await _both(desk, keep, give_up, session)
        for each in (kept, given):
            await check_seen(who, each, store=desk.store, session=session)
        if given.joined and given.joined.into == keep:
            return Commit(), kept
        _check(kept, given)
        one, other = Thread(kept, desk.clock()), Thread(given, desk.clock())
        join(one, other, who.name)
        changed = change_of(one)
        return Commit(conversations=[_as_it_is(other), changed]), changed.after

    commit, conversation = await desk.store.change(work)
    desk.bus.publish(commit)
    return conversation


async def part_again(desk: Desk, who: Principal, conversation_id: str) -> Conversation:
    """Part it from the conversation that it was merged into. What it is then."""
    check(who)

    async def work(session: Any) -> tuple[Commit, Conversation]:
        given = await desk.store.conversations.get(conversation_id, session)
        if given is None:
            raise NotFound("There is no such conversation.")
        await check_seen(who, given, store=desk.store, session=session)
        if given.joined is None:
            raise Invalid("It is not part of another conversation any more.")
        kept, given = await _both(desk, given.joined.into, given.id, session)
        rest = await desk.store.conversations.all_of_contact(given.contact_id, session)
        ours = {kept.id, given.id}
        has_place = not any(c.current for c in rest if c.channel_id == given.channel_id and c.id not in ours)
        one, other = Thread(kept, desk.clock()), Thread(given, desk.clock())
        part(one, other, who.name, has_place=has_place)
        return Commit(conversations=[_as_it_is(one), _as_it_is(other)]), other.conversation

    commit, conversation = await desk.store.change(work)
    desk.bus.publish(commit)
    return conversation


def _as_it_is(thread: Thread) -> ConversationChange:
    """A change that neither begins nor ends a case: nobody has done anything for the customer."""
    case = thread.conversation.case
    if case and case.ended_at is None and thread.conversation.joined is None:
        thread.set(sla=Work(at=thread.now))
    elif thread.conversation.joined:
        thread.set(level=None, sla=None, survey=None)
    return ConversationChange(thread.before, thread.conversation, thread.added, list(thread.changed.values()))


async def _both(desk: Desk, keep: str, give_up: str, session: Any) -> tuple[Conversation, Conversation]:
    kept = await desk.store.conversations.get(keep, session)
    given = await desk.store.conversations.get(give_up, session)
    if kept is None or given is None:
        raise NotFound("There is no such conversation.")
    return kept, given


def _check(kept: Conversation, given: Conversation) -> None:
    if kept.joined or given.joined:
        raise Invalid("One of them is part of another conversation already.")
    if given.joins:
        raise Invalid("Others were merged into it. Part those first, or merge the other way round.")
    if kept.contact_id != given.contact_id:
        raise Invalid("They are of two customers. Merge the contacts first, if they are one person.")
    if kept.channel_id != given.channel_id:
        raise Invalid("They are on two channels. The contact's timeline shows both in one.")
    if len(kept.joins) >= MOST:
        raise Invalid(f"{MOST} conversations are merged into it already.")
    if given.delivery:
        raise Invalid("Something is still being sent there. Try again in a moment.")
