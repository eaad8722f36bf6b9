"""What programs read by itself: a message, or a whole conversation that is taken out of the house.

Both raise `NotFound`, also for what somebody may not see.
"""

from inbox.actions import audit
from inbox.actions.access import opened
from inbox.actions.desk import Desk
from inbox.actions.errors import NotFound
from inbox.model.conversation import Conversation
from inbox.model.message import Message
from inbox.model.people import Principal


async def message(desk: Desk, who: Principal, message_id: str) -> Message:
    """A message; an admin's look into what is not theirs is noted as it is for its conversation."""
    found = await desk.store.messages.get(message_id)
    if found is None:
        raise NotFound("There is no such message.")
    try:
        await opened(who, found.conversation_id, store=desk.store, clock=desk.clock)
    except NotFound as error:
        raise NotFound("There is no such message.") from error
    return found


async def taken_out(desk: Desk, who: Principal, conversation_id: str) -> Conversation:
    """The conversation, of which all may be given away now: that it was is written down first."""
    conversation = await opened(who, conversation_id, store=desk.store, clock=desk.clock)
    at = f"conversation:{conversation_id}"
    await audit.note(who, "conversation.exported", at, store=desk.store, clock=desk.clock)
    return conversation
