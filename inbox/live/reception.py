"""How a visitor of web chat is let in: by a token, by the word of the site they are logged in at, or new."""

from time import monotonic
from typing import NamedTuple

import socketio
import structlog

from connectors.content import System
from connectors.events import Identity, IdentityChanged, IdentityKind
from connectors.webchat import WebChat
from inbox.actions.contacts import About, about_of
from inbox.actions.errors import Invalid
from inbox.actions.receive import Arrival
from inbox.http.auth import is_this_machine
from inbox.http.limits import Buckets
from inbox.http.media import FILES_LAST, upload_rules, visitor_subject
from inbox.lines import Line
from inbox.live.answers import Json, is_text
from inbox.model.hours import BadHours, Hours, is_open, opens_at
from inbox.parts import Parts
from inbox.wire import moment

log = structlog.get_logger(__name__)

_STRANGERS = (200.0, 5.0)
"""How many visitors without a token may come from one network address at once, and how many a second then."""

_FIELDS = ("name", "email", "phone")
_ID_LENGTH = 200


class Visitor(NamedTuple):
    """Who is at the other end of a connection."""

    id: str
    channel_id: str
    about: About = About()
    """What the site says of its user."""

    @property
    def identity(self) -> Identity:
        """The visitor as contacts know them."""
        return Identity(IdentityKind.VISITOR, self.id)


class Admitted(NamedTuple):
    """A visitor who was let in."""

    visitor: Visitor
    line: Line
    token: str | None
    """By which they are known again; None for a user, whom the site must name each time."""


class Refused(socketio.exceptions.ConnectionRefusedError):  # type: ignore[misc]
    """Not let in; the text is a word that the widget knows."""


class Reception:
    """Lets visitors in, and tells them where they are."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._strangers = Buckets(*_STRANGERS)

    async def admit(self, given: Json, address: str) -> Admitted:
        """Let a visitor in. Raises `Refused`."""
        channel_id = given.get("channel_id")
        line = await self._parts.lines.get(channel_id) if is_text(channel_id) else None
        if line is None or line.channel.kind != "webchat":
            raise Refused("unknown_channel")
        token = str(given.get("token") or "")
        known = self._parts.visitors.visitor(token, line.channel.id)
        if isinstance(given.get("identity"), dict):
            visitor = self._user(line, given["identity"])
            if known:
                await self._move(line, Visitor(known, line.channel.id), visitor)
            return Admitted(visitor, line, None)
        if known is None:
            if not is_this_machine(address) and not self._strangers.take(address, monotonic()):
                raise Refused("too_many")
            known, token = self._parts.visitors.issue(line.channel.id)
        return Admitted(Visitor(known, line.channel.id), line, token)

    def _user(self, line: Line, identity: Json) -> Visitor:
        """The user whom the site vouches for. Raises `Refused`."""
        user_id, proof = identity.get("id"), identity.get("hash")
        if not is_text(user_id) or not is_text(proof) or len(user_id) > _ID_LENGTH:
            raise Refused("identity_refused")
        if not isinstance(line.connector, WebChat) or not line.connector.identifies(user_id, proof):
            log.warning("identity refused", channel=line.channel.id)
            raise Refused("identity_refused")
        try:
            about = about_of(identity)
        except Invalid:
            about = About()  # the site's own user all the same
        return Visitor(self._parts.visitors.of_user(line.channel.id, user_id), line.channel.id, about)

    async def _move(self, line: Line, stranger: Visitor, user: Visitor) -> None:
        """What the stranger wrote before is the user's now; the stranger's token opens it no more."""
        if not await self._parts.store.contacts.known_as([stranger.identity.key]):
            return
        event = IdentityChanged(
            external_id=f"identified:{stranger.id}:{user.id}",
            previous=(stranger.identity,),
            current=(user.identity,),
            at=self._parts.clock(),
            content=System("identified", "The customer logged in."),
        )
        await self._parts.ingest.submit([Arrival(line.channel.id, "webchat", event)])

    async def welcome(self, admitted: Admitted, *, is_known: bool) -> Json:
        """What a visitor is told first; `is_known` says that they have written before."""
        line, visitor = admitted.line, admitted.visitor
        settings = line.connector.settings if isinstance(line.connector, WebChat) else line.channel.settings
        online = await self._parts.store.presence.online(self._parts.clock())
        away = self._away(line.channel.id, settings["hours"], settings["zone"], settings["country"])
        return {
            "token": admitted.token,
            "visitor_id": visitor.id,
            "title": settings["title"],
            "greeting": settings["greeting"],
            "promise": settings["promise"],
            "agents_online": bool(online) and away is None,
            "away": away,
            "ask": [] if is_known else _asked(settings["ask"], visitor.about, is_away=away is not None),
            "rating": settings["rating"] != "no",
            "limits": {"text": self._parts.settings.max_text},
            "files": self._files(line, visitor.id),
        }

    def _away(self, channel_id: str, rule: str, zone: str, country: str) -> Json | None:
        """None while people are there, else when they will be."""
        if not rule.strip():
            return None
        hours, now = Hours(rule, zone, country or None), self._parts.clock()
        try:
            return None if is_open(hours, now) else {"until": moment(opens_at(hours, now))}
        except BadHours as error:
            log.error("hours unreadable", channel=channel_id, error=str(error))
            return None

    def _files(self, line: Line, visitor_id: str) -> Json:
        """Where the visitor's files are brought and had, and which may be brought."""
        types, largest = upload_rules(line, self._parts.settings.max_file)
        until = self._parts.clock() + FILES_LAST
        ticket = self._parts.links.ticket(visitor_subject(line.channel.id, visitor_id), until)
        place = f"/visitors/{line.channel.id}/files/{visitor_id}/{ticket}"
        return {
            "at": f"{place}/",
            "to": place,
            "types": types,
            "largest": largest,
        }


def _asked(setting: str, known: About, *, is_away: bool) -> list[Json]:
    """What to ask before the first message. While nobody is there, at least where to answer."""
    wanted = {
        word.rstrip("?"): not word.endswith("?")
        for word in setting.lower().replace(",", " ").split()
        if word.rstrip("?") in _FIELDS
    }
    if is_away and not {"email", "phone"} & wanted.keys():
        wanted["email"] = False
    return [{"name": n, "required": r} for n, r in wanted.items() if not getattr(known, n)]
