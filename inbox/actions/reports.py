"""What a provider reports about a message of ours."""

from connectors.events import DeliveryStatus, StatusChanged
from inbox.model.message import Message, may_become
from inbox.model.thread import Thread


def reported(thread: Thread, message: Message, event: StatusChanged, key: str) -> Message | None:
    """Apply a provider's report to a message of ours and return it. None if it says nothing new."""
    if _may_still_arrive(message, event):
        return thread.change(message, error=event.fault)
    if not may_become(message.status, event.status) or _is_old_news(message, event):
        return None
    if message.status == DeliveryStatus.SENDING:
        thread.deliver_at_once()  # its outcome is known: what follows need not wait any more
    return thread.change(
        message,
        status=event.status,
        error=event.fault if event.status is DeliveryStatus.FAILED else None,
        external_id=message.external_id or event.external_id,
        external_key=message.external_key or key,
        pricing=event.pricing or message.pricing,
    )


def _may_still_arrive(message: Message, event: StatusChanged) -> bool:
    """Whether the provider warns of a message it has sent: no failure, but an agent should know."""
    is_warning = event.fault is not None and event.status is DeliveryStatus.SENT
    return is_warning and message.status == DeliveryStatus.SENT and message.error != event.fault


def _is_old_news(message: Message, event: StatusChanged) -> bool:
    """Whether a failure was of an earlier attempt than the present one.

    A message that is sent again has the provider's id of the attempt before until the new one has its own; a
    report under another id than the message's is of another attempt. That one arrived would still count.
    """
    if event.status is not DeliveryStatus.FAILED or message.external_id is None:
        return False
    is_sent_again = message.status in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
    return is_sent_again or event.external_id != message.external_id
