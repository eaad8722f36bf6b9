"""What people do about a message that was queued: take it back, let it go at once, send it again.

All raise `Forbidden`, `NotFound`, `Invalid`, and `Conflict` or `StoreError` when nothing could be written.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from connectors.events import DeliveryStatus, Fault
from connectors.preview import preview
from inbox.actions.converse import Desk, change, check, come_to_speak
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.conversation import LastMessage
from inbox.model.following import unanswered
from inbox.model.message import Message
from inbox.model.people import Principal
from inbox.model.thread import Thread

LONGEST_HOLD = timedelta(seconds=30)
"""For how long a message may be held so that its author can take it back."""

TAKEN_BACK = Fault("taken_back", "Taken back before it was sent.")
_BEFORE = 50


async def retry(desk: Desk, message_id: str, who: Principal) -> Message:
    """Queue a failed or cancelled message again, under the present speaker.

    Raises `NotSpeaker` if a colleague speaks, `Invalid` if the message did not fail.
    """

    async def work(thread: Thread, message: Message, session: Any) -> Message:
        if message.status not in (DeliveryStatus.FAILED, DeliveryStatus.CANCELLED):
            raise Invalid("Only a message that failed can be sent again.")
        epoch = await come_to_speak(desk, thread, session, who, over_bot=True)
        fresh = {"status": DeliveryStatus.QUEUED, "error": None, "attempts": 0, "held_until": None}
        queued = thread.change(message, epoch=epoch, **fresh)
        thread.deliver()
        return queued

    return await _with(desk, message_id, who, work)


async def take_back(desk: Desk, message_id: str, who: Principal) -> Message:
    """Not to send it after all: with all that it became. Only its author's, and only before it goes.

    Raises `Forbidden` for another's message, `Invalid` once it is on its way.
    """

    async def work(thread: Thread, message: Message, session: Any) -> Message:
        if message.author.id != who.id:
            raise Forbidden("Only who wrote a message can take it back.")
        if message.error == TAKEN_BACK:
            return message
        for part in await _parts(desk, message, session):
            if part.status != DeliveryStatus.QUEUED or part.attempts:
                raise Invalid("It is on its way already.")
            taken = thread.change(part, status=DeliveryStatus.CANCELLED, error=TAKEN_BACK, held_until=None)
            message = taken if part.id == message.id else message
        await _as_before(desk, thread, message, session)
        return message

    return await _with(desk, message_id, who, work)


async def send_now(desk: Desk, message_id: str, who: Principal) -> Message:
    """Hold it no longer. Changes nothing if it was not held."""

    async def work(thread: Thread, message: Message, session: Any) -> Message:
        if message.author.id != who.id:
            raise Forbidden("Only who wrote a message can hurry it.")
        for part in await _parts(desk, message, session):
            if part.held_until:
                released = thread.change(part, held_until=None)
                message = released if part.id == message.id else message
        if thread.is_changed:
            thread.deliver_at_once()
        return message

    return await _with(desk, message_id, who, work)


async def _with(
    desk: Desk, message_id: str, who: Principal, work: Callable[[Thread, Message, Any], Awaitable[Message]]
) -> Message:
    """Commit `work(thread, message, session)` with the message as it is in that transaction."""
    check(who)
    message = await desk.store.messages.get(message_id)
    if message is None:
        raise NotFound("There is no such message.")

    async def reading(thread: Thread, session: Any) -> Message:
        fresh = await desk.store.messages.get(message_id, session)
        if fresh is None:
            raise NotFound("There is no such message.")
        return await work(thread, fresh, session)

    _, changed = await change(desk, message.conversation_id, who, reading)
    return changed


async def _parts(desk: Desk, message: Message, session: Any) -> list[Message]:
    """The message and the further ones that it became, as far as they wait to go."""
    waiting = await desk.store.messages.to_send(message.conversation_id, 100, session)
    parts = [m for m in waiting if message.id in (m.id, m.part_of)]
    return parts if any(m.id == message.id for m in parts) else [message, *parts]


async def _as_before(desk: Desk, thread: Thread, message: Message, session: Any) -> None:
    """The list shows what was said before it, and who waited for an answer still does."""
    conversation = thread.conversation
    page, _ = await desk.store.messages.page(
        conversation.id, before_seq=message.seq, limit=_BEFORE, session=session
    )
    said = [m for m in page if not m.is_internal and m.error != TAKEN_BACK]
    last = conversation.last_message
    if last and last.id in {message.id, *thread.changed} and said:
        before = said[-1]
        line = LastMessage(before.id, preview(before.content), before.author.kind, before.created_at)
        thread.set(last_message=line)
        if conversation.waiting_since is None:
            since = [m for m in page if m.seq > before.seq and m.error == TAKEN_BACK]
            _wait_on(thread, [*since, message])


def _wait_on(thread: Thread, taken_back: list[Message]) -> None:
    """Whoever waited for the first of these waits since then, also by what was promised; if anybody did."""
    ended = next(((m, m.answered) for m in taken_back if m.answered), None)
    if ended is None:
        return
    answer, answered = ended
    thread.set(waiting_since=answer.created_at - timedelta(seconds=answered.waited))
    if case := thread.conversation.case:
        thread.set(case=unanswered(case, answer.created_at))
