"""Which message an answer names, where a channel shows what is answered."""

from typing import Any

from inbox.actions.desk import Desk
from inbox.actions.errors import Invalid
from inbox.model.thread import Thread


async def quoted(desk: Desk, thread: Thread, session: Any, answers: str | None) -> str | None:
    """The provider's id of the message `answers`, an id of ours; None if none is named.

    Raises `Invalid` unless it is one of this conversation's that the provider knows, on a channel that shows
    it.
    """
    if answers is None:
        return None
    if thread.carries is None or not thread.carries.quotes:
        raise Invalid("This channel cannot show which message is answered.")
    message = await desk.store.messages.get(answers, session)
    if message is None or message.conversation_id != thread.conversation.id or message.via:
        raise Invalid("There is no such message in this conversation.")
    if message.external_id is None:
        raise Invalid("This message cannot be quoted: the provider has not taken it.")
    return message.external_id
