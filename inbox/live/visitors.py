"""The namespace `/visitors`: web chat. A visitor is who holds the token, and sees their own thread alone."""

from collections.abc import Iterable
from time import monotonic
from typing import Any, NamedTuple

import socketio

from connectors.content import Audio, Choice, Content, Image
from connectors.events import (
    DeliveryStatus,
    Identity,
    IdentityKind,
    MessageReceived,
    StatusChanged,
)
from connectors.webchat import CAPABILITIES
from inbox import wire
from inbox.actions import converse
from inbox.actions.errors import ActionRefused, Invalid
from inbox.actions.files import attached
from inbox.actions.receive import Arrival
from inbox.http.auth import address_of, is_this_machine
from inbox.http.limits import Buckets
from inbox.http.media import FILES_LAST, upload_rules, visitor_subject
from inbox.lines import Line
from inbox.live.answers import Json, answered, is_text, number_in, text_in
from inbox.metrics import SOCKETS
from inbox.model.conversation import Conversation
from inbox.model.ids import external_key
from inbox.model.message import Message
from inbox.model.people import WRITE, Principal
from inbox.parts import Parts
from inbox.store import StoreError

VISITORS = "/visitors"
_MESSAGES = (10.0, 1.0)
"""How many messages a visitor may send at once, and how many a second after that."""

_STRANGERS = (200.0, 5.0)
"""How many visitors without a token may come from one network address, likewise."""

_FIRST_PAGE = 200


class TooFast(ActionRefused):
    """More messages than a person writes."""

    status = 429
    code = "too_fast"


class TooLong(ActionRefused):
    """A longer text than is allowed."""

    code = "too_long"


class Empty(ActionRefused):
    """Nothing was written."""

    code = "empty"


class Visitor(NamedTuple):
    """Who is at the other end of a connection."""

    id: str
    channel_id: str

    @property
    def identity(self) -> Identity:
        """The visitor as contacts know them."""
        return Identity(IdentityKind.VISITOR, self.id)


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
    }


class VisitorsNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """One open widget is one connection."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(VISITORS)
        self._parts = parts
        self._here: dict[str, Visitor] = {}
        self._messages = Buckets(*_MESSAGES)
        self._strangers = Buckets(*_STRANGERS)

    async def on_connect(self, page: str, environ: Json, auth: Any = None) -> None:
        """Let a visitor in: by the token they have, or with a new one."""
        given = auth if isinstance(auth, dict) else {}
        try:
            await self._let_in(page, given, address_of(environ["aiohttp.request"]))
        except StoreError as error:
            await self.on_disconnect(page)
            raise socketio.exceptions.ConnectionRefusedError("unavailable") from error

    async def _let_in(self, page: str, given: Json, address: str) -> None:
        channel_id = given.get("channel_id")
        line = await self._parts.lines.get(channel_id) if is_text(channel_id) else None
        if line is None or line.channel.kind != "webchat":
            raise socketio.exceptions.ConnectionRefusedError("unknown_channel")
        channel_id = line.channel.id
        token = str(given.get("token") or "")
        visitor_id = self._parts.visitors.visitor(token, channel_id)
        if visitor_id is None:
            if not is_this_machine(address) and not self._strangers.take(address, monotonic()):
                raise socketio.exceptions.ConnectionRefusedError("too_many")
            visitor_id, token = self._parts.visitors.issue(channel_id)
        self._here[page] = Visitor(visitor_id, channel_id)
        SOCKETS.labels(VISITORS).inc()
        await self._join(page)
        await self.emit("welcome", await self._welcome(line, visitor_id, token), to=page)

    async def _welcome(self, line: Line, visitor_id: str, token: str) -> Json:
        online = await self._parts.store.presence.online(self._parts.clock())
        return {
            "token": token,
            "visitor_id": visitor_id,
            "title": line.channel.settings["title"],
            "greeting": line.channel.settings["greeting"],
            "agents_online": bool(online),
            "limits": {"text": self._parts.settings.max_text},
            "files": self._files(line, visitor_id),
        }

    def _files(self, line: Line, visitor_id: str) -> Json:
        """Where the visitor's files are brought and had, and which may be brought."""
        types, largest = upload_rules(line, self._parts.settings.max_file)
        until = self._parts.clock() + FILES_LAST
        ticket = self._parts.links.ticket(visitor_subject(line.channel.id, visitor_id), until)
        return {
            "at": f"/visitors/{line.channel.id}/files/{visitor_id}/{ticket}/",
            "to": f"/visitors/{line.channel.id}/files",
            "types": types,
            "largest": largest,
        }

    async def on_disconnect(self, page: str, reason: str = "") -> None:
        """A widget was closed."""
        if self._here.pop(page, None):
            SOCKETS.labels(VISITORS).dec()

    @answered
    async def on_sync(self, page: str, body: Json) -> Json:
        """The conversation so far, or what changed in it."""
        after_rev = number_in(body, "after_rev")
        conversation = await self._join(page)
        if conversation is None:
            return {
                "conversation_id": None,
                "rev": 0,
                "items": [],
                "speaker": {"kind": "bot", "name": None},
                "status": "open",
                "waiting": False,
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
        if not self._messages.take(visitor.id, monotonic()):
            raise TooFast("Slow down a little, please.")
        client_id = text_in(body, "client_id", most=100)
        if not client_id:
            raise Invalid("client_id is missing.")
        external_id = f"{visitor.id}:{client_id}"
        event = MessageReceived(
            external_id=external_id,
            identities=(visitor.identity,),
            content=await self._content(page, body),
            sent_at=self._parts.clock(),
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
        conversation = await self._join(page)
        if conversation:
            who = {"kind": "contact", "id": conversation.contact_id, "name": conversation.contact.name}
            news = {"conversation_id": conversation.id, "who": who, "on": body.get("on") is True}
            await self.server.emit("typing", news, room="agents", namespace="/agents")
        return {}

    @answered
    async def on_seen(self, page: str, body: Json) -> Json:
        """All up to `seq` was shown: what was sent has been read."""
        visitor, seq = self._here[page], number_in(body, "seq") or 0
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
        conversation = await self._join(page)
        if conversation:
            customer = Principal(
                id=conversation.contact_id,
                name=conversation.contact.name,
                permissions=frozenset({WRITE}),
                is_user=False,
            )
            await converse.resolve(self._parts.desk, conversation.id, customer)
        return {}

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
