"""Which conversations somebody may open, and the trace that is left when it is not their own."""

from connectors.contract import Clock
from inbox.actions.audit import note_reading
from inbox.actions.errors import NotFound
from inbox.model.conversation import Conversation
from inbox.model.people import Principal
from inbox.store import Store


async def opened(who: Principal, conversation_id: str, *, store: Store, clock: Clock) -> Conversation:
    """The conversation, to be shown to somebody who reads; an admin's look is noted before.

    Raises `NotFound`.
    """
    conversation = await store.conversations.get(conversation_id)
    if conversation is None:
        raise NotFound("There is no such conversation.")
    await note_reading(who, conversation, store=store, clock=clock)
    return conversation
