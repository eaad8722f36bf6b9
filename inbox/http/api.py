"""`/api/v1`: conversations, messages, contacts, colleagues. See `docs/live-protocol.md`."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web

from connectors.content import INTERNAL, Content, Template, Text
from connectors.events import Purpose
from inbox import wire
from inbox.actions import converse, mentions, triage
from inbox.actions.access import all_seen, hidden_from, opened
from inbox.actions.audit import note_search
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.files import attached
from inbox.actions.morning import say_or_keep
from inbox.actions.templates import filled_in
from inbox.http.auth import allowed, signed_in, who
from inbox.http.bodies import Assign, HandBack, NewMessage, Read, TakeOver, body_of, number
from inbox.http.lists import Match, changes, counts, listing
from inbox.model.message import Message
from inbox.model.people import ORDERS, READ, Principal
from inbox.model.scheduled import Scheduled
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()
_AT = "/api/v1/conversations/{id}"


def answer(value: Any, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


@routes.get("/api/v1/me")
async def me(request: web.Request) -> web.Response:
    """Who is signed in."""
    principal = await who(request)
    found = await signed_in(request, request.app[PARTS]) if principal.is_user else None
    return answer(
        wire.user_json(found[0]) | {"language": found[0].language}
        if found
        else {"id": principal.id, "name": principal.name}
    )


@routes.get("/api/v1/conversations")
async def list_conversations(request: web.Request) -> web.Response:
    """One page of the list."""
    principal = await allowed(request, READ)
    limit = number(request, "limit", 50, least=1, most=100) or 50
    parts = request.app[PARTS]
    page = await listing(request, principal, parts.store, limit, parts.clock())
    if words := request.query.get("q", "").strip()[:100]:
        shown = [c for c in page.items if c.id in page.matches]
        await note_search(principal, words, shown, store=parts.store, clock=parts.clock)
    items = [wire.conversation_json(c) | _match_json(page.matches.get(c.id)) for c in page.items]
    return answer({"items": items, "next_cursor": page.next_cursor})


def _match_json(match: Match | None) -> dict[str, Any]:
    if match is None:
        return {}
    shown = match.excerpt
    text, marks = shown or (None, [])
    return {"match": {"message_id": match.message_id, "seq": match.seq, "text": text, "marks": marks}}


@routes.get("/api/v1/conversations/changes")
async def list_changes(request: web.Request) -> web.Response:
    """What changed since a cursor."""
    principal, parts = await allowed(request, READ), request.app[PARTS]
    found = await changes(request.query.get("since"), parts.store, parts.clock())
    shown = await all_seen(principal, found["items"], store=parts.store)
    return answer({**found, "items": [wire.conversation_json(c) for c in shown]})


@routes.get("/api/v1/counts")
async def count(request: web.Request) -> web.Response:
    """How many open conversations each tab has."""
    principal = await allowed(request, READ)
    store = request.app[PARTS].store
    return answer(await counts(store, principal.id, await hidden_from(principal, store=store)))


@routes.get(_AT)
async def get_conversation(request: web.Request) -> web.Response:
    """One conversation."""
    principal, parts = await allowed(request, READ), request.app[PARTS]
    at = request.match_info["id"]
    return answer(wire.conversation_json(await opened(principal, at, store=parts.store, clock=parts.clock)))


@routes.get(_AT + "/messages")
async def list_messages(request: web.Request) -> web.Response:
    """A page of the thread, or what changed in it."""
    principal, parts = await allowed(request, READ), request.app[PARTS]
    store = parts.store
    conversation = await opened(principal, request.match_info["id"], store=store, clock=parts.clock)
    after_rev = number(request, "after_rev", None, least=0, most=2**53)
    if after_rev is not None:
        return answer(
            thread_json(await store.messages.changed_since(conversation.id, after_rev), conversation.rev)
        )
    before = number(request, "before_seq", None, least=0, most=2**53)
    limit = number(request, "limit", 50, least=1, most=200) or 50
    items, more = await store.messages.page(conversation.id, before_seq=before, limit=limit)
    return answer(thread_json(items, conversation.rev, more=more))


def thread_json(items: Iterable[Message], rev: int, *, more: bool = False) -> dict[str, Any]:
    """Messages of a thread with the `rev` up to which they are complete.

    `rev` was read before the messages were, so a change in between is asked for again rather than missed.
    """
    return {"items": [wire.message_json(m) for m in items], "rev": rev, "more": more}


@routes.post(_AT + "/messages")
async def post_message(request: web.Request) -> web.Response:
    """Say something to the customer, or leave a note.

    What a program says in the customer's quiet hours waits until these end (202), unless they have just
    written or it is urgent.
    """
    principal = await who(request)
    parts = request.app[PARTS]
    body = await body_of(request, NewMessage)
    at, client_id = request.match_info["id"], body.client_id or request.headers.get("Idempotency-Key")
    if client_id is not None and not 1 <= len(client_id) <= 200:
        raise Invalid("client_id may have 1 to 200 characters.")
    if body.note:
        words = converse.text_of(body.text or "", parts.settings.max_text).text
        named = await mentions.named(parts.desk, body.mentions)
        noted = await converse.note(
            parts.desk, at, principal, text=words, client_id=client_id, mentions=named
        )
        return answer(wire.message_json(noted), 201)
    content = await sendable(body.text, body.content, at, principal, parts)
    said = await say_or_keep(
        parts.desk,
        at,
        principal,
        content=content,
        client_id=client_id,
        purpose=Purpose(body.purpose),
        is_urgent=body.urgent,
        hold=timedelta(seconds=body.hold_seconds),
        answers=body.reply_to,
    )
    if isinstance(said, Scheduled):
        kept: Scheduled = said  # the description of the API is read off annotations
        return answer(wire.scheduled_json(kept), 202)
    message: Message = said
    return answer(wire.message_json(message), 201)


async def sendable(
    text: str | None, content: Content | None, conversation_id: str, who: Principal, parts: Parts
) -> Content:
    """What is to be said, with its file and a template's words. Raises `Invalid`."""
    said = Text(text or "") if content is None else content
    if isinstance(said, INTERNAL):
        raise Invalid("This cannot be sent to a customer.")
    if isinstance(said, Text):
        said = converse.text_of(said.text, parts.settings.max_text)
    said = await _template(said, conversation_id, parts)
    return await attached(said, uploader=who.id, conversation_id=conversation_id, store=parts.store)


async def _template(content: Content, conversation_id: str, parts: Parts) -> Content:
    """A template with its words, if the provider would take it. Raises `Invalid`."""
    if not isinstance(content, Template):
        return content
    conversation = await parts.store.conversations.get(conversation_id)
    line = await parts.lines.get(conversation.channel_id) if conversation else None
    if line is None:
        return content
    return await filled_in(content, channel_id=line.channel.id, connector=line.connector, store=parts.store)


@routes.post(_AT + "/take_over")
async def take_over(request: web.Request) -> web.Response:
    """Become the speaker."""
    principal = await who(request)
    body = await body_of(request, TakeOver)
    at = request.match_info["id"]
    taken = await converse.take_over(request.app[PARTS].desk, at, principal, epoch=body.epoch)
    return answer(wire.conversation_json(taken))


@routes.post(_AT + "/hand_back")
async def hand_back(request: web.Request) -> web.Response:
    """Let the bot speak again."""
    principal = await who(request)
    body = await body_of(request, HandBack)
    note = (body.note or "").strip()[:2000] or None
    given = await converse.hand_back(
        request.app[PARTS].desk, request.match_info["id"], principal, outcome=body.outcome, note=note
    )
    return answer(wire.conversation_json(given))


@routes.post(_AT + "/resolve")
async def resolve(request: web.Request) -> web.Response:
    """Nothing is left to do."""
    principal = await who(request)
    resolved = await converse.resolve(request.app[PARTS].desk, request.match_info["id"], principal)
    return answer(wire.conversation_json(resolved))


@routes.post(_AT + "/reopen")
async def reopen(request: web.Request) -> web.Response:
    """There is something left to do."""
    principal = await who(request)
    opened = await converse.reopen(request.app[PARTS].desk, request.match_info["id"], principal)
    return answer(wire.conversation_json(opened))


@routes.post(_AT + "/assign")
async def assign(request: web.Request) -> web.Response:
    """Make someone responsible."""
    principal = await who(request)
    parts = request.app[PARTS]
    body = await body_of(request, Assign)
    agent = await parts.store.users.get(body.agent_id) if body.agent_id else None
    if body.agent_id and (agent is None or agent.disabled):
        raise NotFound("There is no such colleague.")
    assigned = await converse.assign(parts.desk, request.match_info["id"], principal, to=agent)
    return answer(wire.conversation_json(assigned))


@routes.post(_AT + "/read")
async def read(request: web.Request) -> web.Response:
    """All up to there has been read."""
    principal = await who(request)
    body = await body_of(request, Read)
    parts = request.app[PARTS]
    just_read = await triage.mark_read(parts.desk, request.match_info["id"], principal, seq=body.seq)
    if just_read:
        parts.courtesy.show_read(just_read)
    return web.Response(status=204)


@routes.get("/api/v1/contacts/{id}")
async def get_contact(request: web.Request) -> web.Response:
    """A contact with its conversations on all channels."""
    principal = await allowed(request, READ)
    store = request.app[PARTS].store
    contact = await store.contacts.get(request.match_info["id"])
    if contact is None:
        raise NotFound("There is no such contact.")
    ledger = await store.consents.ledger(contact.id, limit=100)
    limit = number(request, "limit", 20, least=1, most=500) or 20
    every = await store.conversations.of_contact(contact.id, limit)
    conversations = await all_seen(principal, every, store=store)
    return answer(wire.contact_json(contact, conversations, ledger))


@routes.get("/api/v1/orders/{number}")
async def get_order(request: web.Request) -> web.Response:
    """A sample order, for the bot's action."""
    await allowed(request, ORDERS)
    order = await request.app[PARTS].store.order(request.match_info["number"])
    if order is None:
        raise NotFound("There is no such order.")
    return answer(order)
