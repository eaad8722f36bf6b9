"""A message that leaves by another channel, and what is still heard of the first. Pure."""

import msgspec

from connectors.content import Content
from connectors.events import DeliveryStatus, StatusChanged
from inbox.model.message import Attempt, Fitting, Message, may_become
from inbox.model.thread import Thread

replace = msgspec.structs.replace

_ARRIVED = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)


def send_by(thread: Thread, message: Message, channel_id: str) -> Message:
    """Queue it for another channel, fitted to what `thread.carries`. Its first attempt stays to be seen.

    It was said when its author might speak, so it leaves whoever speaks now.
    """
    original: Content = message.content
    if message.fitting and message.fitting.parts == 1:
        original = message.fitting.original
    fitted = thread.fit(original)
    tried = Attempt(
        channel_id=message.goes_by,
        status=message.status,
        external_id=message.external_id,
        error=message.error,
        at=message.attempted_at,
    )
    epoch = thread.conversation.speaker.epoch
    changed = thread.change(
        message,
        via=channel_id,
        attempts_elsewhere=(*message.attempts_elsewhere, tried),
        content=fitted.contents[0],
        fitting=Fitting(original, fitted.changes, len(fitted.contents)) if fitted.changes else None,
        status=DeliveryStatus.QUEUED,
        error=None,
        external_id=None,
        external_key=None,
        attempts=0,
        attempted_at=None,
        epoch=epoch,
    )
    for each in fitted.contents[1:]:
        thread.add(
            message.author,
            each,
            status=DeliveryStatus.QUEUED,
            epoch=epoch,
            part_of=message.id,
            purpose=message.purpose,
            via=channel_id,
        )
    if fitted.answers:
        thread.set(answers=fitted.answers)
    thread.deliver()
    return changed


def heard_of(thread: Thread, message: Message, event: StatusChanged, channel_id: str) -> Message | None:
    """A report of a channel that the message has left. None if it says nothing new.

    If it arrived there after all before anything went out here, it stays there: nobody gets it twice.
    """
    tried = [attempt for attempt in message.attempts_elsewhere if attempt.channel_id == channel_id]
    if not tried or not may_become(tried[-1].status, event.status):
        return None
    now = replace(tried[-1], status=event.status, error=event.fault or tried[-1].error)
    others = tuple(attempt for attempt in message.attempts_elsewhere if attempt is not tried[-1])
    waits = message.status == DeliveryStatus.QUEUED and message.attempts == 0
    if event.status in _ARRIVED and waits and message.fitting is not None and message.fitting.parts == 1:
        original = message.fitting.original
        return _came_back(thread, message, now, others, original)
    if event.status in _ARRIVED and waits and message.fitting is None:
        return _came_back(thread, message, now, others, message.content)
    return thread.change(message, attempts_elsewhere=(*others, now))


def _came_back(
    thread: Thread, message: Message, now: Attempt, others: tuple[Attempt, ...], content: Content
) -> Message:
    return thread.change(
        message,
        via=None,
        attempts_elsewhere=others,
        content=content,
        fitting=None,
        status=now.status,
        external_id=now.external_id,
        error=None,
    )
