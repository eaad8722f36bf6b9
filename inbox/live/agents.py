"""The namespace `/agents`: lists and threads in step, who views, who types, who is here."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

import socketio

from inbox import wire
from inbox.actions.access import opened, seen, sees_all
from inbox.actions.converse import speaks
from inbox.actions.errors import Forbidden, NotFound
from inbox.actions.roles import asking
from inbox.actions.seats import presences
from inbox.http.api import thread_json
from inbox.http.auth import coming_from, is_same_site, signed_in
from inbox.live.answers import Json, answered, number_in, text_in
from inbox.live.visitors import VISITORS, visitor_room
from inbox.metrics import SOCKETS
from inbox.model.conversation import Conversation
from inbox.model.people import CAMPAIGNS, READ, Principal, User
from inbox.parts import Parts
from inbox.store import StoreError

AGENTS = "/agents"
CAMPAIGNS_ROOM = "campaigns"
"""All pages that show campaigns."""

_TYPING = timedelta(seconds=6)


def conversation_room(conversation_id: str, private_team: str | None = None) -> str:
    """Everybody who has this conversation open, and may see it as long as it is with that private team."""
    return f"conversation:{conversation_id}" + (f"@{private_team}" if private_team else "")


class Sight(NamedTuple):
    """Ids of private teams."""

    shown: frozenset[str]
    hidden: frozenset[str]


def team_room(team_id: str) -> str:
    """All pages that may see the conversations of a private team."""
    return f"team:{team_id}"


def agent_room(agent_id: str) -> str:
    """All pages of one agent."""
    return f"agent:{agent_id}"


class AgentsNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """One page of an agent is one connection."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(AGENTS)
        self._parts = parts
        self.pages: dict[str, User] = {}
        """The pages connected to this process."""
        self.asking: dict[str, Principal] = {}
        """By page: who opened it, as the one who asks."""
        self.sight: dict[str, Sight] = {}
        """By page: of which private teams it is shown the conversations."""
        self._shown: dict[str, str] = {}
        """By page: the room of the conversation that it shows."""
        self._sessions: dict[str, str] = {}
        """By page: the id of the session that let it in."""

    async def renew(self) -> None:
        """Keep the pages of this process present, and end those whose session has ended."""
        await self._end_void(dict(self.pages))
        await self._parts.store.presence.renew(list(self.pages), self._parts.clock())

    async def session_ended(self, user_id: str) -> None:
        """A session of the user has ended: so do its pages; all of theirs if the store does not answer."""
        theirs = {page: user for page, user in self.pages.items() if user.id == user_id}
        try:
            await self._end_void(theirs)
        except StoreError:
            for page in theirs:
                await self.disconnect(page)

    async def end_ended(self) -> None:
        """End the pages whose session is no more, whoever ended it: a command on the machine tells nobody."""
        held = dict(self._sessions)
        present = await self._good(held.values()) if held else set()
        for page, session in held.items():
            if session not in present:
                await self.disconnect(page)

    async def _good(self, sessions: Iterable[str]) -> set[str]:
        """Which of these sessions still open a page."""
        now = self._parts.clock()
        asked = {"_id": {"$in": list(set(sessions))}, "expires_at": {"$gt": now}, "is_limited": {"$ne": True}}
        return {session.id for session in await self._parts.store.sessions.list(asked, limit=100_000)}

    async def _end_void(self, pages: dict[str, User]) -> None:
        """End those of the pages whose session or user is no more, or who may other things by now."""
        store = self._parts.store
        held = {page: self._sessions.get(page) for page in pages}
        present = await self._good(session for session in held.values() if session)
        users = {"_id": {"$in": list({user.id for user in pages.values()})}, "disabled": False}
        enabled = {user.id: user for user in await store.users.list(users, limit=100_000)}
        may = {user.id: (await asking(user, store=store)).permissions for user in enabled.values()}
        private = await store.teams.private()
        for page, user in pages.items():
            who = self.asking.get(page)
            is_same = who is not None and may.get(user.id) == who.permissions
            sees_same = who is not None and _sight(who, private) == self.sight.get(page)
            if not (held[page] in present and is_same and sees_same):
                await self.disconnect(page)

    async def on_connect(self, page: str, environ: Json, auth: Any = None) -> None:
        """Let signed-in users in. A page of campaigns hears of these alone, and is nobody's presence."""
        request = environ["aiohttp.request"]
        try:
            found = await signed_in(request, self._parts) if is_same_site(request) else None
            who = await asking(found[0], store=self._parts.store) if found else None
            if found is None or who is None or not who.may(READ):
                raise socketio.exceptions.ConnectionRefusedError("signed_out")
            user, session = found
            is_aside = isinstance(auth, dict) and auth.get("shows") == "campaigns"
            if not is_aside:
                await self._parts.store.presence.arrive(page, user.id, user.name, self._parts.clock())
        except StoreError as error:
            raise socketio.exceptions.ConnectionRefusedError("unavailable") from error
        self.pages[page], self._sessions[page] = user, session.id
        self.asking[page] = coming_from(who, request)
        SOCKETS.labels(AGENTS).inc()
        self.sight[page] = _sight(who, await self._parts.store.teams.private())
        if is_aside:
            await self._show_campaigns(page, who)
            return
        for team_id in self.sight[page].shown:
            await self.enter_room(page, team_room(team_id))
        await self.enter_room(page, "agents")
        await self.enter_room(page, agent_room(user.id))
        await self.tell_presence()

    async def _show_campaigns(self, page: str, who: Principal) -> None:
        if who.may(CAMPAIGNS):
            await self.enter_room(page, CAMPAIGNS_ROOM)

    async def on_disconnect(self, page: str, reason: str = "") -> None:
        """A page is gone; with its last page an agent is offline."""
        self._sessions.pop(page, None)
        self.asking.pop(page, None)
        self.sight.pop(page, None)
        self._shown.pop(page, None)
        if self.pages.pop(page, None) is None:
            return
        SOCKETS.labels(AGENTS).dec()
        with suppress(StoreError):  # then its presence ends by itself
            viewed = await self._parts.store.presence.leave(page)
            await self.tell_presence()
            if viewed:
                await self._tell_viewers(viewed)

    @answered
    async def on_open(self, page: str, body: Json) -> Json:
        """Show a conversation: its thread, or what changed in it since `after_rev`."""
        conversation_id = text_in(body, "conversation_id", most=100)
        after_rev = number_in(body, "after_rev")
        store, who = self._parts.store, self._who(page)
        room = await self._room_of(await seen(who, conversation_id, store=store))
        await self.enter_room(page, room)  # before the thread is read, so that nothing is missed
        try:
            conversation = await opened(who, conversation_id, store=store, clock=self._parts.clock)
        except (NotFound, Forbidden, StoreError):
            await self.leave_room(page, room)
            raise
        if after_rev is None:
            items, more = await store.messages.page(conversation_id, before_seq=None, limit=50)
        else:
            items, more = await store.messages.changed_since(conversation_id, after_rev), False
        await self._leave_shown(page, but=room)
        left = await store.presence.view(page, conversation_id)
        if left and left != conversation_id:
            await self._tell_viewers(left)
        viewing = await self._tell_viewers(conversation_id)
        return {
            "conversation": wire.conversation_json(conversation),
            "messages": thread_json(items, conversation.rev, more=more),
            "viewing": viewing,
        }

    @answered
    async def on_close(self, page: str, body: Json) -> Json:
        """Show it no longer."""
        conversation_id = text_in(body, "conversation_id", most=100)
        await self._leave_shown(page)
        await self._parts.store.presence.view(page, None)
        await self._tell_viewers(conversation_id)
        return {}

    @answered
    async def on_typing(self, page: str, body: Json) -> Json:
        """An agent types; the customer sees it only from the speaker."""
        user = self.pages.get(page)
        if user is None:
            raise Forbidden("Sign in first.")
        conversation_id = text_in(body, "conversation_id", most=100)
        conversation = await seen(self._who(page), conversation_id, store=self._parts.store)
        on = body.get("on") is True
        until = self._parts.clock() + _TYPING if on else None
        await self._parts.store.presence.type(page, until)
        is_note = body.get("note") is True
        who = {"kind": "agent", "id": user.id, "name": user.name, "note": is_note}
        news = {"conversation_id": conversation_id, "who": who, "on": on}
        await self.emit("typing", news, room=await self._room_of(conversation), skip_sid=page)
        if not is_note:
            await self._tell_customer(conversation, page, user, on)
        return {}

    def _who(self, page: str) -> Principal:
        """Who has this page. Raises `Forbidden` when it is gone."""
        if page not in self.asking:
            raise Forbidden("Sign in first.")
        return self.asking[page]

    async def _room_of(self, conversation: Conversation) -> str:
        private = conversation.team_id in await self._parts.store.teams.private()
        return conversation_room(conversation.id, conversation.team_id if private else None)

    async def _leave_shown(self, page: str, *, but: str = "") -> None:
        """Show one conversation at most: leave the room of the one before."""
        before = self._shown.pop(page, None)
        if before and before != but:
            await self.leave_room(page, before)
        if but:
            self._shown[page] = but

    async def _tell_customer(self, conversation: Conversation, page: str, user: User, on: bool) -> None:
        if speaks(conversation.speaker, self._who(page)):
            news = {"who": {"kind": "agent", "name": user.name}, "on": on}
            room = visitor_room(conversation.contact_id)
            await self.server.emit("typing", news, room=room, namespace=VISITORS)
            if on:
                self._parts.courtesy.show_typing(conversation)

    async def _tell_viewers(self, conversation_id: str) -> list[Json]:
        agents = await self._parts.store.presence.viewers(conversation_id, self._parts.clock())
        news = {"conversation_id": conversation_id, "agents": agents}
        conversation = await self._parts.store.conversations.get(conversation_id)
        if conversation:
            await self.emit("viewing", news, room=await self._room_of(conversation))
        return agents

    async def tell_presence(self) -> None:
        """Tell all agents who is here."""
        here = await presences(self._parts.store, self._parts.clock())
        users = await self._parts.store.users.list({"disabled": False}, sort="name")
        agents = [{"id": u.id, "name": u.name, "presence": here.get(u.id, "offline")} for u in users]
        await self.emit("presence", {"agents": agents}, room="agents")


def _sight(who: Principal, private: Mapping[str, frozenset[str]]) -> Sight:
    """Which of the private teams, given with who is in each, somebody is shown."""
    shown = {team_id for team_id, members in private.items() if sees_all(who) or who.id in members}
    return Sight(frozenset(shown), frozenset(private.keys() - shown))
