"""Questions that are put to the bot while the messages that they are about are being made durable.

The bot thinks and MongoDB writes at the same time, so a customer waits for the longer of the two. An answer
is used only by the turn that begins after the commit. What is asked ahead is one message, and a turn is named
by its messages: if the commit does not come about, the provider sends the message again, the same id asks
for the same answer, and another message that came first has an id of its own.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from hashlib import blake2b

from inbox.dialogue import Answer
from inbox.model.conversation import Conversation
from inbox.model.message import Message

_REMEMBERED = 1_000
"""How many questions are remembered whose message has not become a turn here."""


def turn_id(conversation: Conversation, part: list[Message]) -> str:
    """The id of the turn about these messages: the same whenever, and by whomever, they are brought."""
    names = "\n".join(message.external_key or message.id for message in part)
    return f"{conversation.id}:{blake2b(names.encode('utf-8', 'surrogatepass'), digest_size=12).hexdigest()}"


class Ahead:
    """What was asked ahead, by the id of its turn."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, asyncio.Task[Answer | None]] = OrderedDict()
        self.under_way: set[asyncio.Task[Answer | None]] = set()
        """Those that the bot has not answered."""

    def begin(self, id: str, question: Coroutine[None, None, Answer | None]) -> None:
        """Put the question of a turn, unless that was done before."""
        if id in self._asked:
            question.close()
            return
        task = asyncio.create_task(question, name="asked ahead")
        self._asked[id] = task
        self.under_way.add(task)
        task.add_done_callback(self._is_answered)
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)

    def _is_answered(self, task: asyncio.Task[Answer | None]) -> None:
        self.under_way.discard(task)
        if not task.cancelled():
            task.exception()  # perhaps nobody will ask for it

    async def answer(self, id: str) -> Answer | None:
        """What the bot says to a turn; None if it was not asked ahead, or in vain before anybody waited.

        Raises as `Dialogue.turn` does.
        """
        task = self._asked.pop(id, None)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            return None
        return await task

    def apart(self, conversation: Conversation, part: list[Message]) -> list[Message]:
        """The beginning of a part that has what was asked ahead as a turn of its own, as it was asked."""
        for place, message in enumerate(part):
            if turn_id(conversation, [message]) in self._asked:
                return part[: place or 1]
        return part
