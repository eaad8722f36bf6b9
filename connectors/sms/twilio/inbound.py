"""What a customer sent, from the fields of Twilio's webhook."""

from connectors.content import Choice, Content, FormAnswer, Text, Unsupported
from connectors.sms.files import file_at, point
from connectors.sms.people import WHATSAPP
from connectors.tolerant import Json, Malformed, decode, keepable, number, text

MOST_FILES = 10


def contents(item: Json) -> list[Content]:
    """What the message holds: one content, or one for each file; the words go with the first."""
    files = _files(item)
    if files:
        return files
    if text(item, "ListId"):
        return [_row(item)]
    if text(item, "ButtonPayload") or (text(item, "ButtonText") and _is_whatsapp(item)):
        return [_button(item)]
    if text(item, "Latitude") and text(item, "Longitude"):
        return [_location(item)]
    if text(item, "InteractiveData", "FlowData"):
        return [_form(item)]
    body = text(item, "Body") or ""
    kind = text(item, "MessageType")
    if not body and kind and kind != "text":
        return [Unsupported(raw_type=kind, raw=keepable(item))]
    return [Text(body)]


def _is_whatsapp(item: Json) -> bool:
    return (text(item, "From") or "").startswith(WHATSAPP)


def _files(item: Json) -> list[Content]:
    count = number(item, "NumMedia") or 0
    kind = text(item, "MessageType")
    named = [place for place in range(MOST_FILES) if text(item, f"MediaUrl{place}")]
    if count > 0 and not named:
        raise Malformed("the message has files without an address")
    return [
        file_at(
            text(item, f"MediaUrl{place}"),
            text(item, f"MediaContentType{place}"),
            kind="sticker" if kind == "sticker" else None,
            caption=text(item, "Body") if not shown else None,
        )
        for shown, place in enumerate(named)
    ]


def _button(item: Json) -> Content:
    title = text(item, "ButtonText") or text(item, "Body") or ""
    payload = text(item, "ButtonPayload") or title
    words = text(item, "Body") or title
    return Choice(
        title=title or payload,
        payload=payload,
        source="button",
        description=words if words != title else None,
    )


def _row(item: Json) -> Content:
    title = text(item, "ListTitle") or text(item, "Body") or ""
    payload = text(item, "ListId") or title
    return Choice(
        title=title or payload,
        payload=payload,
        source="list",
        description=text(item, "ListDescription") or None,
    )


def _location(item: Json) -> Content:
    return point(
        number(item, "Latitude"), number(item, "Longitude"), text(item, "Label"), text(item, "Address")
    )


def _form(item: Json) -> Content:
    written = text(item, "InteractiveData", "FlowData") or ""
    try:
        said = decode(written.encode("utf-8", "replace"))
    except Malformed:
        said = {"InteractiveData": written}
    values = said if isinstance(said, dict) else {"InteractiveData": said}
    return FormAnswer(name="flow", values=keepable(values), text=text(item, "Body") or None)
