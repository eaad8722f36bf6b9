"""What a machine would say in quiet hours is kept until they end, before it becomes a message.

So nothing of it stands in the outbox, where it would hold back the answers of people and of the bot. It
waits as what people write to be said later does: shown in the thread, sent or dropped by hand, and in the
end said as if its author had said it then, or refused and shown if that one may not speak any more.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from connectors.content import Content
from connectors.events import Purpose
from inbox.actions import audit, converse, later
from inbox.actions.access import seen
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.quiet import machine_waits_until
from inbox.model.consent import UNDECIDED
from inbox.model.ids import new_id
from inbox.model.message import Message
from inbox.model.people import URGENT, Principal
from inbox.model.scheduled import Scheduled
from inbox.model.thread import Thread


async def say_or_keep(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    content: Content,
    client_id: str | None,
    purpose: Purpose = Purpose.CONVERSATION,
    is_urgent: bool = False,
    hold: timedelta | None = None,
    answers: str | None = None,
) -> Message | Scheduled:
    """Say it, or keep what a program says until its recipient's quiet hours end. A person's never waits.

    What is kept quotes nothing: by then the question is long ago. The same `client_id` again answers what
    became of it. What is urgent leaves at any hour, with an entry in the audit log if it was quiet. Raises as
    `converse.reply` does, and `Forbidden` or `Invalid` if it may not be urgent.
    """
    converse.check(who)
    say = partial(
        converse.reply, desk, conversation_id, who, content=content, client_id=client_id, answers=answers
    )
    if who.is_user:
        return await say(purpose=purpose, hold=hold)
    if is_urgent and not who.may(URGENT):
        raise Forbidden("This program may not send in quiet hours.")
    if is_urgent and purpose is Purpose.MARKETING:
        raise Invalid("An advertisement is never urgent.")
    conversation = await seen(who, conversation_id, store=desk.store)
    named = client_id or new_id()
    if there := await _known(desk, conversation_id, who, named, None):
        return there
    if UNDECIDED in conversation.labels:
        raise Invalid("The customer may have asked for no more messages: a colleague decides first.")
    until = await machine_waits_until(desk, conversation, purpose=purpose)
    if until and not is_urgent:
        return await later.keep(
            desk, conversation_id, who, content=content, at=until, client_id=named, purpose=purpose
        )
    said = await say(purpose=purpose, hold=hold)
    if until:
        about, after = f"conversation:{conversation_id}", {"quiet_until": until.isoformat()}
        await audit.note(who, "message.urgent", about, store=desk.store, clock=desk.clock, after=after)
    return said


async def keep_step(
    desk: Desk, thread: Thread, session: Any, who: Principal, content: Content, client_id: str | None
) -> bool:
    """Keep what a rule or a macro says, in the transaction of `thread`, if its recipient has quiet hours now.

    Whether it is kept. Raises `NotSpeaker` for a macro of who may not speak, `Invalid` if too much waits.
    """
    conversation = thread.conversation
    until = await machine_waits_until(desk, conversation, session)
    if until is None:
        return False
    named = client_id or new_id()
    if await _known(desk, conversation.id, who, named, session):
        return True
    kept = later.written(conversation, who, content, at=until, client_id=named, now=thread.now)
    await later.check_room(desk, conversation, kept, session)
    await desk.store.scheduled.add(kept, session)
    thread.activity("kept", by=who.name, at=until.isoformat())
    return True


async def _known(
    desk: Desk, conversation_id: str, who: Principal, client_id: str, session: Any
) -> Message | Scheduled | None:
    """What became of it, if it was given to us before: it waits, was said later, or at once."""
    key = later.key_of(conversation_id, who, client_id)
    if waits := await desk.store.scheduled.get(key, session):
        return waits
    for named in (later.said_as(key), client_id):
        if said := await desk.store.messages.by_client_id(conversation_id, who.id, named, session):
            return said
    return None
