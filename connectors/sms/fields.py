"""What a webhook says, whether it came as JSON, as a form or in the query of a GET."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.contract import Webhook
from connectors.events import Event, Unreadable
from connectors.http import Answer
from connectors.sms.passwords import IN_THE_ADDRESS
from connectors.tolerant import Json, Malformed, decode, keepable

Pairs = list[tuple[str, str]]
MOST_FIELDS = 1000
_OUR_IDS = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


def form_of(webhook: Webhook) -> Pairs:
    """The fields of a form body in their order; empty if there is none. Raises `Malformed` for too many."""
    return _pairs(webhook.body.decode("utf-8", "replace"))


def query_of(webhook: Webhook) -> Pairs:
    """The fields of the query. Raises `Malformed` for too many."""
    try:
        query = urlsplit(webhook.url).query
    except ValueError:
        query = ""
    return _pairs(query) or list(webhook.query.items())


def is_json(webhook: Webhook) -> bool:
    """Whether the body is JSON, going by its first character: types are often declared wrong."""
    return webhook.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def said_in(webhook: Webhook) -> Any:
    """The JSON value of the body; or the fields of a form or of the query as an object.

    Raises `Malformed` if there is nothing to read. Of a field that is given twice the first counts.
    """
    if is_json(webhook):
        return decode(webhook.body)
    asked = [(name, value) for name, value in query_of(webhook) if name not in IN_THE_ADDRESS]
    pairs = form_of(webhook) if webhook.body.strip() else asked
    if not pairs:
        raise Malformed("there is nothing in it")
    return dict(reversed(pairs))


def object_in(answer: Answer) -> Json:
    """The JSON object that a provider answered; empty if it is none."""
    try:
        said = decode(answer.body)
    except Malformed:
        return {}
    return said if isinstance(said, dict) else {}


def our_id(given: str | None) -> str | None:
    """Our own id of a message, as a provider carries it back; None for what cannot be one."""
    return given if given and _OUR_IDS.fullmatch(given) else None


def read_all(
    items: Iterable[Any], read: Callable[[Json], list[Event]], *, account: str | None = None
) -> list[Event]:
    """The events of all items; one that cannot be read becomes `Unreadable` and harms no other."""
    events: list[Event] = []
    for item in items:
        try:
            if not isinstance(item, dict):
                raise Malformed("an item is no object")
            events += read(item)
        except Malformed as error:
            events.append(Unreadable(reason=str(error), raw=keepable(item), account=account))
        except Exception as error:  # a fault of ours must not take the items beside this one along
            reason = f"our reader failed with {type(error).__name__}"
            events.append(Unreadable(reason=reason, raw=keepable(item), account=account))
    return events


def unread(webhook: Webhook, provider: str, error: Exception) -> list[Event]:
    """A whole webhook that cannot be read."""
    asked = {name: value for name, value in webhook.query.items() if name not in IN_THE_ADDRESS}
    raw = webhook.body.decode("utf-8", "replace") or keepable(asked)
    return [Unreadable(reason=f"{provider}'s webhook: {error}.", raw=raw)]


def oldest_first(events: list[Event]) -> list[Event]:
    """In the order of their times; what has none stays where it is in relation to what is before it."""
    if len(events) < 2:
        return events
    times: list[Any] = []
    for event in events:
        at = getattr(event, "sent_at", None) or getattr(event, "at", None)
        times.append(at or (times[-1] if times else None))
    if any(at is None for at in times):
        return events
    return [event for _, event in sorted(zip(times, events, strict=True), key=lambda pair: pair[0])]


def _pairs(written: str) -> Pairs:
    try:
        return parse_qsl(written, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Malformed("it has too many fields") from error
