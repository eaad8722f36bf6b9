"""Questions as WhatsApp's interactive messages: buttons, a list, a link, or one of WhatsApp's own requests.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-messages
"""

from collections.abc import Callable
from typing import Any

from connectors.actions import FillForm, ShareContact, ShareLocation
from connectors.content import Option, Options
from connectors.cutting import distinct, shortened
from connectors.errors import ContentRefused
from connectors.payloads import payloads_within
from connectors.tolerant import Json

BUTTON_BODY, LIST_BODY = 1024, 4096
HEADER, FOOTER = 60, 60
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_DESCRIPTION, ROW_ID, LIST_BUTTON = 10, 24, 72, 200, 20

LONE_ACTIONS = frozenset({"share_location", "share_contact", "fill_form"})
"""Actions that an option does only where it is the only one."""


def question(content: Options) -> Json:
    """The body's part of a question that has options. Raises `ContentRefused` in words for an agent."""
    options = content.options
    lone = REQUESTS.get(type(options[0].action)) if len(options) == 1 else None
    if lone:
        kind, action = lone(options[0])
        return _interactive(content, kind, action, BUTTON_BODY)
    if any(option.url for option in options):
        return _interactive(content, "cta_url", _link(options), BUTTON_BODY)
    if len(options) > ROWS:
        raise ContentRefused(
            f"WhatsApp shows at most {ROWS} options; this message has {len(options)}.", code="options"
        )
    if _fit_on_buttons(content):
        return _interactive(content, "button", {"buttons": _buttons(options)}, BUTTON_BODY)
    rows = {"button": shortened(content.button or "Choose", LIST_BUTTON), "sections": [_rows(options)]}
    return _interactive(content, "list", rows, LIST_BODY)


def within(text: str, limit: int, what: str) -> str:
    """The text if it is no longer than that. Raises `ContentRefused`."""
    if len(text) > limit:
        raise ContentRefused(
            f"The {what} has {len(text):,} characters; WhatsApp takes {limit:,}.", code="too_long"
        )
    return text


def _fit_on_buttons(content: Options) -> bool:
    """Buttons show no description, and their body is shorter than a list's."""
    described = any(option.description for option in content.options)
    return len(content.options) <= BUTTONS and not described and len(content.text) <= BUTTON_BODY


def _interactive(content: Options, kind: str, action: Json, limit: int) -> Json:
    said: Json = {"type": kind, "body": {"text": within(content.text, limit, "text")}, "action": action}
    if content.header and kind not in _BARE:
        said["header"] = {"type": "text", "text": shortened(content.header, HEADER)}
    if content.footer and kind not in _BARE:
        said["footer"] = {"text": shortened(content.footer, FOOTER)}
    return {"type": "interactive", "interactive": said}


_BARE = ("location_request_message", "request_contact_info")
"""Requests that take nothing but a text: their button's words are WhatsApp's own."""


def _share_location(option: Option) -> tuple[str, Json]:
    return "location_request_message", {"name": "send_location"}


def _share_contact(option: Option) -> tuple[str, Json]:
    return "request_contact_info", {"name": "request_contact_info"}


def _fill_form(option: Option) -> tuple[str, Json]:
    """A flow: https://developers.facebook.com/docs/whatsapp/flows/guides/sendingaflow"""
    form = option.action
    assert isinstance(form, FillForm)
    parameters: Json = {
        "flow_message_version": "3",
        "flow_id": form.form_id,
        "flow_cta": shortened(option.title, BUTTON_TITLE),
        "flow_token": form.token or option.payload or "unused",
        "flow_action": "navigate" if form.screen else "data_exchange",
    }
    if form.screen:
        payload = {"screen": form.screen} | ({"data": form.values} if form.values else {})
        parameters["flow_action_payload"] = payload
    return "flow", {"name": "flow", "parameters": parameters}


REQUESTS: dict[type, Callable[[Option], tuple[str, Json]]] = {
    ShareLocation: _share_location,
    ShareContact: _share_contact,
    FillForm: _fill_form,
}
"""WhatsApp's own requests, by what the only option of a question does."""


def _link(options: list[Option]) -> Json:
    if len(options) > 1:
        raise ContentRefused(
            "WhatsApp shows a link only as the one button of a message; put the others in the text.",
            code="options",
        )
    shown = shortened(options[0].title, BUTTON_TITLE)
    return {"name": "cta_url", "parameters": {"display_text": shown, "url": options[0].url}}


def _buttons(options: list[Option]) -> list[Json]:
    titles = distinct([option.title for option in options], BUTTON_TITLE)
    replies = zip(payloads_within(options, BUTTON_ID), titles, strict=True)
    return [{"type": "reply", "reply": {"id": payload, "title": title}} for payload, title in replies]


def _rows(options: list[Option]) -> Json:
    titles = distinct([option.title for option in options], ROW_TITLE)
    rows = []
    for option, payload, title in zip(options, payloads_within(options, ROW_ID), titles, strict=True):
        row: dict[str, Any] = {"id": payload, "title": title}
        if option.description:
            row["description"] = shortened(option.description, ROW_DESCRIPTION)
        rows.append(row)
    return {"rows": rows}
