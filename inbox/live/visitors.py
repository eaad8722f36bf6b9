"""The namespace `/visitors`: web chat. A visitor is who holds the token, and sees their own thread alone."""

from collections.abc import Iterable
from time import monotonic
from typing import Any

import socketio

from connectors.content import Audio, Choice, Content, Image
from connectors.events import (
    DeliveryStatus,
    MessageReceived,
    Profile,
    StatusChanged,
)
from connectors.webchat import CAPABILITIES
from inbox import wire
from inbox.actions import converse
from inbox.actions.contacts import About, about_of, describe
from inbox.actions.errors import ActionRefused, Invalid
from inbox.actions.files import attached
from inbox.actions.rating import rate
from inbox.actions.receive import Arrival
from inbox.http.auth import address_of
from inbox.http.limits import Buckets
from inbox.live.answers import Json, answered, is_text, number_in, text_in
from inbox.live.forms import filled_in
from inbox.live.reception import Reception, Visitor
from inbox.metrics import SOCKETS
from inbox.model.conversation import Conversation
from inbox.model.ids import external_key
from inbox.model.message import Message
from inbox.model.people import WRITE, Principal
from inbox.parts import Parts
from inbox.store import Store, StoreError

VISITORS = "/visitors"
_MESSAGES = (10.0, 1.0)
"""How many messages a visitor may send at once, and how many a second after that."""

_SIGNS = (200.0, 20.0)
"""The same for everything else that a page says: that its visitor types, has read, or asks what is new."""

_FIRST_PAGE = 200


class TooFast(ActionRefused):
    """More than a person writes, or their page has to say."""

    status = 429
    code = "too_fast"


class TooLong(ActionRefused):
    """A longer text than is allowed."""

    code = "too_long"


class Empty(ActionRefused):
    """Nothing was written."""

    code = "empty"


def visitor_room(contact_id: str) -> str:
    """All pages of one visitor."""
    return f"contact:{contact_id}"


def told_to_visitor(conversation: Conversation, messages: Iterable[Message]) -> Json:
    """What a visitor's pages are told of a change."""
    return {
        "conversation_id": conversation.id,
        "rev": conversation.rev,
        "items": [wire.visitor_message_json(m) for m in messages if wire.is_shown_to_visitor(m)],
        "speaker": {"kind": conversation.speaker.kind, "name": conversation.speaker.name},
        "status": conversation.status,
        "waiting": conversation.turn is not None,
        "rating": conversation.rating.score if conversation.rating else None,
    }


async def tell_typing(server: Any, store: Store, conversation: Conversation, *, on: bool) -> None:
    """Let agents who may see a conversation see that its customer types, or has stopped."""
    who = {"kind": "contact", "id": conversation.contact_id, "name": conversation.contact.name}
    news = {"conversation_id": conversation.id, "who": who, "on": on}
    try:
        is_private = conversation.team_id in await store.teams.private()
    except StoreError:
        return
    room = f"team:{conversation.team_id}" if is_private else "agents"
    await server.emit("typing", news, room=room, namespace="/agents")


class VisitorsNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """One open widget is one connection."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(VISITORS)
        self._parts = parts
        self._here: dict[str, Visitor] = {}
        self._messages = Buckets(*_MESSAGES)
        self._signs = Buckets(*_SIGNS)
        self._reception = Reception(parts)

    async def on_connect(self, page: str, environ: Json, auth: Any = None) -> None:
        """Let a visitor in: by the token they have, or with a new one."""
        given = auth if isinstance(auth, dict) else {}
        try:
            await self._let_in(page, given, address_of(environ["aiohttp.request"]))
        except StoreError as error:
            await self.on_disconnect(page)
            raise socketio.exceptions.ConnectionRefusedError("unavailable") from error

    async def _let_in(self, page: str, given: Json, address: str) -> None:
        admitted = await self._reception.admit(given, address)
        self._here[page] = admitted.visitor
        SOCKETS.labels(VISITORS).inc()
        conversation = await self._join(page)
        if conversation and admitted.visitor.about != About():
            await describe(self._parts.desk, conversation.contact_id, admitted.visitor.about)
        welcome = await self._reception.welcome(admitted, is_known=conversation is not None)
        await self.emit("welcome", welcome, to=page)

    async def on_disconnect(self, page: str, reason: str = "") -> None:
        """A widget was closed."""
        if self._here.pop(page, None):
            SOCKETS.labels(VISITORS).dec()

    @answered
    async def on_sync(self, page: str, body: Json) -> Json:
        """The conversation so far, or what changed in it."""
        after_rev = number_in(body, "after_rev")
        self._take(self._signs, page)
        conversation = await self._join(page)
        if conversation is None:
            return {
                "conversation_id": None,
                "rev": 0,
                "items": [],
                "speaker": {"kind": "bot", "name": None},
                "status": "open",
                "waiting": False,
                "rating": None,
            }
        messages = self._parts.store.messages
        if after_rev is None:
            found, _ = await messages.page(conversation.id, before_seq=None, limit=_FIRST_PAGE)
        else:
            found = await messages.changed_since(conversation.id, after_rev)
        return told_to_visitor(conversation, found)

    @answered
    async def on_send(self, page: str, body: Json) -> Json:
        """Store what the visitor wrote; answered when it is durable."""
        visitor = self._here[page]
        self._take(self._messages, page)
        client_id = text_in(body, "client_id", most=100)
        if not client_id:
            raise Invalid("client_id is missing.")
        about = about_of(body["about"]) if isinstance(body.get("about"), dict) else visitor.about
        external_id = f"{visitor.id}:{client_id}"
        event = MessageReceived(
            external_id=external_id,
            identities=(visitor.identity,),
            content=await self._content(page, body),
            sent_at=self._parts.clock(),
            profile=Profile(name=about.name, attributes=about.attributes),
            reply_to=text_in(body, "reply_to", most=100) if body.get("reply_to") else None,
        )
        arrival = Arrival(visitor.channel_id, "webchat", event, client_id, carries=CAPABILITIES)
        received = await self._parts.ingest.submit([arrival])
        message = received.messages.get(external_key(visitor.channel_id, external_id))
        if message is None:
            raise Invalid("This cannot be stored.")
        await self.enter_room(page, visitor_room(message.contact_id))
        return {"message": wire.visitor_message_json(message)}

    async def _content(self, page: str, body: Json) -> Content:
        if body.get("file"):
            return await self._file(page, body)
        if isinstance(body.get("form"), dict):
            return await self._form(page, body)
        choice = body.get("choice")
        if isinstance(choice, dict):
            title, payload = text_in(choice, "title", most=500), text_in(choice, "payload", most=4000)
            return Choice(title=title, payload=payload)
        limit = self._parts.settings.max_text
        if not is_text(body.get("text")) or not body["text"].strip():
            raise Empty("Write something first.")
        if len(body["text"]) > limit:
            raise TooLong(f"At most {limit:,} characters, please.")
        return converse.text_of(body["text"], limit)

    async def _form(self, page: str, body: Json) -> Content:
        """The form that the visitor filled in: one that was offered in their own conversation."""
        conversation = await self._join(page)
        asked = await self._parts.store.messages.get(text_in(body, "reply_to", most=100))
        if conversation is None or asked is None or asked.conversation_id != conversation.id:
            return filled_in(body["form"], None)
        return filled_in(body["form"], None if asked.is_internal else asked.content)

    async def _file(self, page: str, body: Json) -> Content:
        """The file that the visitor has just brought, or sends again with the same `client_id`."""
        conversation = await self._join(page)
        is_voice = body.get("voice") is True
        file_id = text_in(body, "file", most=100)
        return await attached(
            Audio(file_id=file_id, voice=True) if is_voice else Image(file_id=file_id),
            uploader=f"visitor:{self._here[page].id}",
            conversation_id=conversation.id if conversation else None,
            store=self._parts.store,
        )

    @answered
    async def on_typing(self, page: str, body: Json) -> Json:
        """The visitor types; agents see it."""
        self._take(self._signs, page)
        conversation = await self._join(page)
        if conversation:
            await tell_typing(self.server, self._parts.store, conversation, on=body.get("on") is True)
        return {}

    @answered
    async def on_seen(self, page: str, body: Json) -> Json:
        """All up to `seq` was shown: what was sent has been read."""
        visitor, seq = self._here[page], number_in(body, "seq") or 0
        self._take(self._signs, page)
        conversation = await self._join(page)
        if conversation is None:
            return {}
        found, _ = await self._parts.store.messages.page(conversation.id, before_seq=seq + 1, limit=50)
        now = self._parts.clock()
        reports = [
            StatusChanged(
                external_id=m.external_id or m.id, status=DeliveryStatus.READ, at=now, message_id=m.id
            )
            for m in found
            if m.status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
        ]
        await self._parts.ingest.submit([Arrival(visitor.channel_id, "webchat", r) for r in reports])
        return {}

    @answered
    async def on_end(self, page: str, body: Json) -> Json:
        """The visitor leaves for good: nothing is left to do."""
        self._take(self._signs, page)
        conversation = await self._join(page)
        if conversation:
            await converse.resolve(self._parts.desk, conversation.id, _customer(conversation))
        return {}

    @answered
    async def on_rate(self, page: str, body: Json) -> Json:
        """How it was, from 1 to 5, with a word if they like."""
        self._take(self._signs, page)
        conversation = await self._join(page)
        if conversation is None:
            raise Invalid("There is nothing to rate yet.")
        score = number_in(body, "score") or 0
        comment = text_in(body, "comment", most=2_000) if body.get("comment") else ""
        await rate(self._parts.desk, conversation.id, _customer(conversation), score=score, comment=comment)
        return {}

    def _take(self, buckets: Buckets, page: str) -> None:
        """Let all of a visitor's pages together say only so much. Raises `TooFast`."""
        if not buckets.take(self._here[page].id, monotonic()):
            raise TooFast("Slow down a little, please.")

    async def _join(self, page: str) -> Conversation | None:
        """The visitor's current conversation, its news from now on heard by this page."""
        visitor = self._here[page]
        store = self._parts.store
        contacts = await store.contacts.known_as([visitor.identity.key])
        if not contacts:
            return None
        await self.enter_room(page, visitor_room(contacts[0].id))
        found = await store.conversations.involved([], [contacts[0].id])
        return next((c for c in found if c.channel_id == visitor.channel_id), None)


def _customer(conversation: Conversation) -> Principal:
    """The visitor as one who may do something with their own conversation."""
    return Principal(
        id=conversation.contact_id,
        name=conversation.contact.name,
        permissions=frozenset({WRITE}),
        is_user=False,
    )
