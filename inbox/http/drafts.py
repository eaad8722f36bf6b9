"""`/api/v1/conversations/{id}/preview` and `…/consent`: what would leave, and whether anything may."""

from typing import Any

import msgspec
from aiohttp import web

from connectors.content import INTERNAL, Content, Text
from connectors.contract import Capabilities
from connectors.events import Fault, Purpose
from connectors.fitting import Fitted, fit
from connectors.sms.coding import TooManyParts, inspect, transliterated
from inbox import wire
from inbox.actions.access import seen
from inbox.actions.errors import Invalid
from inbox.actions.files import attached
from inbox.actions.note_consent import note_consent
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import Draft, NoteConsent, body_of
from inbox.model.consent import refused
from inbox.model.conversation import Conversation
from inbox.model.people import WRITE
from inbox.objections import WINDOW_CLOSED, opted_out, window_of
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()
_AT = "/api/v1/conversations/{id}"
_LONGEST = 100_000
"""Characters of a draft that are looked at: more than any channel takes."""


@routes.post(_AT + "/preview")
async def preview(request: web.Request) -> web.Response:
    """What a draft would become on the conversation's channel. Writes nothing."""
    principal = await allowed(request, WRITE)
    parts = request.app[PARTS]
    body = await body_of(request, Draft)
    conversation = await seen(principal, request.match_info["id"], store=parts.store)
    content = Text(body.text or "") if body.content is None else body.content
    if isinstance(content, INTERNAL):
        raise Invalid("This cannot be sent to a customer.")
    if isinstance(content, Text) and len(content.text) > _LONGEST:
        raise Invalid(f"The text has {len(content.text):,} characters; {_LONGEST:,} can be previewed.")
    content = await attached(
        content, uploader=principal.id, conversation_id=conversation.id, store=parts.store
    )
    return answer(await previewed(conversation, content, parts))


async def previewed(conversation: Conversation, content: Content, parts: Parts) -> dict[str, Any]:
    """The contents, what was changed, what they cost as SMS, and why they may not leave."""
    carries = await parts.lines.carries(conversation.channel_id)
    if carries is None:
        return {"contents": [], "changes": [], "sms": None, "plain": None, "barred": _plain(_NO_CHANNEL)}
    fitted = fit(content, carries, language=conversation.language, link=parts.desk.link)
    return {
        "contents": _plain(fitted.contents),
        "changes": _plain(fitted.changes),
        "sms": short_messages(fitted) if carries.short_messages else None,
        "plain": _spelt_plainly(content) if carries.short_messages else None,
        "barred": _plain(await _bar(conversation, carries, parts)),
    }


_NO_CHANNEL = Fault("no_channel", "The channel was removed or is switched off.")


async def _bar(conversation: Conversation, carries: Capabilities, parts: Parts) -> Fault | None:
    """Why nothing may leave now but templates, None if it may."""
    addresses = [identity.key for identity in conversation.to]
    stands = await parts.store.consents.refusals(conversation.channel_id, addresses, conversation.contact_id)
    if refusal := refused(stands, Purpose.CONVERSATION):
        return opted_out(refusal)
    closes = window_of(conversation, carries)
    if closes and parts.clock() >= closes:
        return Fault(WINDOW_CLOSED.code, WINDOW_CLOSED.message.format(hours=carries.window_hours))
    return None


def short_messages(fitted: Fitted) -> dict[str, Any]:
    """All texts together, in the alphabet of the dearest."""
    texts = [content.text for content in fitted.contents if isinstance(content, Text)]
    try:
        found = [inspect(text) for text in texts if text]
    except TooManyParts as error:
        raise Invalid("The text is longer than an SMS can be.") from error
    dearest = min(found, key=lambda each: each.per_segment, default=None)
    return {
        "encoding": dearest.encoding if dearest else None,
        "segments": sum(each.segments for each in found),
        "units": sum(each.units for each in found),
        "per_segment": dearest.per_segment if dearest else 0,
        "costly_characters": list(dict.fromkeys(c for each in found for c in each.costly_characters)),
    }


def _spelt_plainly(content: Content) -> str | None:
    """The text with accents, quotes and dashes written plainly, where that takes fewer SMS; else None."""
    if not isinstance(content, Text) or (plain := transliterated(content.text)) == content.text:
        return None
    try:
        saves = inspect(plain).segments < inspect(content.text).segments
    except TooManyParts:
        return plain
    return plain if saves else None


@routes.post(_AT + "/consent")
async def consent(request: web.Request) -> web.Response:
    """Write down what the customer said about consent."""
    principal = await who(request)
    parts = request.app[PARTS]
    body = await body_of(request, NoteConsent)
    changed = await note_consent(
        parts.desk,
        request.match_info["id"],
        principal,
        granted=body.granted,
        purpose=Purpose(body.purpose),
        words=body.words,
    )
    return answer(wire.conversation_json(changed))


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)
