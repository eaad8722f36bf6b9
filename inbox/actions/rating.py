"""How the customer found it."""

from typing import Any

from inbox.actions.converse import Desk, change
from inbox.actions.errors import Invalid
from inbox.model.conversation import Conversation, Rating
from inbox.model.people import Principal
from inbox.model.survey import COMMENT
from inbox.model.thread import Thread

SCORES = range(1, 6)


async def rate(desk: Desk, conversation_id: str, who: Principal, *, score: int, comment: str) -> Conversation:
    """Keep the customer's rating; another one takes the place of the one before. Raises `Invalid`."""
    if score not in SCORES:
        raise Invalid("A rating is a number from 1 to 5.")
    words = comment.strip()[:COMMENT] or None

    async def work(thread: Thread, session: Any) -> None:
        before = thread.conversation.rating
        if before and (before.score, before.comment) == (score, words):
            return
        thread.set(rating=Rating(score, words, thread.now))
        thread.activity("rated", by=who.name, score=score, comment=words)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation
