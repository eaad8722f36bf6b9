"""What a customer sent: one reader for each kind of content, the same for Google and the carriers.

https://developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1/UserMessage
"""

from collections.abc import Callable

from connectors.content import (
    Audio,
    Choice,
    Content,
    Document,
    Image,
    Location,
    Text,
    Unsupported,
    Video,
)
from connectors.tolerant import Json, Malformed, keepable, number, part, section, text

FRAME = frozenset(
    {"senderPhoneNumber", "phoneNumber", "userPhoneNumber", "messageId", "sendTime", "agentId", "botId"}
    | {"eventId", "entityType", "eventType", "error", "timestamp", "msgId", "contextId"}
)
"""What is around a content: all other fields are one."""

_FAMILIES: dict[str, type[Image] | type[Audio] | type[Video]] = {
    "image": Image,
    "audio": Audio,
    "video": Video,
}


def read(item: Json) -> Content:
    """The content of one message. Raises `Malformed` if it lacks what its kind needs.

    A kind that we do not know is `Unsupported` with its own name. Fields that are null are not there.
    """
    present = [kind for kind in READERS if item.get(kind) is not None]
    if present:
        kind = next((each for each in present if item[each]), present[0])
        return READERS[kind](item, kind)
    unknown = [key for key, value in item.items() if key not in FRAME and value is not None]
    if not unknown:
        raise Malformed("the message holds nothing")
    return Unsupported(raw_type=unknown[0], raw=keepable(item))


def _text(item: Json, kind: str) -> Content:
    said = item[kind]
    words = text(said, "text", "plainText") if type(said) is dict else text(item, kind)
    if words is None:
        raise Malformed("the text is no text")
    return Text(words)


def _choice(item: Json, kind: str) -> Content:
    """A tapped suggestion, a reply or an action; Jio nests what comes back."""
    said = part(item, kind)
    payload = text(said, "postbackData") or text(
        section(said, "postBack") or section(said, "postback"), "data"
    )
    title = text(said, "text", "plainText", "displayText")
    if not payload and not title:
        raise Malformed("the suggestion has neither text nor postback data")
    return Choice(title=title or payload or "", payload=payload or title or "", source="suggestion")


def _location(item: Json, kind: str) -> Content:
    said = part(item, kind)
    if "latitude" not in said and "longitude" not in said:
        raise Malformed("the location is no point")
    latitude, longitude = _degrees(said, "latitude", 90), _degrees(said, "longitude", 180)
    return Location(latitude=latitude, longitude=longitude, name=text(said, "label", "name"))


def _degrees(said: Json, key: str, most: int) -> float:
    """Google's JSON leaves out what is zero: the equator, the meridian of Greenwich."""
    value = number(said, key) if key in said else 0.0
    if value is None or abs(value) > most:
        raise Malformed("the location is no point on Earth")
    return value


def _file(item: Json, kind: str) -> Content:
    whole = part(item, kind)
    said = section(whole, "payload") or whole
    url, mime = text(said, "fileUri", "fileUrl", "url"), text(said, "mimeType", "contentType")
    if not url:
        raise Malformed("the file has no address")
    size = number(said, "fileSizeBytes")
    if size is None:
        size = number(said, "fileSize")
    family = (mime or "").partition("/")[0].strip().lower()
    make: type[Image] | type[Audio] | type[Video] | type[Document] = _FAMILIES.get(family, Document)
    return make(
        url=url,
        mime_type=mime,
        size=int(size) if size is not None and 0 <= size < 2**63 else None,
        filename=text(said, "fileName") or None,
    )


READERS: dict[str, Callable[[Json, str], Content]] = {
    "text": _text,
    "suggestionResponse": _choice,
    "location": _location,
    "userFile": _file,
}
"""How a content is read, by the field that holds it."""
